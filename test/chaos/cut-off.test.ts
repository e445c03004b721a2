// The network is cut in a namespace of its own, by the command itself; where none can be had, that fails and says what is missing.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

t.setTimeout(600_000)

const run = (...words: readonly string[]) =>
  spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('run.ts', import.meta.url)), ...words],
    { encoding: 'utf8' },
  )

const { status, stdout, stderr } = run('--short', '--fault', 'network-cut')
t.equal(status, 0, 'nothing was lost or doubled', { stdout, stderr })
t.match(stdout, /\| network-cut \| down 2 times \|/)

const unknown = run('--fault', 'nothing')
t.equal(unknown.status, 2)
t.match(unknown.stderr, /network-cut/)
