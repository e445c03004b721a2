#!/usr/bin/env node
// The command as installed. It needs the compiled program: `npm run build` makes it, `npm start` does so by itself.
import { existsSync } from 'node:fs'

const program = new URL('../dist/cli/saraban.js', import.meta.url)
if (!existsSync(program)) {
  process.stderr.write('error: the program is not built\nhint: npm run build\n')
  process.exit(1)
}
await import(program.href)
