// The text of a profile: YAML within bounds (attacks X11), and where in it each value stands.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import { changedKeys } from './profile-keys.ts'
import type { Finding, Pointer } from './schema.ts'

const limits = { bytes: 256 * 1024, aliases: 32, depth: 16, nodes: 20_000 }

export interface ProfileText {
  readonly value: unknown
  /** A finding as a problem, with the line of its value, or of its key. */
  problemAt(finding: Finding): Problem
}

/** Reads YAML 1.2 (core schema): no custom tags, no merge keys, bounded in bytes, aliases, depth and nodes. */
export function readProfileText(text: string): Result<ProfileText> {
  const size = Buffer.byteLength(text, 'utf8')
  if (size > limits.bytes)
    return bad(problem('adapter.profile.too-large', '', undefined, { size, limit: limits.bytes }))
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
  })
  // A tag that nobody knows is only a warning to the parser, and would change what is read.
  const [first, ...rest] = [...document.errors, ...document.warnings].map(({ message, pos }) =>
    problem('adapter.profile.not-yaml', '', undefined, { line: lines.linePos(pos[0]).line, reason: message }),
  )
  if (first !== undefined) return bad(first, ...rest)
  const unbounded = tooMuch(document.contents, document)
  if (unbounded !== undefined)
    return bad(problem('adapter.profile.not-yaml', '', undefined, { line: 1, reason: unbounded }))
  const [changed, ...more] = changedKeys(document, lines)
  if (changed !== undefined) return bad(changed, ...more)
  return good({
    value: document.toJS({ maxAliasCount: limits.nodes }) as unknown,
    problemAt: (finding) =>
      problem(finding.code, written(finding.at), finding.value, {
        ...finding.details,
        line: lines.linePos(offsetOf(document, finding)).line,
      }),
  })
}

const written = (at: Pointer): string => at.map(String).join('.')

/** Walks what aliases stand for too, so that a few bytes cannot become a large or an endless value. */
function tooMuch(root: unknown, document: Document): string | undefined {
  let nodes = 0
  let aliases = 0
  const walk = (node: unknown, depth: number): string | undefined => {
    nodes += 1
    if (nodes > limits.nodes) return `more than ${limits.nodes} values`
    if (depth > limits.depth) return `more than ${limits.depth} levels, or an anchor that holds itself`
    if (isAlias(node)) {
      aliases += 1
      if (aliases > limits.aliases) return `more than ${limits.aliases} aliases`
      return walk(node.resolve(document), depth + 1)
    }
    if (isMap(node))
      return first(
        node.items.flatMap((pair) => [pair.key, pair.value]),
        (each) => walk(each, depth + 1),
      )
    if (isSeq(node)) return first(node.items, (each) => walk(each, depth + 1))
    return undefined
  }
  return walk(root, 0)
}

function first<Value>(
  values: readonly Value[],
  fault: (value: Value) => string | undefined,
): string | undefined {
  for (const value of values) {
    const found = fault(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where the value at a pointer begins; where it is absent, where the innermost thing around it does. */
function offsetOf(document: Document, { at, key }: Finding): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const [depth, step] of at.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null
    let next: unknown
    if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === String(step))
      if (pair === undefined) break
      next = pair.value
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset
      if (key === true && depth === at.length - 1) return offset
    } else if (isSeq(node)) next = node.items[Number(step)]
    if (!isScalar(next) && !isMap(next) && !isSeq(next) && !isAlias(next)) break
    node = next
    // The key's line is where a person looks; a value in a block below it begins lines later.
    if (isScalar(node)) offset = node.range?.[0] ?? offset
  }
  return offset
}
