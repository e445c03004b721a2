// The document format `json`: the canonical JSON of letters and notices.
//
// Outwards a document is `{ "messageId": …, "letter": … }` or `{ "messageId": …, "notice": … }`; inwards the same, or the
// letter or the notice alone.
import { createHash } from 'node:crypto'
import { attachmentNameFaults } from '../../letter/attachments.ts'
import { type JsonAttachment, letterFromJson, letterToJson } from '../../letter/json.ts'
import { JsonReader } from '../../letter/json-reader.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import type { AttachmentContent, IncomingAttachment, Item, Source } from '../contract.ts'
import type { FieldValues } from '../fields/letter-fields.ts'
import { noticeFields, noticeOfValues, valuesOfNotice } from '../fields/notice-fields.ts'
import { type HeldContent, piecesOf, sizeOf } from '../pieces.ts'
import { type DocumentForm, documentFormat, type FormContext, type Outgoing, type Written } from './format.ts'
import { missingFile } from './missing-file.ts'
import { readStrictJson } from './strict-json.ts'

interface Options {
  readonly main: 'required' | 'optional'
}

export const json = documentFormat<Options>({
  kind: 'json',
  about: {
    summary: 'The gateway’s own, canonical JSON of letters and notices (`schemas/letter.schema.json`).',
    badDays: [
      ['no JSON, too deep, a number that is not exact', 'the document is a fault', 'adapter.json.broken'],
      ['a key twice, or `__proto__`', 'the document is a fault', 'adapter.json.key-twice'],
      ['an unknown key', 'a fault, with the key that was perhaps meant', 'letter.json.near-key'],
      ['no main file, with `main: required`', 'a fault', 'adapter.letter.main-missing'],
    ],
  },
  options: {
    main: {
      enum: ['required', 'optional'],
      default: 'optional',
      description: 'whether a letter without a main file is refused',
    },
  },
  create: (options, context): DocumentForm => ({
    kind: 'json',
    multipart: 'form-data',
    receipts: false,
    read: async (source) => [
      context.content === 'letter' ? letterItem(source, options, context) : noticeItem(source, context),
    ],
    write: async (outgoing) => write(outgoing, context),
  }),
})

function write(outgoing: Outgoing, { content }: FormContext): Result<Written> {
  const { envelope } = outgoing
  if (envelope.content !== content)
    return bad(problem('adapter.notice.sort', '', envelope.content, { expected: content }))
  const { messageId } = envelope
  const value =
    envelope.content === 'letter'
      ? { messageId, letter: letterToJson(envelope.letter) }
      : { messageId, notice: noticeJson(valuesOfNotice(envelope.notice)) }
  return good({
    bytes: Buffer.from(JSON.stringify(value), 'utf8'),
    mediaType: 'application/json',
    extension: 'json',
    spilled: [],
    files:
      envelope.content === 'letter'
        ? envelope.letter.attachments.map(({ name, mediaType, sha256, size }) => ({
            name,
            mediaType,
            sha256,
            content: { kind: 'attachment' as const, size },
          }))
        : [],
  })
}

/** The keys of a notice that say which letter it speaks of. */
const aboutKeys = ['messageId', 'number', 'date', 'subject'] as const
const noticeKeys = Object.keys(noticeFields).filter((field) => !aboutKeys.some((key) => key === field))

function noticeJson(values: FieldValues): Readonly<Record<string, unknown>> {
  const entries = (keys: readonly string[]) =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = values.get(key)?.[0]
        return value === undefined ? [] : [[key, value]]
      }),
    )
  return { ...entries(noticeKeys), about: entries(aboutKeys) }
}

function noticeItem(source: Source, { office }: FormContext): Item {
  const value = readStrictJson(source.bytes)
  if (!value.ok) return fault('document', value.problems)
  const problems: Problem[] = []
  const top = JsonReader.of(
    unwrapped(value.value, 'notice', problems),
    '',
    [...noticeKeys, 'about'],
    problems,
  )
  const about = JsonReader.of(top.any('about') ?? {}, 'about', aboutKeys, problems)
  const values = new Map(
    [
      ...noticeKeys.map((key): [string, string | undefined] => [key, top.text(key)]),
      ...aboutKeys.map((key): [string, string | undefined] => [key, about.text(key)]),
    ].flatMap(([key, text]): [string, string[]][] => (text === undefined ? [] : [[key, [text]]])),
  )
  const draft = noticeOfValues(values, office)
  const [first, ...rest] = [...problems, ...(draft.ok ? [] : draft.problems)]
  if (first !== undefined) return fault('notice', [first, ...rest])
  if (!draft.ok) throw new Error('a notice that failed has no problem')
  return { kind: 'notice', position: 'notice', draft: draft.value }
}

function letterItem(source: Source, { main }: Options, { office }: FormContext): Item {
  const value = readStrictJson(source.bytes)
  if (!value.ok) return fault('document', value.problems)
  const problems: Problem[] = []
  const read = letterFromJson(unwrapped(value.value, 'letter', problems))
  if (!read.ok) return fault('letter', [read.problems[0], ...read.problems.slice(1), ...problems])
  const { attachments } = read.value
  // The system speaks for its own office only, so a letter that names no sender can only be that office's.
  const draft = { ...read.value.draft, from: read.value.draft.from ?? { office } }
  const missing: string[] = []
  const incoming = attachments.flatMap((each, index): IncomingAttachment[] => {
    const path = `attachments.${index}`
    // Before anything looks for a file of that name (attacks T5).
    problems.push(...attachmentNameFaults(each.name, `${path}.name`))
    const content = contentOf(each, source, path, problems)
    if (content === undefined) {
      missing.push(each.name)
      problems.push(...missingFile(source, each.name, path))
      return []
    }
    const differs = difference(each, content)
    if (differs !== undefined)
      problems.push(problem('adapter.file.digest', path, each.name, { what: differs }))
    return [
      {
        name: each.name,
        role: each.role,
        content,
        ...(each.mediaType !== undefined && { mediaType: each.mediaType }),
      },
    ]
  })
  if (main === 'required' && !attachments.some(({ role }) => role === 'main'))
    problems.push(problem('adapter.letter.main-missing', 'attachments'))
  for (const name of source.sender === 'waits' ? source.beside.keys() : [])
    if (!attachments.some((each) => each.name === name))
      problems.push(problem('adapter.file.unnamed', 'attachments', name))
  const [first, ...rest] = problems
  if (first !== undefined) return fault('letter', [first, ...rest])
  if (missing.length > 0) return { kind: 'waiting', position: 'letter', missing }
  return { kind: 'letter', position: 'letter', draft, attachments: incoming, charset: 'utf-8' }
}

/** The letter or notice itself, with or without its wrapping. */
function unwrapped(value: unknown, key: 'letter' | 'notice', problems: Problem[]): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value
  // Which message it was before is the sender's own affair: here it becomes a message of its own.
  return JsonReader.of(value, '', ['messageId', key], problems).any(key)
}

function contentOf(
  { name, content }: JsonAttachment,
  { beside }: Source,
  path: string,
  problems: Problem[],
): AttachmentContent | undefined {
  if (content === undefined) return beside.get(name)
  // Which of the two was meant nobody can know.
  if (beside.has(name)) problems.push(problem('adapter.file.twice', `${path}.content`, name))
  const bytes = Buffer.from(content, 'base64')
  // Buffer.from skips what is not base64: only what comes back the same was base64.
  if (bytes.toString('base64') !== content.replace(/[\r\n]/g, ''))
    problems.push(
      problem('letter.json.type', `${path}.content`, content.slice(0, 40), {
        expected: 'base64 (RFC 4648, section 4)',
      }),
    )
  return { kind: 'bytes', bytes }
}

function difference({ size, sha256 }: JsonAttachment, content: AttachmentContent): string | undefined {
  if (content.kind === 'file') return undefined
  const real = content.kind === 'kept' ? content : { size: sizeOf(content), sha256: digestOf(content) }
  if (sha256 !== undefined && sha256 !== real.sha256) return 'sha256'
  return size !== undefined && size !== real.size ? 'size' : undefined
}

function digestOf(content: HeldContent): string {
  const hash = createHash('sha256')
  for (const piece of piecesOf(content)) hash.update(piece)
  return hash.digest('hex')
}

const fault = (position: string, problems: readonly [Problem, ...Problem[]]): Item => ({
  kind: 'fault',
  position,
  problems,
})
