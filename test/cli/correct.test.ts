// `saraban messages correct` beside a real gateway: what it shows, what it orders, and what it refuses.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { giveOrder } from '../../src/cli/order.ts'
import { moveLetter } from '../../src/gateway/journal/letters.ts'
import { answerOrder } from '../../src/gateway/journal/orders.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { type MessageId, systemClock, systemRandom } from '../../src/letter/time.ts'
import { apiInstallation, asking, type Who } from '../gateway/api-stage.ts'
import { scratch, soon } from '../gateway/harness.ts'
import { bearer, keyOf, post } from '../gateway/installation.ts'
import { journalBeside, openJournal } from '../gateway/journal-engine.ts'
import { besideIt } from '../gateway/store-settings.ts'
import { sarabanIn } from './operator.ts'

const folder = scratch(t)
const installation = await apiInstallation(folder)
let gateway = await installation.start()
t.teardown(() => gateway.stop())
const { data } = installation.settings
const by = ['--by', 'สมชาย', '--why', 'กระทรวงขอให้แก้เรื่อง']
const { words: place, environment } = await besideIt(folder, data)
const messages = (...words: string[]) => sarabanIn(environment, systemClock, 'messages', ...words, ...place)
const correct = (...words: string[]) => messages('correct', ...words, ...by)
const api = () => asking(gateway.http ?? '')

/** A letter of Chiang Mai that Chiang Rai sent back. */
async function sentBack(number: number, changes: object = {}): Promise<string> {
  const id = await api().send('50', number, { to: '57', ...changes })
  const notice = { kind: 'reject', about: { messageId: id }, reason: 'เรื่องไม่ตรง' }
  const answer = await post(`${gateway.http}/v1/systems/57/notices`, notice, bearer(keyOf('57')))
  t.ok(answer.status < 300, answer.text)
  return id
}

const statesOf = async (id: string, who: Who = 'auditor') =>
  (await api().get(who, `/v1/letters/${id}`)).body['recipients'] as unknown

t.test('it is shown first, and done with --yes', async (t) => {
  const id = await sentBack(1)
  const shown = await correct(id, '--subject', 'ขอส่งรายงาน (แก้ไข)', '--urgency', 'urgent')
  t.equal(shown.code, 0, shown.err)
  t.match(shown.out, /\n {2}subject: .+\n {4}→ ขอส่งรายงาน \(แก้ไข\)\n {2}urgency: ordinary\n {4}→ urgent\n/)
  t.match(shown.out, 'recalled at: 57 (refused)\nsent to: 57\nnothing was done: --yes does it\n')
  t.match(await statesOf(id), [{ state: 'refused' }])

  mkdirSync(join(folder, 'files'))
  const main = join(folder, 'files', 'หนังสือ.pdf')
  writeFileSync(main, '%PDF-1.4 แก้ไข')
  const fields = join(folder, 'files', 'fields.json')
  writeFileSync(fields, JSON.stringify({ references: [{ number: 'ชม 0017.1/9', subject: 'เดิม' }] }))
  const done = await correct(
    id,
    '--subject',
    'ขอส่งรายงาน (แก้ไข)',
    '--main',
    main,
    '--fields',
    fields,
    '--yes',
  )
  t.equal(done.code, 0, done.err)
  const [, made = ''] = /corrected: (urn:uuid:\S+) goes to 57; saraban messages show/.exec(done.out) ?? []
  t.match(await statesOf(id), [{ state: 'recalled' }])
  const story = await messages('show', made, '--bytes')
  for (const said of ['ขอส่งรายงาน (แก้ไข)', 'สมชาย', 'กระทรวงขอให้แก้เรื่อง', id, 'correction', 'หนังสือ.pdf'])
    t.match(story.out, said)
  t.match((await messages('show', id)).out, 'สมชาย')
  const waiting = await post(`${gateway.http}/v1/systems/57/waiting`, {}, bearer(keyOf('57')))
  t.ok(waiting.status < 500)
})

t.test('as JSON, and when no gateway runs', async (t) => {
  const id = await sentBack(2)
  const shown = await correct(id, '--to', '58', '--json')
  t.match(JSON.parse(shown.out), {
    kind: 'planned',
    changes: [{ field: 'to', after: { offices: ['58'] } }],
    recalls: [{ recipient: '57', state: 'refused' }],
    recipients: ['58'],
  })
  await gateway.stop()
  const ordered = await correct(id, '--to', '58', '--yes')
  t.match(ordered, {
    code: 0,
    out: /ordered \(\S+\): the gateway is not running, and does it when it is started; .*\n$/,
  })
  gateway = await installation.start()
  const made = async () =>
    (await api().get('auditor', '/v1/letters', { recipient: '58' })).body.items.map(({ messageId }) =>
      String(messageId),
    )
  await soon(async () => (await made()).length > 0)
  t.equal((await made()).length, 1)
  t.match(await statesOf(id), [{ recipient: '57', state: 'recalled' }])
})

t.test(
  'an order that waits is seen, a second is not taken, and one that is refused is told of',
  async (t) => {
    const id = await sentBack(6)
    const show = async () => messages('show', id)
    t.match((await show()).out, `or, with other words: saraban messages correct ${id.slice(9)} --office 57`)
    await gateway.stop()
    const ordered = await correct(id, '--subject', 'ใหม่', '--yes', '--json')
    const { kind, order } = JSON.parse(ordered.out) as { kind: string; order: string }
    t.equal(kind, 'ordered')
    const waits = await show()
    t.match(
      waits.out,
      /its correction is ordered by สมชาย at [^\n]+: กระทรวงขอให้แก้เรื่อง\n.+when it is started/,
    )
    t.match(waits.out, order)
    t.notMatch(waits.out, 'or, with other words')
    const json = await messages('show', id, '--json')
    t.match(JSON.parse(json.out), [{ ordered: { order, by: 'สมชาย', askedAt: /\+07:00$/ } }])
    for (const yes of [['--yes'], []]) {
      const second = await correct(id, '--subject', 'อีกเรื่อง', ...yes)
      t.match(second, { code: 1, err: /letter\.correct\.waiting/ })
      t.match(second.err, order)
    }
    const journal = await journalBeside(folder)
    await journal.write((transaction) =>
      moveLetter(transaction, id as MessageId, '57' as OfficeId, 'recall', 0),
    )
    await journal.close()
    gateway = await installation.start()
    const told = async () =>
      (await api().get('auditor', '/v1/events', { limit: '200' })).body.items.filter(
        ({ name }) => name === 'letter.uncorrected',
      )
    await soon(async () => (await told()).length > 0)
    t.match(await told(), [
      { messageId: id, facts: { order, orderedBy: 'สมชาย', codes: 'letter.correct.state' } },
    ])
    t.match(
      installation.log.map((line) => JSON.parse(line) as object).find((line) => 'order' in line),
      { level: 40, msg: 'letter.uncorrected', messageId: id, order, codes: 'letter.correct.state' },
    )
    const after = await show()
    t.match(after.out, `letter.uncorrected order ${order}`)
    t.notMatch(after.out, 'its correction is ordered')
  },
)

t.test('what cannot be corrected, and what is said wrongly', async (t) => {
  const standing = await api().send('50', 3, { to: '57' })
  const early = await correct(standing, '--subject', 'x', '--yes')
  t.match(early, { code: 1, err: /letter\.correct\.state/ })
  t.match(await correct('ฉฉ 1/1', '--subject', 'x'), { code: 1, err: /cli\.message\.unknown/ })
  const id = await sentBack(4)
  t.match(await correct(id, '--yes'), { code: 1, err: /letter\.correct\.nothing/ })
  t.match(await correct(id, '--date', 'yesterday', '--urgency', 'soon', '--drop', 'x.pdf'), {
    code: 1,
    err: /letter\.(date|code)[\s\S]*letter\.correct\.attachment-unknown/,
  })
  const absent = await correct(id, '--main', join(folder, 'none.pdf'), '--fields', join(folder, 'none.json'))
  t.equal(absent.code, 2)
  t.equal(absent.err.match(/^error: /gm)?.length, 2, absent.err)
  const pipe = join(folder, 'pipe.pdf')
  execFileSync('mkfifo', [pipe])
  t.match(await correct(id, '--attach', pipe, '--main', folder), {
    code: 2,
    err: /pipe\.pdf.*it is not a regular file/,
  })
  for (const words of [
    ['correct', id, '--subject', 'x', '--by', '', '--why', 'x'],
    ['correct', id, '--subject', 'x', '--by', 'x', '--why', '   '],
    ['retry', id, '--by', '', '--why', 'x'],
  ])
    t.match(await messages(...words), {
      code: 2,
      err: /cli\.option\.wrong/,
    })
  const settings = join(folder, 'saraban.yaml')
  writeFileSync(settings, readFileSync(new URL('../../package.json', import.meta.url)))
  t.match(
    await sarabanIn(environment, systemClock, 'retention', 'run', '--by', ' ', '--settings', settings),
    {
      code: 2,
      err: /cli\.option\.wrong/,
    },
  )
})

t.test('a secret letter only where it is asked for', async (t) => {
  const id = await sentBack(5, { secrecy: 'secret', subject: 'ลับเฉพาะ' })
  const hidden = await correct(id, '--subject', 'ลับกว่า', '--yes')
  t.match(hidden, { code: 1, err: /cli\.message\.unknown/ })
  t.notMatch(hidden.err + hidden.out, 'ลับเฉพาะ')
  const asked = await correct(id, '--subject', 'ลับกว่า', '--yes', '--secret')
  t.equal(asked.code, 0, asked.err)
  t.match(await statesOf(id), [{ state: 'recalled' }])
})

t.test('a gateway that answers an order and ends at once has answered it', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const answersAndEnds = async () => {
    const [row] = await database.committed.all<{ id: string }>('SELECT id FROM orders')
    await database.write((transaction) => answerOrder(transaction, row?.id ?? '', { kind: 'done' }, 0))
    return false
  }
  const terminal = {
    ...{ write: () => undefined, complain: () => undefined, environment: {}, random: systemRandom },
    ...{ clock: systemClock, untilEnded: async () => undefined },
  }
  t.same(await giveOrder(database, answersAndEnds, terminal, { kind: 'reload', apply: false }), {
    kind: 'answered',
    answer: { kind: 'done' },
  })
})
