// `npm run bench -- NAME… [--quick] [--json]`: compiles as `npm run build` does, and measures what would run.
import { spawnSync } from 'node:child_process'
import { rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const compiled = join(root, '.bench')
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const node = (...parameters) =>
  spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' }).status ?? 1

rmSync(compiled, { recursive: true, force: true })
const status = node(compiler, '-p', join(root, 'tsconfig.bench.json'))
if (status !== 0) process.exit(status)
// What programs look for beside their own folder.
for (const name of ['data', 'schemas', 'profiles', 'package.json'])
  symlinkSync(join('..', name), join(compiled, name))
process.exitCode = node(join(compiled, 'bench/run.js'), ...process.argv.slice(2))
