#!/usr/bin/env node
// `npm run check`: every check that needs no server, one after the other; all are run, and the first failure decides.
import { spawnSync } from 'node:child_process'

const checks = [
  ['format and lint', 'biome', ['check', '.']],
  ['types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['layers', 'depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src']],
  ['dead code', 'knip', ['--no-progress']],
  ['stale docs', 'tsx', ['scripts/docs.ts', '--check']],
]

const failed = []
for (const [name, command, parameters] of checks) {
  process.stdout.write(`\n── ${name}\n`)
  const run = spawnSync(`node_modules/.bin/${command}`, parameters, { stdio: 'inherit' })
  if (run.status !== 0) failed.push(name)
}
process.stdout.write(failed.length === 0 ? '\nall checks passed\n' : `\nfailed: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1
