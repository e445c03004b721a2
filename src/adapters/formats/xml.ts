// The records format `xml`: dialects of XML that a profile describes with paths alone.
import { type Problem, problem } from '../../problem/problem.ts'
import { type Charset, decode, decodePart, undecodable, unsayable } from './charset.ts'
import { escapeBareAmpersands } from './e-cms/repair.ts'
import { type RecordForm, type RecordRead, recordsFormat } from './format.ts'
import { addFree, cellsOf } from './xml-cells.ts'
import { xmlFindings } from './xml-options.ts'
import { type ColumnOption, type Place, placeOf } from './xml-path.ts'
import { scanXml } from './xml-scan.ts'
import { type Layout, writeXml } from './xml-write.ts'

export interface XmlOptions extends Omit<Layout, 'record'> {
  readonly declaration: 'check' | 'ignore'
  readonly record: string
  readonly columns: readonly ColumnOption[]
  readonly repair?: 'ampersands'
  readonly references: 'refuse' | 'write'
  readonly records: number
}

const charsets = [
  'windows-874',
  'tis-620',
  'iso-8859-11',
  'utf-8',
  'utf-8-bom',
] as const satisfies readonly Charset[]

const path = { type: 'string', minLength: 1, maxLength: 200 }

/**
 * Options. `record`: the path of the element that is one letter; the root's name alone when the document is one letter.
 * `columns`: paths from the record, in the order in which they are written; one with a `separator` is a list, of which `each`
 * names the element that repeats. `references: write`: what the charset cannot say is written as `&#…;`.
 */
export const xml = recordsFormat<XmlOptions>({
  kind: 'xml',
  options: {
    charset: { enum: charsets },
    declaration: { enum: ['check', 'ignore'], default: 'check' },
    record: path,
    namespaces: { type: 'object', additionalProperties: { type: 'string', minLength: 1 }, default: {} },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: 300,
      items: {
        anyOf: [
          path,
          {
            type: 'object',
            properties: { at: path, separator: { type: 'string', minLength: 1, maxLength: 5 }, each: path },
            required: ['at', 'separator'],
            additionalProperties: false,
          },
        ],
        description: 'a path, or { at, separator, each }',
      },
    },
    repair: { enum: ['ampersands'] },
    references: { enum: ['refuse', 'write'], default: 'refuse' },
    declare: { type: 'boolean', default: true },
    indent: { type: 'integer', minimum: 0, maximum: 8, default: 2 },
    lines: { enum: ['lf', 'crlf', 'none'], default: 'lf' },
    blank: { enum: ['omit', 'pair', 'short'], default: 'omit' },
    records: { type: 'integer', minimum: 1, maximum: 100_000, default: 10_000 },
  },
  required: ['charset', 'record', 'columns'],
  cells: ({ columns }) => columns.map((each) => (typeof each === 'string' ? each : each.at)),
  deeper: xmlFindings,
  create: (options) => formOf(options),
})

function formOf(options: XmlOptions): RecordForm {
  const { charset } = options
  const places = options.columns.map(placeOf).filter((place) => place !== undefined)
  const record = options.record.split('/')
  return {
    kind: 'xml',
    mediaType: 'application/xml',
    extension: 'xml',
    charset,
    columns: places.map(({ at }) => at),
    read: (bytes) => read(bytes, record, places, options),
    unended: (bytes) => !endsWithRoot(decodePart(bytes.subarray(-1_000), charset), record[0] ?? ''),
    refuses: (text, column) =>
      refuses(
        text,
        places.find(({ at }) => at === column),
        options,
      ),
    write: (rows) => writeXml(rows, places, { ...options, record }),
  }
}

/** The end tag of the root, or an empty root: a comment behind it only costs one more look. */
const endsWithRoot = (tail: string, root: string): boolean => {
  const [, name = ''] = /<\/([^\s<>]+)\s*>\s*$/.exec(tail) ?? []
  return /\/>\s*$/.test(tail) || name.replace(/^.*:/, '') === root.replace(/^.*:/, '')
}

function read(
  bytes: Buffer,
  record: readonly string[],
  places: readonly Place[],
  options: XmlOptions,
): RecordRead[] {
  const { charset } = options
  const repaired = options.repair === undefined ? { bytes, ampersands: 0 } : escapeBareAmpersands(bytes)
  const decoded = decode(repaired.bytes, charset)
  if ('problem' in decoded) return [fault('document', decoded.problem)]
  const text = decoded.text.replace(/^\ufeff/, '')
  if (text.trim() === '') return [fault('document', problem('adapter.document.empty', ''))]
  const other = options.declaration === 'check' ? otherEncoding(text, charset) : undefined
  if (other !== undefined) return [fault('document', other)]
  const reads: RecordRead[] = []
  const inside = places.filter(({ absolute }) => !absolute)
  const made: Map<string, string>[] = []
  let count = 0
  const scanned = scanXml(text, record, options.namespaces, (element) => {
    count += 1
    const position = `record ${count}`
    if (count > options.records) {
      const details = { limit: options.records, what: 'records' }
      reads.push(fault(position, problem('adapter.document.too-many', '', undefined, details)))
      return false
    }
    const { cells, problems } = cellsOf(element, inside, charset)
    const [first, ...rest] = problems
    reads.push(
      first === undefined ? { kind: 'record', record: { position, cells } } : fault(position, first, ...rest),
    )
    made.push(cells)
    return true
  })
  const twice = addOutside(made, scanned.outside, places, repaired.ampersands, charset)
  if (scanned.problem !== undefined) reads.push(fault(`record ${count + 1}`, scanned.problem))
  else if (count === 0)
    reads.push(
      fault('document', problem('adapter.xml.no-record', '', options.record, { found: scanned.root })),
    )
  if (twice === undefined) return reads
  // Which of the two holds for a record, nobody can know.
  return reads.map((each) => (each.kind === 'record' ? fault(each.record.position, twice) : each))
}

/** Adds to every record what stands outside of them. */
function addOutside(
  made: readonly Map<string, string>[],
  outside: ReadonlyMap<string, readonly string[]>,
  places: readonly Place[],
  ampersands: number,
  charset: Charset,
): Problem | undefined {
  const named = places.filter(({ absolute }) => absolute).map(({ at }) => at)
  for (const cells of made) {
    for (const at of named) cells.set(at, outside.get(at)?.[0] ?? '')
    for (const [at, values] of outside)
      if (!named.includes(at)) for (const value of values) addFree(cells, at, value)
    // What was changed on the way in is told to whoever reads the letter.
    if (ampersands > 0) addFree(cells, 'xml:escaped-ampersands', String(ampersands))
  }
  const twice = named.find((at) => (outside.get(at)?.length ?? 0) > 1)
  const broken = [...outside].find(([at, values]) => `${at}${values.join('')}`.includes(undecodable))
  if (broken !== undefined)
    return problem('adapter.charset.bytes', broken[0], broken[1].join(' '), { charset })
  return twice === undefined
    ? undefined
    : problem('adapter.xml.twice', `column ${twice}`, twice, { count: outside.get(twice)?.length ?? 0 })
}

const thai = /^(x-)?(windows-?874|cp-?874|tis-?620|iso-8859-11)$/i

function otherEncoding(text: string, charset: Charset): Problem | undefined {
  const [, declared] = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(text) ?? []
  if (declared === undefined) return undefined
  const agrees = charset.startsWith('utf-8') ? /^utf-?8$/i.test(declared) : thai.test(declared)
  return agrees ? undefined : problem('adapter.xml.encoding', '', declared, { expected: charset })
}

// XML 1.0, section 2.2: the characters of a document; and the sign that something was lost before.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/u

function refuses(
  text: string,
  place: Place | undefined,
  { charset, references }: XmlOptions,
): Problem | undefined {
  const [character] = forbidden.exec(text) ?? []
  if (character !== undefined) {
    const shown = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    return problem('adapter.xml.character', '', text, { character: shown })
  }
  const { separator } = place ?? {}
  if (separator !== undefined && text !== '' && text.split(separator).every((part) => part === ''))
    return problem('adapter.xml.blank-list', '', text)
  return references === 'write' ? undefined : unsayable(text, charset)
}

const fault = (position: string, first: Problem, ...rest: Problem[]): RecordRead => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
