// JSON from outside: what JSON.parse takes in silence is refused here (attacks X10).
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'

const limits = { depth: 16, keys: 20_000 }

/** Keys by which a careless reader would change objects that are not its own. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * One JSON value from bytes of UTF-8 (a BOM is forgiven): at most 16 deep and 20,000 keys; no key twice in one object, no
 * `__proto__`, no number that a double cannot hold exactly. Every fault at once, but for text that is no JSON at all.
 */
export function readStrictJson(bytes: Buffer): Result<unknown> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return bad(problem('adapter.charset.bytes', '', undefined, { charset: 'utf-8' }))
  }
  const scanned = scan(text)
  const [first, ...rest] = scanned
  if (first !== undefined) return bad(first, ...rest)
  try {
    return good(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return bad(problem('adapter.json.broken', '', undefined, { reason: reasonOf(error) }))
  }
}

/** The engine's reason quotes the text, which is a letter's: only the place is kept. */
const reasonOf = (error: SyntaxError): string =>
  /at position \d+/.exec(error.message)?.[0] ??
  (error.message.includes('end of') ? 'it ends too early' : 'a wrong character')

const tokens = /"(?:[^"\\\u0000-\u001f]|\\.)*"|[{}[\]:,]|-?\d[\d.eE+-]*/gs

/** Looks at the tokens only; a text that is no JSON is for JSON.parse to refuse. */
function scan(text: string): Problem[] {
  const problems: Problem[] = []
  const open: (Set<string> | undefined)[] = []
  let keys = 0
  let last = ''
  for (const match of text.matchAll(tokens)) {
    const token = match[0]
    const here = open.at(-1)
    if (token === '{' || token === '[') {
      if (open.length >= limits.depth)
        return [problem('adapter.document.too-many', '', undefined, { limit: limits.depth, what: 'levels' })]
      open.push(token === '{' ? new Set() : undefined)
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ':' && here !== undefined) {
      keys += 1
      if (keys > limits.keys)
        return [problem('adapter.document.too-many', '', undefined, { limit: limits.keys, what: 'keys' })]
      const key = keyOf(last)
      if (forbidden.has(key)) problems.push(problem('adapter.json.key-forbidden', '', key))
      if (here.has(key)) problems.push(problem('adapter.json.key-twice', '', key))
      here.add(key)
    } else if (/^[-\d]/.test(token) && inexact(token))
      problems.push(problem('adapter.json.number-inexact', '', token))
    last = token
  }
  return problems
}

function keyOf(token: string): string {
  try {
    const key: unknown = JSON.parse(token)
    return typeof key === 'string' ? key : token
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return token
  }
}

const inexact = (token: string): boolean => {
  const value = Number(token)
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))
}
