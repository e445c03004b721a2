// A profile tried on a sample: what is read, how it would be written back, and what would be lost on the way.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { mediaTypeOf } from '../letter/attachments.ts'
import { checkLetter } from '../letter/check.ts'
import { letterToJson } from '../letter/json.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import type { Problem } from '../problem/problem.ts'
import { formsOf } from './adapter.ts'
import type { AttachmentContent, IncomingAttachment, Item, NoticeDraft, Source } from './contract.ts'
import type { DocumentForm, Written } from './formats/format.ts'
import type { Profile } from './profile.ts'
import { noticeBack } from './try-notice.ts'

export interface TrialSettings {
  readonly clock: Clock
  readonly random: Random
  /** What the sample is; absent: a letter, or a notice where only that can be read. */
  readonly document?: 'letter' | 'notice'
}

/** A letter or notice of the sample as the system would be given it back. */
export interface WayBack {
  readonly bytes: Buffer
  readonly mediaType: string
  /** Names of the files that would stand beside. */
  readonly files: readonly string[]
  /** Fields that stand in a file, whole, because their own place cannot hold them. */
  readonly spilled: readonly string[]
}

export type TrialItem =
  | {
      readonly kind: 'letter'
      readonly position: string
      readonly letter: Letter
      readonly wayBack?: WayBack
      /** Fields that would come back different from the way back. */
      readonly lost: readonly string[]
      /** Why there is no way back. */
      readonly problems: readonly Problem[]
    }
  | {
      readonly kind: 'notice'
      readonly position: string
      readonly notice: NoticeDraft
      /** Absent when there is none, or when the sample names the letter by its message id alone. */
      readonly wayBack?: WayBack
      readonly lost: readonly string[]
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'envelope'; readonly position: string; readonly bytes: Buffer }
  | { readonly kind: 'fault'; readonly position: string; readonly problems: readonly [Problem, ...Problem[]] }

export interface Trial {
  readonly document: 'letter' | 'notice'
  readonly items: readonly TrialItem[]
}

type Beside = ReadonlyMap<string, AttachmentContent>

/**
 * Reads a sample by the profile of the system that wrote it, and writes each letter back by the same document. Nothing is
 * kept or sent. `beside`: the files that the sample names.
 */
export async function tryProfile(
  profile: Profile,
  sample: Buffer,
  fileName: string,
  beside: Beside,
  settings: TrialSettings,
): Promise<Trial> {
  const forms = formsOf(profile, settings.clock)
  const trial = async (
    document: 'letter' | 'notice',
    form: DocumentForm | undefined,
  ): Promise<Trial | undefined> => {
    if (form === undefined) return undefined
    const source: Source = { document, name: fileName, bytes: sample, beside, sender: 'gone', final: true }
    const items = await form.read(source)
    return { document, items: await Promise.all(items.map((item) => tryItem(item, form, profile, settings))) }
  }
  const letters = settings.document === 'notice' ? undefined : await trial('letter', forms.send)
  if (settings.document === 'letter' || letters?.items.some(({ kind }) => kind !== 'fault') === true)
    return letters ?? none('letter')
  const notices = await trial('notice', forms.sendNotices)
  return notices?.items.some(({ kind }) => kind !== 'fault') === true
    ? notices
    : (letters ?? notices ?? none('letter'))
}

const none = (document: 'letter' | 'notice'): Trial => ({ document, items: [] })

async function tryItem(
  item: Item,
  form: DocumentForm,
  profile: Profile,
  settings: TrialSettings,
): Promise<TrialItem> {
  const { position } = item
  switch (item.kind) {
    case 'fault':
      return item
    case 'envelope':
      return { kind: 'envelope', position, bytes: item.bytes }
    case 'notice':
      return {
        kind: 'notice',
        position,
        notice: item.draft,
        ...(await backOfNotice(item.draft, form, profile, settings)),
      }
    case 'letter': {
      const contents = await attachmentsOf(item.attachments)
      if (!contents.ok) return { kind: 'fault', position, problems: contents.problems }
      const letter = checkLetter(item.draft, contents.attachments)
      if (!letter.ok) return { kind: 'fault', position, problems: letter.problems }
      return {
        kind: 'letter',
        position,
        letter: letter.value,
        ...(await back(letter.value, contents.content, form, profile, settings)),
      }
    }
    case 'waiting':
      throw new Error('a source that is final waits')
    default:
      return item satisfies never
  }
}

async function backOfNotice(
  draft: NoticeDraft,
  form: DocumentForm,
  profile: Profile,
  settings: TrialSettings,
): Promise<{ wayBack?: WayBack; lost: readonly string[]; problems: readonly Problem[] }> {
  const { written, ...found } = await noticeBack(draft, form, profile, settings)
  if (written === undefined) return found
  const { bytes, mediaType, files, spilled } = written
  return { ...found, wayBack: { bytes, mediaType, files: files.map(({ name }) => name), spilled } }
}

async function back(
  letter: Letter,
  content: Beside,
  form: DocumentForm,
  profile: Profile,
  { clock, random }: TrialSettings,
): Promise<{ wayBack?: WayBack; lost: readonly string[]; problems: readonly Problem[] }> {
  const id = 'try'
  const written = await form.write({
    id,
    office: profile.office,
    envelope: { messageId: newMessageId(clock, random), createdAt: clock.now(), content: 'letter', letter },
    open: (sha256) => streamOf(content.get(sha256)),
  })
  if (!written.ok) return { lost: [], problems: written.problems }
  const { bytes, mediaType, files, spilled } = written.value
  return {
    wayBack: { bytes, mediaType, files: files.map(({ name }) => name), spilled },
    lost: await lostOf(letter, written.value, content, form, id),
    problems: [],
  }
}

/** The fields that differ when what was written is read again. */
async function lostOf(
  letter: Letter,
  written: Written,
  content: Beside,
  form: DocumentForm,
  id: string,
): Promise<readonly string[]> {
  const beside = new Map(
    written.files.flatMap((file): [string, AttachmentContent][] => {
      const kept =
        file.content.kind === 'bytes'
          ? { kind: 'bytes' as const, bytes: file.content.bytes }
          : content.get(file.sha256)
      return kept === undefined ? [] : [[file.name, kept]]
    }),
  )
  const [item] = await form.read({
    document: 'letter',
    name: id,
    bytes: written.bytes,
    beside,
    sender: 'gone',
    final: true,
  })
  if (item?.kind !== 'letter') return ['the whole letter: what is written cannot be read again']
  const contents = await attachmentsOf(item.attachments)
  const again = contents.ok ? checkLetter(item.draft, contents.attachments) : contents
  if (!again.ok) return ['the whole letter: what is written is not a letter any more']
  const before: Readonly<Record<string, unknown>> = {
    ...letterToJson(letter),
    attachments: bare(letter.attachments, ''),
  }
  const after: Readonly<Record<string, unknown>> = {
    ...letterToJson(again.value),
    attachments: bare(
      again.value.attachments.filter(({ name }) => name !== `${id}-full.txt`),
      id,
    ),
  }
  return Object.keys({ ...before, ...after }).filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  )
}

/** Attachments without what a form puts before their names to keep them apart. */
const bare = (attachments: readonly Attachment[], id: string) =>
  attachments.map((each, index) => ({
    ...each,
    name:
      id !== '' && each.name.startsWith(`${id}-${index + 1}-`)
        ? each.name.slice(`${id}-${index + 1}-`.length)
        : each.name,
  }))

type Contents =
  | { readonly ok: true; readonly attachments: readonly Attachment[]; readonly content: Beside }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] }

async function attachmentsOf(incoming: readonly IncomingAttachment[]): Promise<Contents> {
  const attachments: Attachment[] = []
  const content = new Map<string, AttachmentContent>()
  const problems: Problem[] = []
  for (const each of incoming) {
    const mediaType = mediaTypeOf(each.mediaType, each.name)
    if (!mediaType.ok) {
      problems.push(...mediaType.problems.map((found) => ({ ...found, path: 'attachments' })))
      continue
    }
    const { sha256, size } = await measured(each.content)
    attachments.push({ name: each.name, mediaType: mediaType.value, size, sha256, role: each.role })
    content.set(sha256, each.content)
  }
  const [first, ...rest] = problems
  return first === undefined ? { ok: true, attachments, content } : { ok: false, problems: [first, ...rest] }
}

async function measured(
  content: AttachmentContent,
): Promise<{ readonly sha256: string; readonly size: number }> {
  if (content.kind === 'kept') return content
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of streamOf(content) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

function streamOf(content: AttachmentContent | undefined): Readable {
  if (content?.kind === 'bytes') return Readable.from([content.bytes])
  if (content?.kind === 'file') return createReadStream(content.path)
  throw new Error('the bytes of an attachment are not at hand')
}
