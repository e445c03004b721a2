// A document made of records: the profile's mapping over a records format. Reading here; writing in records-out.ts.

import type { ExtensionField } from '../../letter/letter.ts'
import { good, type Problem, problem } from '../../problem/problem.ts'
import type { AttachmentContent, IncomingAttachment, Item, Source, Understood } from '../contract.ts'
import type { Codec, Values } from '../fields/codec.ts'
import { letterOfValues } from '../fields/letter-fields.ts'
import type { Mapping } from '../fields/mapping.ts'
import { noticeOfValues } from '../fields/notice-fields.ts'
import type { DocumentDefinition } from '../profile.ts'
import { Places } from './assembled.ts'
import { companionOf } from './companion.ts'
import { type FileOf, readApart, standApart } from './files-apart.ts'
import { filesInside } from './files-inside.ts'
import type { Companion, DocumentForm, FileInside, FormContext, FormRecord, RecordForm } from './format.ts'
import { missingFile } from './missing-file.ts'
import { writeRecord } from './records-out.ts'
import { type RecordsWork, workOf } from './records-work.ts'
import { letterRows } from './rows-of-letters.ts'

/** The form that a records format and a profile's fields make together. */
export function recordsDocument(
  plain: RecordForm,
  definition: DocumentDefinition,
  context: FormContext,
): DocumentForm {
  const work = workOf(plain, definition, context)
  const { form, mapping } = work
  return {
    kind: form.kind,
    multipart: 'form-data',
    mediaType: form.mediaType,
    receipts: false,
    read: async (source) => {
      const companion = await companionOf(source, form)
      return readApart(source, work, (each, fileOf) => itemsOf(each, companion, work, fileOf))
    },
    write: async (outgoing) => {
      const bounds = mapping.files?.codec.files?.inside
      const places = standApart(work) ? new Places() : undefined
      const inside = bounds === undefined ? good([]) : await filesInside(outgoing, bounds, places)
      if (!inside.ok) return inside
      const written = writeRecord(outgoing, inside.value, work)
      if (!written.ok) return written
      if (form.enclose !== undefined) return form.enclose(written.value, outgoing)
      if (places === undefined) return written
      const bytes = await places.filled(written.value.bytes, (sha256) => outgoing.open(sha256))
      return good({ ...written.value, bytes })
    },
    columns: mapping.columns,
    kindColumns: mapping.kindColumns,
    namingColumns: mapping.namingColumns,
    always: Object.entries(definition.fields).flatMap(([field, place]) =>
      'at' in place && [place.at].flat().every((column) => form.filled?.includes(column)) ? [field] : [],
    ),
    ...(form.unended && { unended: form.unended }),
  }
}

function itemsOf(
  source: Source,
  companion: Companion | undefined,
  work: RecordsWork,
  fileOf: FileOf,
): readonly Item[] {
  const { form, mapping, definition, context } = work
  const items: Item[] = []
  let columnsKnown = false
  for (const read of letterRows(form.read(source.bytes, companion), definition)) {
    if (read.kind === 'fault') {
      items.push({ kind: 'fault', position: read.position, problems: read.problems })
      continue
    }
    if (!columnsKnown) {
      columnsKnown = true
      // Said once, for the document: every record would say it again.
      const [first, ...rest] = missingColumns(read.record, work.needed)
      if (first !== undefined)
        return [...items, { kind: 'fault', position: 'header', problems: [first, ...rest] }]
    }
    const incomplete = incompleteItem(read.record, source, mapping)
    if (incomplete !== undefined) items.push(incomplete)
    else
      items.push(
        context.content === 'letter'
          ? letterItem(read.record, source, work, fileOf)
          : noticeItem(read.record, mapping, context),
      )
  }
  return items
}

function missingColumns(record: FormRecord, needed: readonly string[]): Problem[] {
  const missing = needed.filter((column) => !record.cells.has(column))
  if (missing.length === 0) return []
  const found = [...record.cells.keys()].join(', ')
  // What there is stands once, however much is missing.
  return [
    ...missing.map((column) => problem('adapter.column.missing', '', column)),
    problem('adapter.columns.found', '', found),
  ]
}

/** A record of which a part is in a file that did not come: nothing is made of the rest, but the files that it names are waited for too. */
function incompleteItem(
  { position, cells, missing = [] }: FormRecord,
  source: Source,
  mapping: Mapping,
): Item | undefined {
  if (missing.length === 0) return undefined
  const [first, ...rest] = missing.flatMap((name) => missingFile(source, name, ''))
  if (first !== undefined) return faultAt(position, [first, ...rest])
  const files = namedFiles(cells, mapping).filter((name) => !source.beside.has(name))
  return { kind: 'waiting', position, missing: [...missing, ...files] }
}

/** The files that a record names, where that can be read, whatever is wrong with the rest of it. */
function namedFiles(cells: ReadonlyMap<string, string>, mapping: Mapping): readonly string[] {
  const named = mapping.files?.codec.read(mapping.files.at.map((column) => cells.get(column) ?? ''))
  return named?.ok ? named.value.filter((name) => name !== '') : []
}

function noticeItem({ position, cells }: FormRecord, mapping: Mapping, context: FormContext): Item {
  const values = mapping.read(cells)
  const draft = values.ok ? noticeOfValues(values.value, context.office) : values
  if (draft.ok) return { kind: 'notice', position, draft: draft.value }
  return faultAt(position, draft.problems, '', understoodOf(cells, mapping))
}

/** What stands in a record that is faulty, and what of it can be read. */
const understoodOf = (cells: ReadonlyMap<string, string>, mapping: Mapping): Understood => ({
  cells: Object.fromEntries(cells),
  values: Object.fromEntries(mapping.readable(cells)),
})

const none: ReadonlyMap<string, FileInside> = new Map()

function letterItem(
  { position, cells, files = none, charset }: FormRecord,
  source: Source,
  { form, mapping, definition, context, told }: RecordsWork,
  fileOf: FileOf,
): Item {
  const values = mapping.read(cells)
  const fault = (problems: readonly [Problem, ...Problem[]]): Item =>
    faultAt(position, problems, printed('number', cells, definition), understoodOf(cells, mapping))
  const faulty = (problems: readonly [Problem, ...Problem[]]): Item => {
    // Its scans come along: whoever looks at it, or reads it again when the profile is mended, needs them.
    const wanted = namedFiles(cells, mapping).filter(
      (name) =>
        !files.has(name) &&
        !source.beside.has(name) &&
        source.contested?.has(name) !== true &&
        source.large?.has(name) !== true,
    )
    return source.final || wanted.length === 0
      ? fault(problems)
      : { kind: 'waiting', position, missing: wanted }
  }
  if (!values.ok) return faulty(values.problems)
  const draft = letterOfValues(values.value, context.office, unmapped(cells, told, mapping.more(cells)))
  const said = values.value.get(mapping.files?.field ?? '') ?? []
  const named = attachmentsNamed(said, mapping.files?.codec, fileOf)
  const within = (name: string, own: FileInside | undefined) => own ?? files.get(name)
  const problems: Problem[] = draft.ok ? [] : [...draft.problems]
  if (definition.main === 'required' && !named.some(({ role }) => role === 'main'))
    problems.push(problem('adapter.letter.main-missing', 'attachments'))
  const missing: string[] = []
  for (const { name, inside } of named)
    if (!within(name, inside) && !source.beside.has(name)) missing.push(name)
  for (const name of files.keys())
    if (!named.some((each) => each.name === name))
      problems.push(problem('adapter.file.unnamed', 'attachments', name))
  for (const name of missing) problems.push(...missingFile(source, name, 'attachments'))
  const [first, ...rest] = problems
  if (first !== undefined) return fault([first, ...rest])
  if (!draft.ok) throw new Error('a draft that failed has no problem')
  if (missing.length > 0) return { kind: 'waiting', position, missing }
  const date = printed('date', cells, definition)
  return {
    kind: 'letter',
    position,
    draft: draft.value,
    attachments: named.flatMap(({ name, role, inside: own }) => {
      const inside = within(name, own)
      if (inside !== undefined) return [{ name, role, ...inside }]
      const content = source.beside.get(name)
      return content === undefined ? [] : [attachment(name, role, content)]
    }),
    charset: charset ?? form.charset,
    ...(date !== '' && { datePrinted: date }),
  }
}

const attachment = (
  name: string,
  role: IncomingAttachment['role'],
  content: AttachmentContent,
): IncomingAttachment => ({ name, role, content })

interface Named {
  readonly name: string
  readonly role: IncomingAttachment['role']
  /** The file itself, where it stands in a cell. */
  readonly inside?: FileInside
}

function attachmentsNamed(values: Values, codec: Codec | undefined, fileOf: FileOf): readonly Named[] {
  const first = codec?.files?.first ?? 'main'
  const each = codec?.files?.inside === undefined ? 1 : 3
  const named: Named[] = []
  for (let at = 0; at < values.length; at += each) {
    const name = values[at]!
    if (name === '') continue
    const role = at === 0 ? first : 'enclosure'
    if (each === 1) named.push({ name, role })
    else {
      const said = values[at + 2] ?? ''
      const content = fileOf(said) ?? { kind: 'bytes', bytes: Buffer.from(said, 'base64') }
      named.push({ name, role, inside: { mediaType: values[at + 1] ?? '', content } })
    }
  }
  return named
}

/** Cells that no field is mapped to travel along under their column's name, and those that say `more` than was read; blank ones say nothing. */
function unmapped(
  cells: ReadonlyMap<string, string>,
  told: ReadonlySet<string>,
  more: ReadonlyMap<string, string>,
): readonly ExtensionField[] {
  const fields: ExtensionField[] = []
  for (const [name, value] of cells)
    if (value !== '' && (!told.has(name) || more.has(name))) fields.push({ name, value })
  return fields
}

/** What stands in a field's columns, as it stands there. */
function printed(name: string, cells: ReadonlyMap<string, string>, { fields }: DocumentDefinition): string {
  const field = fields[name]
  return field === undefined || 'always' in field
    ? ''
    : field.at.map((column) => cells.get(column) ?? '').join(' ')
}

const faultAt = (
  position: string,
  problems: readonly [Problem, ...Problem[]],
  number = '',
  understood?: Understood,
): Item => ({
  kind: 'fault',
  position,
  problems,
  ...(number.trim() !== '' && { number }),
  ...(understood && { understood }),
})
