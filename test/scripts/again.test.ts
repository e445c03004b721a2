// What `.ci/run` runs once more: never what a ledger said of a letter.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const script = join(import.meta.dirname, '../../.ci/again')

/** Whether these files may be run again after they said this. */
function again(files: readonly string[], tap: string): boolean {
  const folder = t.testdir()
  const [named, output] = [join(folder, 'files'), join(folder, 'output')]
  writeFileSync(named, files.map((file) => `${file}\n`).join(''))
  writeFileSync(output, tap)
  return spawnSync(script, [named, output]).status === 0
}

const one = ['test/chaos/one.test.ts']
const output = (...lines: readonly string[]): string =>
  [
    'TAP version 14',
    '# Subtest: test/chaos/one.test.ts',
    ...lines,
    'not ok 1 - test/chaos/one.test.ts',
    '',
  ].join('\n')

t.test('a failure that says nothing of a letter has a second run', (t) => {
  t.ok(
    again(
      one,
      output('    ok 1 - ledger: kill', '    not ok 2 - kill: killed 6 times; 9 letters, each once'),
    ),
  )
  t.ok(
    again(
      one,
      output('    not ok 2 - kill', '      ---', '      wrong: "ledger: of another run"', '      ...'),
    ),
  )
  t.ok(again(one, ''), 'it was ended before it said anything')
  t.end()
})

t.test('what a ledger said has not', (t) => {
  t.notOk(again(one, output('    not ok 1 - ledger: kill', '    not ok 2 - kill: 9 letters, each once')))
  t.notOk(again(one, output('        not ok 1 - ledger: nan-mailbox')), 'in a test within')
  t.notOk(again(one, output('    not ok 1 - \u0000 ledger: kill')), 'beside bytes that are no text')
  for (const name of ['kill', 'model', 'several'])
    t.notOk(again([...one, `test/gateway/${name}.test.ts`], output('    not ok 1 - it is up')), name)
  t.end()
})

t.test('nor has nothing, or so much that it is no accident', (t) => {
  t.notOk(again([], output('    not ok 1 - kill')))
  const files = ['a', 'b', 'c', 'd', 'e'].map((name) => `test/letter/${name}.test.ts`)
  t.ok(again(files, output('    not ok 1 - slow')))
  t.notOk(again([...files, 'test/letter/f.test.ts'], output('    not ok 1 - slow')))
  t.notOk(spawnSync(script, ['/nonexistent', '/nonexistent']).status === 0, 'no file was named')
  t.end()
})
