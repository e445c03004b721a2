import { spawnSync } from 'node:child_process'
import t from 'tap'

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
