// The network is cut in a namespace of its own, by the command itself; where none can be had, that fails and says what is missing.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Row } from './rounds.ts'
import { testRow } from './short.ts'

t.setTimeout(600_000)

const run = (...words: readonly string[]) =>
  spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('run.ts', import.meta.url)), ...words],
    { encoding: 'utf8' },
  )

const results = join(t.testdir(), 'results.jsonl')
const { status, stdout, stderr } = run('--short', '--fault', 'network-cut', '--results', results)
t.equal(status, 0, 'all is good', { stdout, stderr })
for (const line of readFileSync(results, 'utf8').trimEnd().split('\n')) testRow(JSON.parse(line) as Row)
t.match(stdout, /\| network-cut \| down 2 times \|/)

const unknown = run('--fault', 'nothing')
t.equal(unknown.status, 2)
t.match(unknown.stderr, /network-cut/)
