// One letter or notice written as one record, with its files beside. Nothing of a letter is cut: what has no place is refused,
// or spilled into a file beside, as the profile says.

import { createHash } from 'node:crypto'
import type { Attachment, LetterFields } from '../../letter/letter.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { WrittenFile } from '../contract.ts'
import type { Values } from '../fields/codec.ts'
import { type FieldValues, impliedValues, valuesOfLetter } from '../fields/letter-fields.ts'
import type { Mapping } from '../fields/mapping.ts'
import { valuesOfNotice } from '../fields/notice-fields.ts'
import type { DocumentDefinition } from '../profile.ts'
import { besideNames } from './beside-names.ts'
import type { FormContext, Outgoing, RecordForm, Written, WrittenCompanion } from './format.ts'
import type { RecordsWork } from './records-work.ts'
import { unreadable } from './rows-of-letters.ts'

/** `contents`: the letter's attachments as base64, in their order, where the form holds them in its cells. */
export function writeRecord(
  outgoing: Outgoing,
  contents: readonly string[],
  work: RecordsWork,
): Result<Written> {
  const { envelope } = outgoing
  const { form, mapping, definition, context } = work
  if (envelope.content !== context.content)
    return bad(problem('adapter.notice.sort', '', envelope.content, { expected: context.content }))
  if (envelope.content === 'letter') return writeLetter(outgoing, envelope.letter, contents, work)
  const written = mapping.write(valuesOfNotice(envelope.notice), form.refuses)
  if (!written.ok) return written
  const { cells, spilled, cut } = written.value
  // A reason is words for people: they stand beside. Whatever else is not said would make it another notice.
  const homeless = new Map(
    [...constantsContradicted(spilled, definition)].filter(
      ([field]) => field !== 'reason' || definition.unmapped === 'refuse',
    ),
  )
  if (homeless.size > 0) return bad(...cannotSayAny(homeless))
  // A notice names no files: the text stands beside it, under the same parcel id.
  const { number, date } = envelope.notice.about
  const files = spilled.size === 0 ? [] : [spillFile(outgoing.id, `${number} ลงวันที่ ${date}`, spilled)]
  const [unread, ...more] = unreadable(cells, definition)
  if (unread !== undefined) return bad(unread, ...more)
  return good({ ...document(work, outgoing.id, cells, files, [...spilled.keys()]), cut })
}

function writeLetter(
  outgoing: Outgoing,
  letter: LetterFields,
  contents: readonly string[],
  work: RecordsWork,
): Result<Written> {
  const { form, mapping, definition, context } = work
  const { values, halves } = wholeReferences(valuesOfLetter(letter), letter, mapping)
  const { separator, inside } = mapping.files?.codec.files ?? {}
  const refusesName = (name: string): Problem | undefined => refusedAnywhere(form, name, mapping.files?.at)
  const names =
    form.enclose !== undefined || inside?.named === false
      ? letter.attachments.map(({ name }) => name)
      : besideNames(outgoing.id, letter.attachments, separator, refusesName, inside === undefined)
  const held = letter.attachments.map(
    ({ mediaType, role }, index): Held => ({
      name: names[index] ?? '',
      mediaType,
      role,
      content: contents[index] ?? '',
    }),
  )
  const cells = (spill: readonly Held[]) =>
    mapping.write(withFiles(values, mapping, [...held, ...spill]), form.refuses)
  const problems: Problem[] = []
  const first = cells([])
  const homeless = new Map(unmappedValues(values, mapping, letter, context))
  for (const [field, value] of halves) homeless.set(field, value)
  if (first.ok && first.value.spilled.size > 0)
    for (const [field, value] of constantsContradicted(first.value.spilled, definition))
      homeless.set(field, value)
  // A secret letter in a system that cannot say so would be an open one: that is never spilled.
  for (const entry of homeless)
    if (definition.unmapped === 'refuse' || entry[0] === 'secrecy') problems.push(cannotSay(...entry))
  if (definition.main === 'required' && !letter.attachments.some(({ role }) => role === 'main'))
    problems.push(problem('adapter.letter.main-missing', 'attachments'))
  if (mapping.files === undefined && letter.attachments.length > 0)
    problems.push(
      problem('adapter.field.cannot-say', 'attachments', String(letter.attachments.length), {
        field: 'attachments',
      }),
    )
  const extension = extensionCells(letter, work)
  if (!first.ok) problems.push(...first.problems)
  if (first.ok && first.value.spilled.size === 0)
    problems.push(...unreadable(merged(first.value.cells, extension), definition))
  const [fault, ...more] = problems
  if (fault !== undefined) return bad(fault, ...more)
  if (!first.ok) return first

  const files: WrittenFile[] =
    inside === undefined ? letter.attachments.map((each, index) => attached(each, names[index] ?? '')) : []
  if (first.value.spilled.size + homeless.size === 0)
    return good(document(work, outgoing.id, merged(first.value.cells, extension), files, []))
  const spilled: FieldValues = new Map([...first.value.spilled, ...homeless])
  if (mapping.files === undefined) return bad(...cannotSayAny(spilled))
  const spill = spillFile(outgoing.id, `${letter.number.printed} ลงวันที่ ${letter.date}`, spilled)
  const { name, mediaType, content } = spill
  const text = content.kind === 'bytes' ? content.bytes.toString('base64') : ''
  const second = cells([{ name, mediaType, role: 'enclosure', content: text }])
  if (!second.ok) return second
  return good(
    document(
      work,
      outgoing.id,
      merged(second.value.cells, extension),
      inside === undefined ? [...files, spill] : [],
      [...spilled.keys()],
    ),
  )
}

function document(
  { form, columns }: RecordsWork,
  id: string,
  cells: ReadonlyMap<string, string>,
  files: readonly WrittenFile[],
  spilled: readonly string[],
): Written {
  const companion = form.writeCompanion?.([cells])
  return {
    bytes: form.write([cells], columns),
    mediaType: form.mediaType,
    extension: form.extension,
    files: companion === undefined ? files : [...files, companionFile(id, companion)],
    spilled,
  }
}

const companionFile = (id: string, { extension, mediaType, bytes }: WrittenCompanion): WrittenFile =>
  ownFile(`${id}.${extension}`, mediaType, bytes)

/** A name must fit whichever of the columns it comes to stand in. */
const refusedAnywhere = (form: RecordForm, text: string, columns: readonly string[] = []) =>
  [undefined, ...columns].map((column) => form.refuses(text, column)).find((found) => found !== undefined)

const merged = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>) =>
  b.size === 0 ? a : new Map([...a, ...b])

/** A file as the cells that hold or name it take it. */
interface Held {
  readonly name: string
  readonly mediaType: string
  readonly role: Attachment['role']
  /** Base64, where the file stands in a cell. */
  readonly content: string
}

/** The values with those of the files: the main one first (blank when there is none), then the enclosures and the spilled text. */
function withFiles(values: Map<string, Values>, mapping: Mapping, held: readonly Held[]): FieldValues {
  if (mapping.files === undefined) return values
  const { first, inside } = mapping.files.codec.files ?? {}
  const enclosures = held.filter(({ role }) => role === 'enclosure')
  const main = held.filter(({ role }) => role === 'main')
  const nothing: Held = { name: '', mediaType: '', role: 'main', content: '' }
  const placed =
    first === 'enclosure' || (main.length === 0 && enclosures.length === 0)
      ? [...main, ...enclosures]
      : [main[0] ?? nothing, ...main.slice(1), ...enclosures]
  const said =
    inside === undefined
      ? placed.map(({ name }) => name)
      : placed.flatMap(({ name, mediaType, content }) => [name, mediaType, content])
  return values.set(mapping.files.field, said)
}

const referenceFields = ['references.number', 'references.date', 'references.subject'] as const

/**
 * The values, and those of references that would be halves: one that has neither number nor subject where the form has a
 * place for only one of the two is no reference any more. None is written then; all of them are `halves`, to be spilled.
 */
function wholeReferences(
  values: Map<string, Values>,
  { references }: LetterFields,
  { mapped }: Mapping,
): { readonly values: Map<string, Values>; readonly halves: FieldValues } {
  const none = { values, halves: new Map() }
  if (references.length === 0 || !referenceFields.some((field) => mapped.has(field))) return none
  const says = (field: (typeof referenceFields)[number], text: string): boolean =>
    text !== '' && mapped.has(field)
  const whole = references.every(
    ({ number, subject }) => says('references.number', number) || says('references.subject', subject),
  )
  if (whole) return none
  const own = ([field]: readonly [string, unknown]): boolean => referenceFields.some((each) => each === field)
  const [kept, halves] = [[...values].filter((entry) => !own(entry)), [...values].filter(own)]
  return { values: new Map(kept), halves: new Map(halves.filter(([, each]) => each.length > 0)) }
}

/** The values that no field is mapped to and that a reader of the form would not assume by itself. */
function unmappedValues(
  values: FieldValues,
  mapping: Mapping,
  letter: LetterFields,
  context: FormContext,
): FieldValues {
  const unmapped = new Map<string, Values>()
  for (const [field, value] of values) {
    if (mapping.mapped.has(field)) continue
    const implied = impliedValues(field, letter.number.circular, context.office)
    if (value.length !== implied.length || value.some((each, index) => each !== implied[index]))
      unmapped.set(field, value)
  }
  return unmapped
}

const constantsContradicted = (spilled: FieldValues, { fields }: DocumentDefinition): FieldValues =>
  new Map(
    [...spilled].filter(([field]) => {
      const definition = fields[field]
      return definition !== undefined && ('always' in definition || definition.unsaid !== undefined)
    }),
  )

/**
 * The cells of a system's own columns in a letter that is written back to it, as `profile try` does: no letter goes to its own
 * office. The same name in another system's letter is another column, and stays in the envelope.
 */
function extensionCells(
  { from, extension }: LetterFields,
  { form, mapping, context }: RecordsWork,
): ReadonlyMap<string, string> {
  const cells = new Map<string, string>()
  if (from.office !== context.office) return cells
  for (const { name, value } of extension)
    if (
      form.columns.includes(name) &&
      !mapping.columns.includes(name) &&
      !cells.has(name) &&
      form.refuses(value, name) === undefined
    )
      cells.set(name, value)
  return cells
}

const attached = ({ mediaType, sha256, size }: Attachment, name: string): WrittenFile => ({
  name,
  mediaType,
  sha256,
  content: { kind: 'attachment', size },
})

/** The whole text of what did not fit, for people, in UTF-8. The same letter gives the same bytes. */
function spillFile(id: string, about: string, spilled: FieldValues): WrittenFile {
  const lines = [
    `หนังสือที่ ${about} (ค.ศ.)`,
    'ข้อความเต็มของช่องที่ระบบปลายทางแสดงไม่ได้ / Fields that the receiving system cannot hold, in full:',
    ...[...spilled].map(([field, values]) => `${field}:\n${values.map((value) => `  ${value}`).join('\n')}`),
  ]
  return ownFile(`${id}-full.txt`, 'text/plain', Buffer.from(`${lines.join('\n\n')}\n`, 'utf8'))
}

const ownFile = (name: string, mediaType: string, bytes: Buffer): WrittenFile => ({
  name,
  mediaType,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  content: { kind: 'bytes', bytes },
})

const cannotSay = (field: string, values: readonly string[]): Problem =>
  field === 'secrecy'
    ? problem('adapter.field.secrecy-unsayable', field, values.join(', '))
    : problem('adapter.field.cannot-say', field, values.join(', '), { field })

function cannotSayAny(spilled: FieldValues): [Problem, ...Problem[]] {
  const [first, ...rest] = [...spilled].map((entry) => cannotSay(...entry))
  if (first === undefined) throw new Error('nothing was spilled')
  return [first, ...rest]
}
