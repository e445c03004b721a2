// What the counterparts with files have in common: documents with their files beside them, in folders on this disk.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { AttachmentContent } from '../../adapters/contract.ts'
import type { Collected, HandedIn } from './counterpart.ts'

/** The name that a document takes under `pattern` (at most one `*`). */
const nameBy = (pattern: string, id: string, extension: string): string =>
  pattern === '*' ? `${id}.${extension}` : pattern.replace('*', id)

/** Puts a document into `folder` as a system does: files beside first, each name complete or not there. */
export function putDocument(folder: string, pattern: string, { id, written, contents }: HandedIn): void {
  mkdirSync(folder, { recursive: true })
  const name = nameBy(pattern, id, written.extension)
  const stem = name.slice(0, name.lastIndexOf('.'))
  for (const file of written.files) {
    const bytes = file.content.kind === 'bytes' ? file.content.bytes : contents.get(file.sha256)
    if (bytes === undefined) throw new Error(`the sample has no bytes for ${file.sha256}`)
    // A memo file is found by its table's name, and a system that writes .DBF writes .DBT.
    const ending = file.name.slice(id.length)
    const loud = /\.[A-Z]+$/.test(name)
    const own = file.name.startsWith(`${id}.`) ? `${stem}${loud ? ending.toUpperCase() : ending}` : file.name
    putWhole(folder, own, bytes)
  }
  putWhole(folder, name, written.bytes)
}

function putWhole(folder: string, name: string, bytes: Buffer): void {
  writeFileSync(join(folder, `.${name}.tmp`), bytes)
  renameSync(join(folder, `.${name}.tmp`), join(folder, name))
}

/** Takes the documents out of `folder`, each with everything that lay there. `taken`: where they are put. */
export function takeDocuments(folder: string, taken: string): Collected[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter(
    (name) => !name.startsWith('.') && statSync(join(folder, name)).isFile(),
  )
  // The gateway calls a document `<parcel id>.<ending>`; a memo file has the same name with an ending of its own.
  const documents = names.filter((name) => /^[0-9a-z-]{20,40}\.(?!dbt$|fpt$)[a-z]+$/.test(name))
  if (documents.length === 0) return []
  mkdirSync(taken, { recursive: true })
  const beside = new Map(
    names
      .filter((name) => !documents.includes(name))
      .map((name): [string, AttachmentContent] => [
        name,
        { kind: 'bytes', bytes: readFileSync(join(folder, name)) },
      ]),
  )
  return documents.map((document) => {
    const bytes = readFileSync(join(folder, document))
    renameSync(join(folder, document), join(taken, document))
    // A file that a JSON names by a name of its own makes room for the next one of that name.
    for (const name of document.endsWith('.json') ? beside.keys() : [])
      if (bytes.includes(name) && existsSync(join(folder, name)))
        renameSync(join(folder, name), join(taken, `${document}-${name}`))
    return { name: document, bytes, beside }
  })
}
