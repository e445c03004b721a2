// Examples of formats: what is read of a sample, and what is written of it again.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { AttachmentContent, Item } from '../src/adapters/contract.ts'
import { type Charset, charsets, encode } from '../src/adapters/formats/charset.ts'
import type {
  DocumentForm,
  FormatKind,
  FormContext,
  RecordForm,
  RecordRead,
} from '../src/adapters/formats/format.ts'
import { formats } from '../src/adapters/formats/formats.ts'
import { letterToJson } from '../src/letter/json.ts'
import { describe, type Problem } from '../src/problem/problem.ts'
import { readCase } from '../test/adapters/case.ts'
import { TestClock } from '../test/adapters/stage.ts'
import { office } from '../test/letter/arbitrary.ts'
import { block, type Reference } from './reference.ts'

interface Example {
  readonly format: Readonly<Record<string, unknown>> & { readonly kind: string }
  /** The document as text, in the format's charset or in `charset`. */
  readonly sample?: string
  readonly charset?: Charset
  /** Or the source of a case of a shipped profile: `phatthalung-ecms/letter`. */
  readonly case?: string
  /** Records that are written where a sample would be bytes that nobody reads. */
  readonly write?: readonly Readonly<Record<string, string>>[]
}

const context: FormContext = {
  office: office('50'),
  profile: 'example',
  content: 'letter',
  clock: new TestClock(),
}

const problemsOf = (problems: readonly Problem[]): string =>
  problems.map((each) => describe(each)).join('\n  ')

function recordLines(records: readonly RecordRead[]): readonly string[] {
  return records.map((each) =>
    each.kind === 'fault'
      ? `${each.position}: a fault\n  ${problemsOf(each.problems)}`
      : `${each.record.position}\n${[...each.record.cells].map(([name, cell]) => `  ${name}: ${JSON.stringify(cell)}`).join('\n')}`,
  )
}

function runRecords(form: RecordForm, { sample, charset, write, format }: Example): string {
  const own = charset ?? charsets.find((each) => each === form.charset) ?? 'utf-8'
  const rows = (write ?? []).map((row) => new Map(Object.entries(row)))
  const bytes =
    sample === undefined
      ? form.write(rows, form.columns.length > 0 ? form.columns : [...(rows[0]?.keys() ?? [])])
      : encode(sample, own)
  const companion = sample === undefined ? form.writeCompanion?.(rows) : undefined
  const records = form.read(
    bytes,
    companion && { name: `x.${companion.extension}`, content: { ok: true, value: companion.bytes } },
  )
  const read = records.flatMap((each) => (each.kind === 'record' ? [each.record.cells] : []))
  const lines = [
    ...(sample === undefined
      ? [
          `written: ${bytes.length} bytes${companion ? `, and ${companion.bytes.length} in .${companion.extension} beside` : ''}; read again:`,
        ]
      : []),
    ...recordLines(records),
  ]
  const columns = form.columns.length > 0 ? form.columns : [...(read[0]?.keys() ?? [])]
  const again = read.length === 0 || sample === undefined ? undefined : form.write(read, columns)
  const back =
    again === undefined
      ? ''
      : again.equals(bytes)
        ? '\n\nWritten again, it is the same bytes.'
        : `\n\nWritten again:\n\n${block(new TextDecoder(decoderOf(form.charset)).decode(again))}`
  if (lines.length === 0) throw new Error(`an example of ${format.kind} reads nothing`)
  return `${block(lines.join('\n'))}${back}`
}

const decoderOf = (charset: string): string =>
  charset.startsWith('utf-16') ? charset : charset.startsWith('utf-8') ? 'utf-8' : 'windows-874'

async function runDocument(
  form: DocumentForm,
  { sample = '', charset, case: name }: Example,
): Promise<string> {
  const bytes =
    name === undefined
      ? encode(sample, charset ?? 'utf-8')
      : readCase(readFileSync(`test/adapters/cases/${name}.txt`, 'utf8')).bytes
  const items = await form.read({
    document: 'letter',
    name: 'example',
    bytes,
    beside: new Map<string, AttachmentContent>(),
    sender: 'gone',
    final: true,
  })
  return block(items.map(itemText).join('\n'))
}

function itemText(item: Item): string {
  if (item.kind === 'fault') return `${item.position}: a fault\n  ${problemsOf(item.problems)}`
  if (item.kind === 'envelope') return `an envelope of ${item.bytes.length} bytes, passed on as it is`
  if (item.kind !== 'letter') return JSON.stringify(item, null, 2)
  const files = item.attachments.map(({ role, name }) => `${role} ${name}`)
  const draft = { ...item.draft, attachments: [] }
  const { attachments: _, ...letter } = letterToJson(draft as unknown as Parameters<typeof letterToJson>[0])
  return `${item.position}\n${JSON.stringify({ ...letter, files }, null, 2)}`
}

const exampleOf = (text: string): Example => parse(text) as Example

function kindOf(example: Example, part: string): FormatKind {
  if (example.format.kind !== part) throw new Error(`an example of ${part} is one of ${example.format.kind}`)
  const kind = formats.find((each) => each.kind === part)
  if (kind === undefined) throw new Error(`there is no format ${part}`)
  return kind
}

export const formatReference: Reference = {
  file: 'docs/reference/formats.md',
  parts: formats.map(({ kind, about, options, required, sort }) => ({
    name: kind,
    about,
    options: { type: 'object', properties: options, required },
    further:
      sort === 'records'
        ? 'Its cells are given a meaning by `fields`.'
        : 'It has a meaning of its own: its documents have no `fields`.',
  })),
  run: async (part, text) => {
    const example = exampleOf(text)
    const kind = kindOf(example, part)
    const made = kind.create(example.format, context)
    if (!made.ok) throw new Error(`${part}: ${JSON.stringify(made.findings)}`)
    return kind.sort === 'records'
      ? runRecords(made.value as RecordForm, example)
      : runDocument(made.value as DocumentForm, example)
  },
  given: (_part, text) => [exampleOf(text).format],
}
