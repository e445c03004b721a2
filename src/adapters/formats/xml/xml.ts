// The records format `xml`: dialects of XML that a profile describes with paths alone.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decodePart, unsayable } from '../charset.ts'
import { type RecordForm, recordsFormat } from '../format.ts'
import { recordsOption } from '../record-options.ts'
import { type XmlOptions, xmlFindings } from './options.ts'
import { type Place, placeOf } from './path.ts'
import { readXmlRecords } from './read.ts'
import { writeXml } from './write.ts'

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
 * names the element that repeats.
 * `references: write`: what the charset cannot say is written as `&#…;`.
 */
export const xml = recordsFormat<XmlOptions>({
  kind: 'xml',
  about: {
    summary: 'Dialects of XML, described by paths alone; records.',
    badDays: [
      [
        'the encoding that it declares is another than `charset`',
        'the document is a fault, unless `declaration: ignore`',
        'adapter.xml.encoding',
      ],
      ['a DOCTYPE', 'the document is a fault', 'adapter.xml.forbidden'],
      ['an element twice where the profile reads one', 'a fault', 'adapter.xml.twice'],
      ['text among elements', 'a fault', 'adapter.xml.mixed'],
      [
        'the document breaks off',
        'its whole letters are read, and one fault with the line',
        'adapter.xml.malformed',
      ],
      ['no element of that path', 'the document is a fault', 'adapter.xml.no-record'],
    ],
  },
  options: {
    charset: {
      enum: charsets,
      description: 'of the bytes; Thai ones are read as windows-874, the superset, and bound what is written',
    },
    declaration: {
      enum: ['check', 'ignore'],
      default: 'check',
      description: 'whether the encoding that the document declares must agree, if it does',
    },
    record: {
      ...path,
      description:
        'the path from the root to the element that is one letter; the root’s name alone when the document is one letter',
    },
    namespaces: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1 },
      default: {},
      description: 'prefix: URI, for the names in paths; "" for names without one',
    },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: 300,
      description: 'a list of paths, in the order in which they are written',
      items: {
        anyOf: [
          path,
          {
            type: 'object',
            properties: {
              at: { ...path, description: 'a path: หนังสือ/เรื่อง, @เลขที่, text()' },
              separator: {
                type: 'string',
                minLength: 1,
                maxLength: 5,
                description: 'between the values of a list in the cell',
              },
              each: { ...path, description: 'the element that repeats; if not said, the path’s last one' },
            },
            required: ['at', 'separator'],
            additionalProperties: false,
          },
        ],
        description: 'a path, or { at, separator, each }',
      },
    },
    repair: {
      enum: ['ampersands'],
      description: 'a bare & is escaped before reading, and the extension says how many',
    },
    references: {
      enum: ['refuse', 'write'],
      default: 'refuse',
      description: 'what happens with what the charset cannot say: refused, or written as &#…;',
    },
    declare: { type: 'boolean', default: true, description: 'whether the XML declaration is written' },
    indent: { type: 'integer', minimum: 0, maximum: 8, default: 2, description: 'blanks for each level' },
    lines: { enum: ['lf', 'crlf', 'none'], default: 'lf', description: 'line ends' },
    blank: {
      enum: ['omit', 'pair', 'short'],
      default: 'omit',
      description: 'how an empty cell is written: not at all, <a></a>, <a/>',
    },
    records: recordsOption,
  },
  required: ['charset', 'record', 'columns'],
  inside: true,
  cells: ({ columns }) => columns.map((each) => (typeof each === 'string' ? each : each.at)),
  deeper: xmlFindings,
  create: (options, { inside }) => formOf({ ...options, inside: inside ?? false }),
})

function formOf(options: XmlOptions & { readonly inside: boolean }): RecordForm {
  const { charset } = options
  const places = options.columns.map(placeOf).filter((place) => place !== undefined)
  const byName = new Map(places.map((place) => [place.at, place]))
  const record = options.record.split('/')
  return {
    kind: 'xml',
    mediaType: 'application/xml',
    extension: 'xml',
    charset,
    columns: places.map(({ at }) => at),
    read: (bytes) => readXmlRecords(bytes, record, places, options),
    unended: (bytes) => !endsWithRoot(decodePart(bytes.subarray(-1_000), charset), record[0] ?? ''),
    refuses: (text, column) => refuses(text, column === undefined ? undefined : byName.get(column), options),
    separatorIn: (column) => byName.get(column)?.separator,
    write: (rows) => writeXml(rows, places, { ...options, record }),
  }
}

/** The end tag of the root, or an empty root: a comment behind it only costs one more look. */
const endsWithRoot = (tail: string, root: string): boolean => {
  const [, name = ''] = /<\/([^\s<>]+)\s*>\s*$/.exec(tail) ?? /<([^\s<>/]+)[^<>]*\/>\s*$/.exec(tail) ?? []
  return name.replace(/^.*:/, '') === root.replace(/^.*:/, '')
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
