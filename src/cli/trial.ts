// Tries a profile on a sample: what its adapter reads, the envelope that it becomes, and the way back. Nothing is sent.
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { formsOf } from '../adapters/adapter.ts'
import type {
  AttachmentContent,
  IncomingAttachment,
  Item,
  NoticeDraft,
  Source,
} from '../adapters/contract.ts'
import type { DocumentForm, Outgoing, Written } from '../adapters/formats/format.ts'
import type { Profile } from '../adapters/profile.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { writeEnvelope } from '../envelope/write.ts'
import { mediaTypeOf } from '../letter/attachments.ts'
import { checkLetter } from '../letter/check.ts'
import { contentDigest } from '../letter/digest.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import { bad, good, type Problem, problem, type Result, within } from '../problem/problem.ts'

/** What became of one place of the sample. */
export type Trial =
  | { readonly kind: 'problems'; readonly position: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'notice'; readonly position: string; readonly notice: NoticeDraft }
  | {
      readonly kind: 'letter'
      readonly position: string
      readonly letter: Letter
      /** The envelope that would be sealed, as XML without its signature. */
      readonly envelope: string
      readonly back: Result<WayBack>
    }

export interface WayBack {
  /** The letter in the system's own form, as it would be handed over. */
  readonly written: Written
  readonly charset: string
  /** Whether reading that again gives the same letter. */
  readonly same: boolean
}

interface Bench {
  readonly profile: Profile
  readonly clock: Clock
  readonly random: Random
}

/** At most so many files beside a sample are looked at. */
const mostBeside = 1_000

/** Reads the sample as the profile's `send` (or `sendNotices`) channel would, and writes each letter back. */
export async function tryProfile(
  bench: Bench,
  path: string,
  bytes: Buffer,
  notices: boolean,
): Promise<readonly Trial[]> {
  const forms = formsOf(bench.profile, bench.clock)
  const form = notices ? (forms.sendNotices ?? forms.send) : forms.send
  if (form === undefined) {
    const channel = notices ? 'sendNotices' : 'send'
    return [
      {
        kind: 'problems',
        position: 'profile',
        problems: [problem('cli.channel.none', channel, bench.profile.id)],
      },
    ]
  }
  const source: Source = {
    document: notices ? 'notice' : 'letter',
    name: basename(path),
    bytes,
    beside: filesBeside(path),
    sender: 'gone',
    final: true,
  }
  const trials: Trial[] = []
  for (const item of await form.read(source))
    trials.push(await tryItem(bench, item, form, forms.receive, source))
  return trials
}

function filesBeside(path: string): ReadonlyMap<string, AttachmentContent> {
  const folder = dirname(path)
  const names = readdirSync(folder).filter(
    (name) => name !== basename(path) && statSync(join(folder, name)).isFile(),
  )
  return new Map(names.slice(0, mostBeside).map((name) => [name, { kind: 'file', path: join(folder, name) }]))
}

async function tryItem(
  bench: Bench,
  item: Item,
  send: DocumentForm,
  receive: DocumentForm | undefined,
  source: Source,
): Promise<Trial> {
  const { position } = item
  switch (item.kind) {
    case 'fault':
      return { kind: 'problems', position, problems: item.problems }
    case 'waiting':
      return {
        kind: 'problems',
        position,
        problems: item.missing.map((name) => problem('adapter.file.missing', '', name)),
      }
    case 'envelope':
      return { kind: 'problems', position, problems: [problem('cli.sample.sealed', '', source.name)] }
    case 'notice':
      return { kind: 'notice', position, notice: item.draft }
    case 'letter': {
      const contents = await readContents(item.attachments)
      if (!contents.ok) return { kind: 'problems', position, problems: contents.problems }
      const letter = checkLetter(
        { ...item.draft, from: item.draft.from ?? { office: bench.profile.office } },
        contents.value.map((one) => one.attachment),
      )
      if (!letter.ok) return { kind: 'problems', position, problems: letter.problems }
      const envelope = envelopeOf(bench, letter.value, item, source)
      const xml = writeEnvelope(envelope).toString('utf8')
      const back =
        receive === undefined
          ? bad(problem('cli.channel.none', 'receive', bench.profile.id))
          : await wayBack(
              bench,
              envelope,
              letter.value,
              contents.value,
              send,
              receive,
              item.charset ?? 'utf-8',
            )
      return { kind: 'letter', position, letter: letter.value, envelope: xml, back }
    }
    default:
      return item satisfies never
  }
}

function envelopeOf(bench: Bench, letter: Letter, item: Item & { kind: 'letter' }, source: Source): Envelope {
  const { profile, clock, random } = bench
  return {
    messageId: newMessageId(clock, random),
    createdAt: clock.now(),
    content: 'letter',
    letter,
    provenance: {
      system: profile.id,
      profileVersion: profile.version,
      format: profile.documents[profile.channels.send?.document ?? '']?.format.kind ?? 'unknown',
      ...(item.charset !== undefined && { charset: item.charset }),
      sourceDigest: createHash('sha256').update(source.bytes).digest('hex'),
      ...(item.datePrinted !== undefined && { datePrinted: item.datePrinted }),
      ...(letter.number.completed && { numberCompleted: true }),
    },
  }
}

/** Writes the letter in the system's form and reads that again: the same letter must come out (principle 2). */
async function wayBack(
  bench: Bench,
  envelope: Envelope,
  letter: Letter,
  contents: readonly Content[],
  send: DocumentForm,
  receive: DocumentForm,
  charset: string,
): Promise<Result<WayBack>> {
  const open = (sha256: string): Readable => {
    const found = contents.find((one) => one.attachment.sha256 === sha256)
    return found === undefined ? Readable.from([]) : openContent(found.content)
  }
  const outgoing: Outgoing = { id: 'try', office: bench.profile.office, envelope, open }
  const written = await receive.write(outgoing)
  if (!written.ok) return written
  const beside = new Map(
    written.value.files.map((file): [string, AttachmentContent] => [
      file.name,
      file.content.kind === 'bytes'
        ? file.content
        : (contents.find((one) => one.attachment.sha256 === file.sha256)?.content ?? {
            kind: 'bytes',
            bytes: Buffer.alloc(0),
          }),
    ]),
  )
  const { bytes } = written.value
  const items = await send.read({
    document: 'letter',
    name: 'way back',
    bytes,
    beside,
    sender: 'gone',
    final: true,
  })
  const same = items.length === 1 && (await isSame(bench, items[0], letter))
  return good({ written: written.value, charset, same })
}

async function isSame(bench: Bench, item: Item | undefined, letter: Letter): Promise<boolean> {
  if (item?.kind !== 'letter') return false
  const contents = await readContents(item.attachments)
  if (!contents.ok) return false
  const again = checkLetter(
    {
      ...item.draft,
      from: item.draft.from ?? { office: bench.profile.office },
      to: item.draft.to ?? letter.to,
    },
    contents.value.map((one) => one.attachment),
  )
  // Names of files belong to the system that holds them: everything else must be the same.
  const unnamed = (one: Letter): Parameters<typeof contentDigest>[0] => ({
    ...one,
    attachments: one.attachments.map((attachment) => ({ ...attachment, name: '' })),
  })
  return again.ok && contentDigest(unnamed(again.value)) === contentDigest(unnamed(letter))
}

interface Content {
  readonly attachment: Attachment
  readonly content: AttachmentContent
}

async function readContents(attachments: readonly IncomingAttachment[]): Promise<Result<readonly Content[]>> {
  const problems: Problem[] = []
  const contents: Content[] = []
  for (const [index, incoming] of attachments.entries()) {
    const { name, role, content } = incoming
    const mediaType = mediaTypeOf(incoming.mediaType, name)
    if (!mediaType.ok) {
      problems.push(...mediaType.problems.map((found) => within(`attachments.${index}`, found)))
      continue
    }
    const measured = content.kind === 'kept' ? content : await measure(content)
    const { size, sha256 } = measured
    contents.push({ content, attachment: { name, mediaType: mediaType.value, role, size, sha256 } })
  }
  const [first, ...rest] = problems
  return first === undefined ? good(contents) : bad(first, ...rest)
}

function openContent(content: AttachmentContent): Readable {
  if (content.kind === 'bytes') return Readable.from([content.bytes])
  return content.kind === 'file' ? createReadStream(content.path) : Readable.from([])
}

async function measure(content: AttachmentContent): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of openContent(content) as AsyncIterable<Buffer>) {
    hash.update(piece)
    size += piece.length
  }
  return { size, sha256: hash.digest('hex') }
}
