// Which test files run twice: on the embedded engines (`npm test`) and on PostgreSQL, Redis and a bucket (`npm run test:scaled`).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

/** What opens an engine for the tests: who reaches one of them by its imports runs on both engines. */
const engines = ['journal', 'queue', 'attachments'].map((name) => `test/gateway/${name}-engine.ts`)

/** Files that reach an engine and run once all the same, each with its reason. */
const aboutOne: Readonly<Record<string, string>> = {
  'test/gateway/attachments.test.ts': 'it is about the folder and the bucket, each in turn',
  'test/gateway/attachments-discard.test.ts': 'it is about a bucket, on a store of its own',
  'test/gateway/attachments-discard-folder.test.ts': 'it is about a folder',
  'test/gateway/attachments-shared.test.ts': 'it is about a folder that gateways share',
  'test/gateway/journal.test.ts': 'it is about the files of SQLite',
  'test/gateway/members.test.ts':
    'its members share a journal in one process: SQLite; on PostgreSQL it is several.test.ts',
  'test/gateway/polled-damaged.test.ts': 'it damages a file of the attachments, which a bucket has not',
  'test/gateway/postgresql.test.ts': 'it is about PostgreSQL, on a server of its own',
  'test/gateway/postgresql-broken.test.ts': 'it is about PostgreSQL, on a server of its own that it kills',
  'test/gateway/postgresql-installed.test.ts': 'it is about PostgreSQL, on a server of its own',
  'test/gateway/postgresql-standby.test.ts': 'it is about PostgreSQL, on a server of its own that it sets',
  'test/gateway/postgresql-start.test.ts': 'it is about PostgreSQL, on a server of its own that it kills',
  'test/gateway/postgresql-upgrade.test.ts': 'it is about PostgreSQL, on a server of its own',
  'test/gateway/queue.test.ts': 'it is about both queues, each in turn',
  'test/gateway/redis.test.ts': 'it is about Redis, on a server of its own that it kills',
  'test/gateway/rounds.test.ts': 'it needs a clock, and no store',
  'test/gateway/several.test.ts': 'it is about gateways on PostgreSQL and Redis that it kills',
  'test/gateway/unlike.test.ts': 'it is about gateways on one PostgreSQL that differ',
  'test/gateway/sqlite-upgrade.test.ts': 'it is about a file of SQLite',
  'test/gateway/stores-tls.test.ts': 'it is about servers that speak TLS, which it starts itself',
  'test/log-lines.test.ts': 'it needs a clock, and no store',
}

export interface ScaledFiles {
  readonly twice: readonly string[]
  /** With the reason why they run once. */
  readonly once: readonly (readonly [file: string, reason: string])[]
}

/** Of the test files under `root`. Throws when a file with a reason is not there, or reaches no engine. */
export function scaledFiles(root: string): ScaledFiles {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .sort()
  const reaches = reachOf(root)
  const reaching = files.filter((file) => engines.some((engine) => reaches(file).has(engine)))
  for (const file of Object.keys(aboutOne))
    if (!reaching.includes(file)) throw new Error(`${file} reaches no engine: it needs no reason to run once`)
  return {
    twice: reaching.filter((file) => aboutOne[file] === undefined),
    once: Object.entries(aboutOne),
  }
}

/** Every file of ours that a file reaches by its imports. */
function reachOf(root: string): (file: string) => ReadonlySet<string> {
  const known = new Map<string, readonly string[]>()
  const importsOf = (file: string): readonly string[] => {
    const found = known.get(file) ?? read(root, file)
    known.set(file, found)
    return found
  }
  return (file) => {
    const reached = new Set([file])
    for (const each of reached) for (const imported of importsOf(each)) reached.add(imported)
    return reached
  }
}

const read = (root: string, file: string): readonly string[] =>
  ts
    .preProcessFile(readFileSync(join(root, file), 'utf8'), true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
    .map((name) => relative(root, resolve(root, dirname(file), name)))
    .filter((name) => existsSync(join(root, name)))
