// The files that stand beside a sample.
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { AttachmentContent } from '../adapters/contract.ts'

/** What the sample's folder holds beside it, by name; at most 1,000 files. */
export function filesBeside(path: string): ReadonlyMap<string, AttachmentContent> {
  const folder = dirname(path)
  const names = readdirSync(folder).filter(
    (name) => name !== basename(path) && statSync(join(folder, name)).isFile(),
  )
  return new Map(names.slice(0, 1_000).map((name) => [name, { kind: 'file', path: join(folder, name) }]))
}
