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

interface Part {
  readonly name: string
  readonly bytes: Buffer
}

/** A document as files: what stands beside it, and the document itself, under the names that a system gives them. */
function partsOf(pattern: string, { id, written, contents }: HandedIn): { document: Part; beside: Part[] } {
  const name = nameBy(pattern, id, written.extension)
  const stem = name.slice(0, name.lastIndexOf('.'))
  const beside = written.files.map((file): Part => {
    const bytes = file.content.kind === 'bytes' ? file.content.bytes : contents.get(file.sha256)
    if (bytes === undefined) throw new Error(`the sample has no bytes for ${file.sha256}`)
    // A memo file is found by its table's name, and a system that writes .DBF writes .DBT.
    const ending = file.name.slice(id.length)
    const loud = /\.[A-Z]+$/.test(name)
    const own = file.name.startsWith(`${id}.`) ? `${stem}${loud ? ending.toUpperCase() : ending}` : file.name
    return { name: own, bytes }
  })
  return { document: { name, bytes: written.bytes }, beside }
}

/** Puts a document into `folder` as a system does: files beside first, each name complete or not there. */
export function putDocument(folder: string, pattern: string, handedIn: HandedIn): void {
  mkdirSync(folder, { recursive: true })
  const { document, beside } = partsOf(pattern, handedIn)
  for (const part of [...beside, document]) putWhole(folder, part)
}

/** Milliseconds between two steps of a slow system, and those that it takes to write a document. */
const slowly = { pause: 150, steps: 6 } as const

/**
 * The same as a slow system does: the document grows under another name, and what stands beside it comes only afterwards,
 * file by file.
 */
export async function putDocumentSlowly(folder: string, pattern: string, handedIn: HandedIn): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const { document, beside } = partsOf(pattern, handedIn)
  const pause = (): Promise<void> => new Promise((go) => setTimeout(go, slowly.pause))
  const step = Math.ceil(document.bytes.length / slowly.steps)
  for (let end = step; end < document.bytes.length; end += step) {
    writeFileSync(hidden(folder, document), document.bytes.subarray(0, end))
    await pause()
  }
  putWhole(folder, document)
  for (const part of beside) {
    await pause()
    putWhole(folder, part)
  }
}

const hidden = (folder: string, { name }: Part): string => join(folder, `.${name}.tmp`)

function putWhole(folder: string, part: Part): void {
  writeFileSync(hidden(folder, part), part.bytes)
  renameSync(hidden(folder, part), join(folder, part.name))
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
