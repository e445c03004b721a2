// A bench that is asked for something that is not there says so, and never measures something else in silence.
import t from 'tap'
import { chosen, readParameters } from '../../bench/options.ts'

t.test('words', async (t) => {
  t.same(readParameters(['formats', '--only=xlsx', '--quick']), {
    names: ['formats'],
    options: { quick: true, long: false, only: 'xlsx' },
    json: false,
    help: false,
  })
  t.match(readParameters(['scans', '--size=64MB', '--json']), { options: { size: 64_000_000 }, json: true })
  t.match(readParameters(['-h']), { help: true })
  t.match(readParameters(['--onyl=x', '--size=3GB', '--quick=1', '--only', '--size=0MB']), {
    wrong: ['no option --onyl=x', /--quick=1/, /--only/, /--size=0MB/],
  })
})

t.test('what --only chooses', async (t) => {
  const names = ['json', 'json-records', 'http-in, posted', 'http-out']
  t.same(chosen(names, undefined), names)
  t.same(chosen(names, 'JSON'), ['json'], 'the one of that name')
  t.same(chosen(names, 'http'), ['http-in, posted', 'http-out'], 'or all that hold it')
  t.same(chosen(names, 'ftp'), [])
})
