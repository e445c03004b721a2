// Pages whose commands are run as they stand: a shell, its ports, and what comes into a folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import type { Test } from 'tap'

export const root = join(import.meta.dirname, '../..')

/** Each of these words becomes another, and what it became is left alone: a port may hold the digits of the next one. */
export function changedIn(text: string, changes: Readonly<Record<string, string | number>>): string {
  const words = Object.keys(changes).map((word) => word.replaceAll('.', '\\.'))
  return text.replaceAll(new RegExp(words.join('|'), 'g'), (word) => String(changes[word]))
}

/** Runs a script in bash in a group of its own, which is ended with the test. */
export function bash(
  t: Test,
  script: string,
): { readonly child: ChildProcess; out(): string; readonly ended: Promise<number> } {
  const child = spawn('bash', ['-c', script], { cwd: root, detached: true })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      out += piece.toString()
    })
  t.teardown(() => {
    try {
      process.kill(-(child.pid ?? 0))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  })
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)))
  return { child, out: () => out, ended }
}

/** Resolves when a file of the folder, read as windows-874, holds `text`. */
export function untilThere(t: Test, folder: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    let there = false
    const look = () => {
      if (there) return
      const files = readdirSync(folder).filter((name) => name.endsWith('.csv'))
      if (
        files.some((name) => iconv.decode(readFileSync(join(folder, name)), 'windows-874').includes(text))
      ) {
        there = true
        resolve()
      }
    }
    const watcher = watch(folder, look)
    t.teardown(() => watcher.close())
    look()
  })
}
