// Which test files run on both engines: by their imports, and not by a list that somebody has to keep.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import { scaledFiles } from '../../scripts/scaled-files.ts'

const root = join(import.meta.dirname, '../..')
const source = (file: string): string => readFileSync(join(root, file), 'utf8')

t.test('what runs once could not be otherwise on another engine', (t) => {
  const { twice, once } = scaledFiles(root)
  const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
  const left = all.filter((file) => !twice.includes(file) && !once.some(([named]) => named === file))
  t.ok(twice.length > 40 && left.length > 40, `${twice.length} twice, ${left.length} by the rule once`)
  // The stage of PostgreSQL is a server of its own.
  const asks =
    /SARABAN_TEST_(JOURNAL|QUEUE|ATTACHMENTS)\b|(harness|-engine|installation|(?<!\/postgresql)-stage)\.ts'/
  for (const file of left.filter((file) => file.startsWith('test/gateway/')))
    t.notMatch(source(file), asks, `${file} asks for no engine`)
  for (const file of ['delivery-way', 'kill', 'model', 'http-access', 'reload', 'quarantine'])
    t.ok(twice.includes(`test/gateway/${file}.test.ts`), file)
  for (const file of left.filter(
    (file) => file.startsWith('test/letter/') || file.startsWith('test/envelope/'),
  ))
    t.notMatch(source(file), /gateway\//, `${file} is pure`)
  t.end()
})

t.test('an engine is found behind any import, and a reason that is stale is a fault', (t) => {
  const root = t.testdir({ test: { gateway: {} } })
  const write = (file: string, text: string) => writeFileSync(join(root, file), text)
  t.throws(() => scaledFiles(root), /reaches no engine/)
  for (const name of ['journal', 'queue', 'attachments']) write(`test/gateway/${name}-engine.ts`, 'export {}')
  const named = scaledFiles(join(import.meta.dirname, '../..')).once.map(([file]) => file)
  for (const file of named) {
    mkdirSync(join(root, dirname(file)), { recursive: true })
    write(file, `import './${join(relative(dirname(file), 'test/gateway'), 'journal-engine.ts')}'`)
  }
  mkdirSync(join(root, 'test/cli'))
  write('test/cli/far.test.ts', "const stage = await import('../gateway/stage.ts')")
  write('test/gateway/stage.ts', "export * from './queue-engine.ts'")
  write('test/cli/pure.test.ts', "// import '../gateway/stage.ts'\nimport 'node:fs'")
  t.same(scaledFiles(root).twice, ['test/cli/far.test.ts'])
  write(named[0] ?? '', 'export {}')
  t.throws(() => scaledFiles(root), `${named[0]} reaches no engine`)
  t.end()
})
