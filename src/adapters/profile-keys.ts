// The keys of a profile as they stand in its text: what an object makes of them is not always the same.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml'
import { type Problem, problem } from '../problem/problem.ts'

/** Keys that an object would not hold as they stand here. */
export const changedKeys = (document: Document, lines: LineCounter): readonly Problem[] =>
  ofPairs(document, lines, (key, _, at, line) => {
    const read = key.value === null ? '' : String(key.value)
    if (typeof key.value === 'string' || key.source === read) return undefined
    return problem('adapter.profile.key-changed', at, key.source ?? '', { line, expected: read })
  })

/** A remark on each table of codes in the text of a profile that was read, of which another than the first would be written. */
export function codesOutOfOrder(text: string): readonly Problem[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, schema: 'core' })
  return ofPairs(document, lines, (key, value, at, line) => {
    const codes = isAlias(value) ? value.resolve(document) : value
    if ((key.value !== 'table' && key.value !== 'rows') || !isMap(codes)) return undefined
    const [first, other] = otherOrder(codes) ?? []
    if (first === undefined || other === undefined) return undefined
    return problem('adapter.remark.codes-order', at, `${first}, ${other}`, { line, expected: other })
  })
}

/** What `say` has to say of each key and its value; `at` is the path of the key. */
function ofPairs(
  document: Document,
  lines: LineCounter,
  say: (key: Scalar, value: unknown, at: string, line: number) => Problem | undefined,
): readonly Problem[] {
  const problems: Problem[] = []
  visit(document, {
    Pair: (_, pair, path) => {
      const { key, value } = pair
      if (!isScalar(key)) return
      const at = [...path, pair].flatMap((node, depth) => stepOf(node, path[depth + 1] ?? pair)).join('.')
      const said = say(key, value, at, lines.linePos(key.range?.[0] ?? 0).line)
      if (said !== undefined) problems.push(said)
    },
  })
  return problems
}

const stepOf = (node: unknown, next: unknown): string[] =>
  isPair(node) && isScalar(node.key)
    ? [String(node.key.value)]
    : isSeq(node)
      ? [String(node.items.indexOf(next))]
      : []

/** Two codes of one value of which an object, where whole numbers go first, gives the later one first. */
function otherOrder({ items }: YAMLMap): readonly [first: string, other: string] | undefined {
  const text = (node: unknown): string => (isScalar(node) ? String(node.value) : '')
  const meanings = new Map(items.map(({ key, value }: Pair): [string, string] => [text(key), text(value)]))
  const firsts = (codes: readonly string[]) =>
    new Map(codes.map((code) => [meanings.get(code), code] as const).toReversed())
  const kept = firsts(Object.keys(Object.fromEntries(meanings)))
  for (const [meaning, code] of firsts([...meanings.keys()])) {
    const other = kept.get(meaning)
    if (other !== undefined && other !== code) return [code, other]
  }
  return undefined
}
