// The records format `json-records`: dialects of JSON that a profile describes with paths alone. The gateway's own JSON is
// the format `json`.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decodePart, unsayable } from '../charset.ts'
import { type RecordForm, recordsFormat } from '../format.ts'
import { recordsOption } from '../record-options.ts'
import { type JsonRecordsOptions, pathFindings } from './options.ts'
import { type Place, placeOf } from './path.ts'
import { readJsonRecords } from './read.ts'
import { writeJsonRecords } from './write.ts'

const charsets = [
  'utf-8',
  'utf-8-bom',
  'windows-874',
  'tis-620',
  'iso-8859-11',
] as const satisfies readonly Charset[]

const path = { type: 'string', minLength: 1, maxLength: 200, description: 'a path: ผู้รับ.ชื่อ' }

export const jsonRecords = recordsFormat<JsonRecordsOptions>({
  kind: 'json-records',
  about: {
    summary: 'The JSON of other systems, described by paths alone; records.',
    badDays: [
      ['a list or an object where the profile reads one value', 'a fault', 'adapter.json.shape'],
      [
        'the document breaks off',
        'its whole records are read, and one fault with line and column',
        'adapter.json.broken',
      ],
      ['a column from the root was cut off', 'the whole is a fault', 'adapter.json.outside-cut'],
      ['a key twice in one object', 'a fault', 'adapter.json.key-twice'],
      ['what is written is no number or boolean (`007`)', 'refused', 'adapter.json.type'],
    ],
  },
  options: {
    charset: { enum: charsets, default: 'utf-8', description: 'of the bytes' },
    layout: {
      enum: ['document', 'lines'],
      default: 'document',
      description: 'document: one JSON value; lines: one record in each line',
    },
    record: {
      type: 'string',
      maxLength: 200,
      default: '',
      description:
        'the path from the root to the list of records, or to the only one; "": the document itself',
    },
    list: {
      type: 'boolean',
      default: true,
      description: 'true: a record is written within a list; false: by itself. Both are read',
    },
    columns: {
      type: 'array',
      minItems: 1,
      maxItems: 300,
      items: {
        anyOf: [
          path,
          {
            type: 'object',
            properties: {
              at: path,
              type: {
                enum: ['text', 'number', 'boolean'],
                description: 'how the value is written (text, if not said); any is read',
              },
              separator: {
                type: 'string',
                minLength: 1,
                maxLength: 5,
                description: 'between the values of a list in the cell',
              },
              each: { ...path, description: 'the path to the list, where columns stand side by side in it' },
            },
            required: ['at'],
            additionalProperties: false,
          },
        ],
      },
      description:
        'a list of paths, or of { at, type, separator, each }, in the order in which they are written',
    },
    blank: {
      enum: ['omit', 'null', 'empty'],
      default: 'omit',
      description: 'how an empty cell is written; empty: "", and null for numbers and booleans',
    },
    escapes: {
      enum: ['refuse', 'write', 'all'],
      default: 'refuse',
      description:
        'what the charset cannot write: refused, or written as \\u…; all: everything beyond ASCII is written so',
    },
    indent: { type: 'integer', minimum: 0, maximum: 8, default: 0, description: 'blanks for each level' },
    records: recordsOption,
  },
  required: ['columns'],
  inside: true,
  cells: ({ columns }) => columns.map((each) => (typeof each === 'string' ? each : each.at)),
  deeper: pathFindings,
  create: (options) => formOf(options),
})

function formOf(options: JsonRecordsOptions): RecordForm {
  const { charset } = options
  const places = options.columns.map(placeOf).filter((place) => place !== undefined)
  const byName = new Map(places.map((place) => [place.at, place]))
  return {
    kind: 'json-records',
    mediaType: 'application/json',
    extension: 'json',
    charset,
    columns: places.map(({ at }) => at),
    read: (bytes) => readJsonRecords(bytes, places, options),
    unended: (bytes) => {
      const tail = decodePart(bytes.subarray(-100), charset)
      return options.layout === 'lines' ? !tail.endsWith('\n') : !/[\]}]\s*$/.test(tail)
    },
    refuses: (text, column) => refuses(text, column === undefined ? undefined : byName.get(column), options),
    separatorIn: (column) => byName.get(column)?.separator,
    write: (rows) => writeJsonRecords(rows, places, options),
  }
}

const numbers = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function refuses(text: string, place: Place | undefined, options: JsonRecordsOptions): Problem | undefined {
  const { type = 'text', separator } = place ?? {}
  const parts = separator === undefined ? [text] : text.split(separator)
  if (separator !== undefined && text !== '' && parts.every((part) => part === ''))
    return problem('adapter.json.blank-list', '', text)
  const fits = type === 'number' ? numbers : type === 'boolean' ? /^(?:true|false)$/ : undefined
  const wrong = fits && parts.find((part) => part !== '' && !fits.test(part))
  if (wrong !== undefined) return problem('adapter.json.type', '', wrong, { expected: type })
  // Halves of surrogate pairs are no text, however they are written.
  return unsayable(text, options.escapes === 'refuse' ? options.charset : 'utf-8')
}
