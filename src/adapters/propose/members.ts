// JSON of a system: the list that holds the letters, and the paths to their values.
import { problem } from '../../problem/problem.ts'
import { decodePart } from '../formats/charset.ts'
import type { Json } from '../formats/json-records/json.ts'
import { Broken, JsonText } from '../formats/json-records/parse.ts'
import { isStep } from '../formats/json-records/path.ts'
import type { CharsetGuess } from './charset.ts'
import { findRecords, type Node } from './nested.ts'
import { bounds, type Option, type SheetRead } from './sheet.ts'

/** The columns of a document of JSON, or of lines of JSON. */
export function readMembers(bytes: Buffer, { charset, reason }: CharsetGuess): SheetRead {
  const text = decodePart(bytes, charset).replace(/^\ufeff/, '')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const whole = parse(text)
  const each = whole.ok || lines.length < 2 ? [] : lines.slice(0, bounds.rows).map(parse)
  const byLines = each.length > 0 && each.every(({ ok }) => ok)
  if (!whole.ok && !byLines) return { ok: false, problem: whole.problem }
  const json: Json = whole.ok
    ? whole.value
    : { kind: 'list', items: each.flatMap((line) => (line.ok ? [line.value] : [])) }
  const root: (readonly [string, Node])[] =
    json.kind === 'list' ? json.items.map((item) => ['', nodeOf(item)] as const) : [['', nodeOf(json)]]
  const found = findRecords(root, '.')
  if (found === undefined) return { ok: false, problem: problem('adapter.propose.header', '') }
  const options: Option[] = [
    { key: 'charset', value: charset, reason },
    byLines
      ? { key: 'layout', value: 'lines', reason: 'each line is a document of its own' }
      : {
          key: 'record',
          value: found.path.slice(1).join('.'),
          reason: `${found.count} of them, and they say the most`,
        },
    ...(byLines || json.kind === 'list' || found.count > 1
      ? []
      : [{ key: 'list', value: !isAlone(json, found.path.slice(1)), reason: 'as the sample has it' }]),
  ]
  return { ok: true, value: { kind: 'json-records', options, columns: found.columns, named: true } }
}

type Parsed =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: Broken['problem'] }

function parse(text: string): Parsed {
  try {
    const reader = new JsonText(text)
    const value = reader.value()
    if (reader.next() !== '') return { ok: false, problem: problem('adapter.propose.unknown', '') }
    return { ok: true, value }
  } catch (error) {
    if (error instanceof Broken) return { ok: false, problem: error.problem }
    throw error
  }
}

/** Whether the record stands there by itself, in no list. */
function isAlone(json: Json, path: readonly string[]): boolean {
  let at: Json | undefined = json
  for (const key of path) at = at?.kind === 'object' ? at.members.get(key) : undefined
  return at?.kind === 'object'
}

function nodeOf(json: Json): Node {
  switch (json.kind) {
    case 'object': {
      const lists = new Set<string>()
      const children = [...json.members].flatMap(([key, value]): (readonly [string, Node])[] => {
        if (!isStep(key) || key.includes('.')) return []
        if (value.kind !== 'list')
          return value.kind === 'null' ? [[key, { text: '', children: [] }]] : [[key, nodeOf(value)]]
        lists.add(key)
        return value.items.map((item) => [key, nodeOf(item)] as const)
      })
      return { children, lists }
    }
    case 'list':
      return { children: [] }
    case 'null':
      return { text: '', children: [] }
    default:
      return { text: json.text, type: json.kind, children: [] }
  }
}
