import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import t from 'tap'
import { printInstant } from '../src/letter/time.ts'
import { linesOf } from '../src/log-lines.ts'
import { HandClock, scratch } from './gateway/harness.ts'
import { pipeIn } from './named-pipe.ts'

/** Runs a program that says lines; gives what came out of it. */
function run(program: string): { readonly lines: readonly string[]; readonly status: number | null } {
  const { stdout, status } = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      `import { linesOf } from './src/log-lines.ts'\nconst out = linesOf(1)\n${program}`,
    ],
    { encoding: 'utf8' },
  )
  return { lines: stdout.split('\n').slice(0, -1), status }
}

t.test('lines come in order, and none is lost at an end', async (t) => {
  t.same(run("out.write('a\\n'); out.write('b\\n'); setTimeout(() => out.write('c\\n'), 5)").lines, [
    'a',
    'b',
    'c',
  ])
  t.same(run("out.write('a\\n'); out.write('b\\n'); process.exit(3)"), { lines: ['a', 'b'], status: 3 })
  const thrown = run("out.write('a\\n'); throw new Error('a defect')")
  t.same(thrown.lines, ['a'])
  t.not(thrown.status, 0)
  // More than a pipe takes at once.
  const many = run("for (let n = 0; n < 20000; n += 1) out.write('line ' + n + '\\n'); process.exit(0)")
  t.equal(many.lines.length, 20_000)
  t.equal(many.lines.at(-1), 'line 19999')
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

t.test('a full disk under the lines ends no process', async (t) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      `import { linesOf } from './src/log-lines.ts'
const out = linesOf(1)
out.write('a\\n')
setTimeout(() => { out.write('b\\n'); setTimeout(() => console.error(out.lost()), 5) }, 5)`,
    ],
    { encoding: 'utf8', stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] },
  )
  t.same({ status, stderr }, { status: 0, stderr: '2\n' })
})

t.test(
  'who read the lines is gone: they are counted, and the log says so when somebody reads again',
  async (t) => {
    const clock = new HandClock()
    const pipe = pipeIn(scratch(t))
    const out = linesOf(pipe.writer, clock)
    const told: (string | undefined)[] = []
    out.watch((reason) => void told.push(reason))
    const say = async (...lines: string[]): Promise<void> => {
      for (const line of lines) out.write(`${line}\n`)
      await turn()
    }
    await say('one')
    pipe.read()
    pipe.hangUp()
    await say('two', 'three')
    await say('four')
    t.same([out.lost(), told], [3, ['EPIPE', 'EPIPE']])
    pipe.takeUp()
    await say('five')
    const since = printInstant(clock.now())
    const gap = { level: 40, time: clock.now(), lost: 3, reason: 'EPIPE', since, msg: 'log.available' }
    t.same(pipe.read().split('\n'), ['one', JSON.stringify(gap), 'five', ''])
    t.same([out.lost(), told], [3, ['EPIPE', 'EPIPE', undefined]])
    pipe.hangUp()
    await say('six')
    pipe.takeUp()
    await clock.advance(5_000)
    t.match(
      pipe.read(),
      /"lost":1,"reason":"EPIPE".*"log.available"\}\n$/,
      'also where nothing is said any more',
    )
    // Whoever begins to watch late is told.
    pipe.hangUp()
    await say('seven')
    const late: (string | undefined)[] = []
    const stop = out.watch((reason) => void late.push(reason))
    t.same(late, ['EPIPE'])
    stop()
    await say('eight')
    t.same(late, ['EPIPE'])
  },
)

t.test('whoever hangs while he should read holds nothing up for longer than a second', async (t) => {
  const pipe = pipeIn(scratch(t))
  const out = linesOf(pipe.writer, new HandClock())
  const long = 'x'.repeat(40_000)
  for (const each of [1, 2, 3]) out.write(`${each}${long}\n`)
  await turn()
  t.equal(out.lost(), 2, 'the second is cut off')
  const before = performance.now()
  out.write('four\n')
  await turn()
  t.ok(performance.now() - before < 500, 'it is waited for once')
  t.equal(out.lost(), 3)
  t.match(pipe.read(), /^1x+\n2x+$/)
  out.write('five\n')
  await turn()
  const [one, cut, gap, five, end] = pipe.read().split('\n')
  t.equal(one, `1${long}`)
  t.match(cut, /^2x+$/)
  t.match(gap, /^\{"level":40,.*"lost":3,"reason":"EAGAIN"/, 'what comes next begins on a line of its own')
  t.same([five, end], ['five', ''])
})
