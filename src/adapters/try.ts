// A profile tried on a sample: what is read, how it would be written back, and what would be lost on the way.
import { checkLetter } from '../letter/check.ts'
import { letterToJson } from '../letter/json.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { formsOf } from './adapter.ts'
import type { AttachmentContent, Item, NoticeDraft, Source } from './contract.ts'
import type { DocumentForm, Written } from './formats/format.ts'
import type { Profile } from './profile.ts'
import { attachmentsOf, streamOf } from './try-attachments.ts'
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
  const [said, unsaid] = [forms.sendNotices ?? carrier(forms.send), noSendNotices()]
  if (said === undefined && settings.document === 'notice') return { document: 'notice', items: [unsaid] }
  const notices = await trial('notice', said)
  return notices?.items.some(({ kind }) => kind !== 'fault') === true
    ? notices
    : (letters ?? notices ?? none('letter'))
}

/** Where one document carries both (an envelope), it stands in `send`. */
const carrier = (form: DocumentForm | undefined) => (form?.receipts === true ? form : undefined)

const noSendNotices = (): TrialItem => ({
  kind: 'fault',
  position: 'profile',
  problems: [problem('adapter.try.no-send-notices', 'sendNotices')],
})

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
  const lost = await lostOf(letter, written.value, content, form, id)
  return {
    wayBack: { bytes, mediaType, files: files.map(({ name }) => name), spilled },
    lost: lost.map(({ field }) => field),
    problems: lost.map(problemOfLoss),
  }
}

/** A field that comes back another; `names` of the columns that no field is mapped to and that have no place of their own. */
interface Lost {
  readonly field: string
  readonly names?: readonly string[]
}

const problemOfLoss = ({ field, names }: Lost): Problem =>
  names === undefined
    ? problem('adapter.try.lost', '', field)
    : problem('adapter.try.columns-lost', '', names.join(', '))

/** The fields that differ when what was written is read again. */
async function lostOf(
  letter: Letter,
  written: Written,
  content: Beside,
  form: DocumentForm,
  id: string,
): Promise<readonly Lost[]> {
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
  if (item?.kind !== 'letter') return [{ field: 'the whole letter: what is written cannot be read again' }]
  const contents = await attachmentsOf(item.attachments)
  const again = contents.ok ? checkLetter(item.draft, contents.attachments) : contents
  if (!again.ok) return [{ field: 'the whole letter: what is written is not a letter any more' }]
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
  const kept = new Set(again.value.extension.map(({ name }) => name))
  const names = letter.extension.flatMap(({ name }) => (kept.has(name) ? [] : [name]))
  return Object.keys({ ...before, ...after })
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => (field === 'extension' && names.length > 0 ? { field, names } : { field }))
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
