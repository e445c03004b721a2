// The exact bytes that came and went of a letter and of its notices: on the screen, as JSON, or in a folder of their own.
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { KeptAttachments } from '../gateway/attachments/store.ts'
import type { Reader } from '../gateway/journal/database.ts'
import { envelopeById } from '../gateway/journal/envelopes.ts'
import { answersOf, documentOf } from '../gateway/journal/handed.ts'
import { isSecretSource, type SourceRow, sourceById } from '../gateway/journal/sources.ts'
import type { DeliveryStory, Story } from '../gateway/journal/story.ts'
import { printable, problem } from '../problem/problem.ts'
import { dump } from './dump.ts'
import { moment, nameOf } from './standing.ts'
import { exit, Failed, reasonOf, type Terminal } from './terminal.ts'

/** Some bytes that came or went. */
export interface Piece {
  readonly kind: 'source' | 'document' | 'file' | 'answer'
  /** For people: what it is, when, and of which delivery. */
  readonly told: string
  /** Where it is saved: relative, of safe names. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly sha256?: string
  readonly mediaType?: string
  open(): Readable
}

/** What the journal and the attachments hold of one letter, notices and all. */
export interface Kept {
  readonly reader: Reader
  readonly attachments: KeptAttachments
}

/**
 * Every piece of a letter's story, in order. A source that holds a secret letter too is left out, and told of, unless
 * `secret` asks for it.
 */
export async function piecesOf(
  kept: Kept,
  story: Story,
  secret: boolean,
): Promise<{ readonly pieces: readonly Piece[]; readonly withheld: readonly string[] }> {
  const pieces: Piece[] = []
  const withheld: string[] = []
  const addSource = async (messageId: string, what: string): Promise<void> => {
    const sourceId = (await envelopeById(kept.reader, messageId))?.sourceId ?? null
    const source = sourceId === null ? undefined : await sourceById(kept.reader, sourceId)
    if (source === undefined) return
    if (!secret && (await isSecretSource(kept.reader, source.id))) withheld.push(`${what}: ${source.name}`)
    else pieces.push(sourcePiece(kept, source, what))
  }
  await addSource(story.messageId, 'the letter')
  for (const one of story.deliveries) pieces.push(...(await piecesOfDelivery(kept, one, 'the letter')))
  for (const { notice, deliveries } of story.notices) {
    const what = nameOf(notice.kind)
    await addSource(notice.messageId, what)
    for (const one of deliveries) pieces.push(...(await piecesOfDelivery(kept, one, what)))
  }
  return { pieces, withheld }
}

/** A source as a piece. */
export function sourcePiece(kept: Kept, source: SourceRow, what: string): Piece {
  const { id, name, size, sha256, bytes, system, receivedAt } = source
  return {
    kind: 'source',
    told: `${what} came from ${system} at ${moment(receivedAt)}: ${name}`,
    path: join(`source-${id}`, safeName(name)),
    size,
    sha256,
    open: () => (bytes === null ? kept.attachments.open(sha256) : Readable.from([Buffer.from(bytes)])),
  }
}

async function piecesOfDelivery(kept: Kept, story: DeliveryStory, what: string): Promise<Piece[]> {
  const { delivery, handed } = story
  const pieces: Piece[] = []
  const answers = new Map(
    (await answersOf(kept.reader, delivery.id)).map((each) => [each.attempt, each.bytes]),
  )
  const attempts = new Set([...handed.map(({ attempt }) => attempt), ...answers.keys()])
  for (const attempt of [...attempts].sort((one, other) => one - other)) {
    const folder = join(`delivery-${delivery.id}`, `attempt-${attempt}`)
    const which = delivery.mode === 'poll' ? 'to be fetched by' : `at attempt ${attempt} of its delivery to`
    const documents = handed.filter((each) => each.attempt === attempt)
    for (const [index, { sha256, size, mediaType, extension, files, at }] of documents.entries()) {
      const place = index === 0 ? folder : join(folder, String(index + 1))
      pieces.push({
        kind: 'document',
        told: `${what} was written ${which} ${delivery.office} at ${moment(at)}`,
        path: join(place, `document.${safeName(extension)}`),
        ...{ size, sha256, mediaType },
        open: opened(kept, sha256),
      })
      for (const file of files)
        pieces.push({
          kind: 'file',
          told: `with it the file ${file.name}`,
          path: join(place, 'files', safeName(file.name)),
          ...{ size: file.size, sha256: file.sha256, mediaType: file.mediaType },
          open: opened(kept, file.sha256),
        })
    }
    const answer = answers.get(attempt)
    if (answer !== undefined)
      pieces.push({
        kind: 'answer',
        told: `to attempt ${attempt} ${delivery.office} answered`,
        path: join(folder, 'answer'),
        size: answer.length,
        open: () => Readable.from([answer]),
      })
  }
  return pieces
}

/** Bytes that the form made stand in the journal, or beside; a letter's own attachments always beside. */
const opened =
  ({ reader, attachments }: Kept, sha256: string): Piece['open'] =>
  () =>
    Readable.from(
      (async function* () {
        const document = await documentOf(reader, sha256)
        if (document?.bytes) yield Buffer.from(document.bytes)
        else yield* attachments.open(sha256)
      })(),
      { objectMode: false },
    )

/** A name that cannot leave the folder and surprises no shell: letters, digits, marks of Thai, dot and hyphen. */
export function safeName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_')
    .replace(/^[._]+/, '')
  return safe === '' ? 'unnamed' : [...safe].slice(0, 80).join('')
}

/** Bytes of a piece that are read to be shown. */
const mostShown = 256 * 1024

/** The pieces on a screen. Of files only what they are. */
export async function bytesPage(pieces: readonly Piece[]): Promise<string> {
  let page = 'Exact bytes\n'
  for (const piece of pieces) {
    const digest = piece.sha256 === undefined ? '' : `, sha256 ${piece.sha256}`
    const type = piece.mediaType === undefined ? '' : `, ${piece.mediaType}`
    page += `\n${printable(`${piece.told}: ${piece.size} bytes${type}${digest}`, 600)}\n`
    if (piece.kind !== 'file') page += await shown(piece)
  }
  return page
}

async function shown(piece: Piece): Promise<string> {
  try {
    return dump(await beginningOf(piece, mostShown), piece.size)
  } catch (error) {
    return `  not shown: ${printable(reasonOf(error))}\n`
  }
}

/** The first bytes of a piece. */
export async function beginningOf(piece: Piece, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const stream = piece.open()
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= most) break
  }
  return Buffer.concat(chunks).subarray(0, most)
}

/** The pieces as JSON: up to 256 KiB of each in base64. */
export async function bytesJson(pieces: readonly Piece[]): Promise<readonly object[]> {
  const told: object[] = []
  for (const { open: _open, ...piece } of pieces) {
    const inside =
      piece.kind !== 'file' && piece.size <= mostShown
        ? { base64: (await beginningOf({ ...piece, open: _open }, mostShown)).toString('base64') }
        : {}
    told.push({ ...piece, ...inside })
  }
  return told
}

/** Writes every piece into `folder`, readable by its owner only, and nothing over what is there. Throws Failed when it cannot. */
export async function savePieces(
  pieces: readonly Piece[],
  folder: string,
  terminal: Terminal,
): Promise<void> {
  const used = new Set<string>()
  for (const piece of pieces) {
    const path = join(folder, free(piece.path, used))
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      await pipeline(piece.open(), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    } catch (error) {
      throw new Failed(exit.usage, [problem('cli.file.unwritable', '', path, { reason: reasonOf(error) })])
    }
    terminal.write(`${printable(path, 500)}\n`)
  }
}

/** Two names may be one when they are made safe. */
function free(path: string, used: Set<string>): string {
  let name = path
  for (let count = 2; used.has(name); count += 1) name = `${path}-${count}`
  used.add(name)
  return name
}
