// One format under measurement: a shipped profile at work, the documents that its system would send, and its rival.
import { deepStrictEqual } from 'node:assert'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, IncomingAttachment, Source } from '../../src/adapters/contract.ts'
import type {
  Companion,
  DocumentForm,
  Outgoing,
  RecordForm,
  Written,
} from '../../src/adapters/formats/format.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { piecesOf } from '../../src/adapters/pieces.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { moi } from '../../src/letter/offices.ts'
import { systemClock } from '../../src/letter/time.ts'
import type { Hand, HandWritten, Read } from './hand.ts'
import { must, type Optional, type Post, postOf } from './letters.ts'

/** What is measured of a format. */
export interface Subject {
  readonly profile: string
  /** Letters in one document: many where systems write many. */
  readonly batch: number
  readonly without: readonly Optional[]
  readonly hand: Hand
  /** The library that the parser is held against, and what it does with the bytes. */
  readonly parser: { readonly name: string; parse(bytes: Buffer, companion?: Buffer): unknown }
  /** The parser, where it is not the form's own, from bytes to records. */
  readonly ownParser?: (bytes: Buffer) => unknown
}

interface Document {
  readonly source: Source
  /** The memo file. */
  readonly companion: Buffer | undefined
}

/** A subject ready to be measured: each work passes `letters` letters. */
export interface Prepared {
  readonly format: string
  readonly letters: number
  readonly read: { ours(): Promise<unknown>; theirs(): Promise<unknown> }
  readonly write: { ours(): Promise<unknown>; theirs(): Promise<unknown> }
  readonly parse: { ours(): unknown; theirs(): unknown }
}

const createdAt = Date.parse('2026-11-23T10:15:00+07:00')

/** Makes the letters and documents, and proves that both do the same work. Throws where they do not. */
export async function prepare(subject: Subject): Promise<Prepared> {
  const { hand, batch } = subject
  const profile = profileOf(subject.profile)
  const { send: inwards, receive: outwards } = formsOf(profile, systemClock)
  if (inwards === undefined || outwards === undefined) throw new Error(`${profile.id} lacks a channel`)
  const post = postOf(profile.office, batch === 1 ? 8 : batch, subject.without)
  const outgoing = post.letters.map((letter, index) => outgoingOf(letter, index, post))
  const written = await Promise.all(outgoing.map((each) => bytesOf(inwards, each)))
  const documents =
    batch === 1
      ? written.map((each, index) => single(each, post, index))
      : [joined(profile, inwards, written, post)]
  const readBy = (measure: Measure) => ({
    ours: async () => {
      const letters: Letter[] = []
      for (const { source } of documents)
        for (const item of await inwards.read(fresh(source))) {
          if (item.kind !== 'letter') throw new Error(`${profile.id}: ${JSON.stringify(item)}`)
          letters.push(letterOf(item, measure))
        }
      return letters
    },
    theirs: async () => {
      const letters: Letter[] = []
      for (const { source, companion } of documents)
        for (const each of await hand.read(source.bytes, source.beside, companion))
          letters.push(letterOf(each, measure))
      return letters
    },
  })
  const write = {
    ours: async () => {
      const all: Written[] = []
      for (const each of outgoing) all.push(await bytesOf(outwards, each))
      return all
    },
    theirs: async () => {
      const all: HandWritten[] = []
      for (const [index, letter] of post.letters.entries())
        all.push(await hand.write(letter, idOf(index), (sha256) => Readable.from([contentOf(post, sha256)])))
      return all
    },
  }
  const { ours, theirs } = readBy(hashed)
  await proveSameRead(profile, post, await ours(), await theirs())
  await proveSameWritten(profile, outwards, post, await write.ours(), await write.theirs())
  return {
    format: inwards.kind,
    letters: post.letters.length,
    read: readBy(unhashed),
    write,
    parse: parsers(subject, profile, documents),
  }
}

/** A document's bytes as they come anew: what was remembered of the same buffer would be no work. */
const fresh = (source: Source): Source => ({ ...source, bytes: source.bytes.subarray() })

export function profileOf(name: string): Profile {
  // Compiled, the bench stands one folder deeper; the profiles stand beside either way.
  const file = fileURLToPath(new URL(`../../profiles/${name}.yaml`, import.meta.url))
  return must(readProfile(readFileSync(file, 'utf8'), file))
}

const idOf = (index: number): string => `p${index + 1}`

function contentOf({ contents }: Post, sha256: string): Buffer {
  const bytes = contents.get(sha256)
  if (bytes === undefined) throw new Error(`no attachment has the digest ${sha256}`)
  return bytes
}

const outgoingOf = (letter: Letter, index: number, post: Post): Outgoing => ({
  id: idOf(index),
  office: letter.to.offices[0] ?? moi,
  envelope: {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
    createdAt,
    content: 'letter',
    letter,
  },
  open: (sha256) => Readable.from([contentOf(post, sha256)]),
})

async function bytesOf(form: DocumentForm, outgoing: Outgoing): Promise<Written> {
  const written = must(await form.write(outgoing))
  if (written.spilled.length > 0)
    throw new Error(`not a usual letter: ${written.spilled.join(', ')} was spilled`)
  return written
}

const sourceOf = (bytes: Buffer, beside: Source['beside']): Source => ({
  document: 'letter',
  name: 'x.dbf',
  bytes,
  beside,
  sender: 'gone',
  final: true,
})

/** A table's own name with the memo's ending; each document stands alone. */
const memoName = 'x.dbt'

const kept = ({ sha256, size }: Attachment): AttachmentContent => ({ kind: 'kept', sha256, size })

/** The document of one letter as it was written. */
function single(written: Written, post: Post, index: number): Document {
  const attachments = post.letters[index]?.attachments ?? []
  const files = new Map(
    written.files.map(({ name, sha256, content }): [string, AttachmentContent] => {
      if (content.kind === 'bytes') return [memoName, content]
      const attachment = attachments.find((each) => each.sha256 === sha256)
      if (attachment === undefined) throw new Error(`a file that no attachment is: ${name}`)
      return [name, kept(attachment)]
    }),
  )
  return { source: sourceOf(written.bytes, files), companion: companionOf(written) }
}

/** All letters in one document, as a system exports its day: by the format's own writer of records. */
function joined(profile: Profile, form: DocumentForm, written: readonly Written[], post: Post): Document {
  const records = recordForm(profile)
  const rows = written.flatMap((each) => {
    const memo = companionOf(each)
    const companion: Companion | undefined = memo && { name: memoName, content: { ok: true, value: memo } }
    return records.read(each.bytes, companion).map((read) => {
      if (read.kind === 'fault') throw new Error(JSON.stringify(read))
      return read.record.cells
    })
  })
  const companion = records.writeCompanion?.(rows)
  const columns = [...new Set([...records.columns, ...(form.columns ?? [])])]
  const beside = new Map<string, AttachmentContent>(
    written.flatMap((each, index) => [...single(each, post, index).source.beside]),
  )
  if (companion !== undefined) beside.set(memoName, { kind: 'bytes', bytes: companion.bytes })
  return { source: sourceOf(records.write(rows, columns), beside), companion: companion?.bytes }
}

const companionOf = ({ files }: Written): Buffer | undefined =>
  files.flatMap(({ content }) => (content.kind === 'bytes' ? [content.bytes] : []))[0]

function recordForm(profile: Profile): RecordForm {
  const definition = profile.documents[profile.channels.send?.document ?? '']
  const kind = formats.find((each) => each.kind === definition?.format.kind)
  if (kind?.sort !== 'records') throw new Error(`${profile.id} has no format of records`)
  const context = {
    office: profile.office,
    profile: profile.id,
    content: 'letter',
    clock: systemClock,
  } as const
  const made = kind.create(definition?.format, context)
  if (!made.ok) throw new Error(JSON.stringify(made.findings))
  return made.value
}

function parsers(subject: Subject, profile: Profile, documents: readonly Document[]): Prepared['parse'] {
  const memo = documents[0]?.companion
  const companion: Companion | undefined = memo && { name: memoName, content: { ok: true, value: memo } }
  const own = subject.ownParser ?? recordsParser(recordForm(profile), companion)
  const each = (parse: (bytes: Buffer) => unknown) => async () => {
    for (const { source } of documents) {
      const done = parse(fresh(source).bytes)
      if (done instanceof Promise) await done
    }
  }
  return { ours: each(own), theirs: each((bytes) => subject.parser.parse(bytes, memo)) }
}

const recordsParser =
  (form: RecordForm, companion: Companion | undefined) =>
  (bytes: Buffer): unknown => {
    const reads = form.read(bytes, companion)
    if (reads.some(({ kind }) => kind === 'fault')) throw new Error(JSON.stringify(reads))
    return reads
  }

/** The digest and size of what was read. */
type Measure = (bytes: Buffer) => { readonly sha256: string; readonly size: number }

const hashed: Measure = (bytes) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
})
/** Hashing is the gateway's work and no format's: it would only make two rivals look alike. */
const unhashed: Measure = ({ length }) => ({ sha256: '0'.repeat(64), size: length })

/** Draft and attachments → the letter, as the gateway's check makes it, for both alike. */
function letterOf({ draft, attachments }: Read, measure: Measure): Letter {
  const measured = ({ name, mediaType, role, content }: IncomingAttachment): Attachment => {
    if (content.kind === 'file') throw new Error(`a file beside was not kept: ${name}`)
    const { sha256, size } =
      content.kind === 'kept' ? content : measure(Buffer.concat([...piecesOf(content)]))
    return { name, role, mediaType: must(mediaTypeOf(mediaType, name)), sha256, size }
  }
  return must(checkLetter(draft, attachments.map(measured)))
}

/** Letters without what their way adds: names of files say under which parcel they went; what has no field travels along. */
const unnamed = (letters: readonly Letter[]) =>
  letters.map((letter) => ({
    ...letter,
    extension: [],
    attachments: letter.attachments.map((each) => ({ ...each, name: '' })),
  }))

function proveSameRead(
  profile: Profile,
  post: Post,
  ours: readonly Letter[],
  theirs: readonly Letter[],
): void {
  deepStrictEqual(theirs, ours, `${profile.id}: the rival reads other letters`)
  // Neither proves itself alone: what was read is what was sent.
  deepStrictEqual(
    unnamed(ours),
    unnamed(post.letters),
    `${profile.id}: other letters are read than were written`,
  )
}

/** What either wrote is read as the letter that it was. */
async function proveSameWritten(
  profile: Profile,
  form: DocumentForm,
  post: Post,
  ours: readonly Written[],
  theirs: readonly HandWritten[],
): Promise<void> {
  const again = async (bytes: Buffer, beside: Source['beside']): Promise<Letter> => {
    const [item] = await form.read(sourceOf(bytes, beside))
    if (item?.kind !== 'letter') throw new Error(`${profile.id}: ${JSON.stringify(item)}`)
    return letterOf(item, hashed)
  }
  for (const [index, letter] of post.letters.entries()) {
    const [one, other] = [ours[index], theirs[index]]
    if (one === undefined || other === undefined) throw new Error('a letter was not written')
    const own = single(one, post, index)
    const beside = new Map(
      other.names.flatMap((name, at): [string, AttachmentContent][] => {
        const attachment = letter.attachments[at]
        return attachment === undefined ? [] : [[name, kept(attachment)]]
      }),
    )
    if (other.companion !== undefined) beside.set(memoName, { kind: 'bytes', bytes: other.companion })
    const read = [await again(one.bytes, own.source.beside)]
    deepStrictEqual(unnamed(read), unnamed([letter]), `${profile.id}: another letter is written`)
    const back = [await again(other.bytes, beside)]
    deepStrictEqual(unnamed(back), unnamed(read), `${profile.id}: the rival writes another letter`)
    const named = (letters: readonly Letter[]) =>
      letters.flatMap(({ attachments }) => attachments.map(({ name }) => name))
    deepStrictEqual(named(back), named(read), `${profile.id}: the rival names other files`)
  }
}
