// JSON from outside: what JSON.parse takes in silence is refused here (attacks X10).
import { isUtf8 } from 'node:buffer'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'

/** `separators`: commas, and brackets that open, of which a value takes one; `faults`: that are named. */
const limits = { depth: 16, keys: 20_000, separators: 100_000, faults: 1_000 }

/** Keys by which a careless reader would change objects that are not its own. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * One JSON value from bytes of UTF-8 (a BOM is forgiven): at most 16 deep, 20,000 keys and 100,000 values, which are counted
 * before anything is made of them; no key twice in one object, no `__proto__`, no number that a double cannot hold exactly.
 * Every fault at once, but for text that is no JSON at all.
 */
export function readStrictJson(bytes: Buffer): Result<unknown> {
  if (!isUtf8(bytes)) return bad(problem('adapter.charset.bytes', '', undefined, { charset: 'utf-8' }))
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = bytes.toString('utf8', marked ? 3 : 0)
  const keys = keysIn(text)
  const value = keys === undefined ? undefined : parsed(text)
  // As many keys as the text has: none stood twice.
  return value?.ok === true && soundKeys(value.value) === keys ? value : closely(text)
}

function parsed(text: string): Result<unknown> {
  try {
    return good(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return bad(problem('adapter.json.broken', '', undefined, { reason: reasonOf(error) }))
  }
}

/** The same, token by token, to name every fault: slower, and right by itself. */
function closely(text: string): Result<unknown> {
  const [first, ...rest] = scan(text)
  return first === undefined ? parsed(text) : bad(first, ...rest)
}

/** The keys of all objects of a text, so that one that stands twice is seen; undefined for more, or deeper, than may be. */
const keysIn = (text: string): number | undefined => keysWithin(text, limits)

/**
 * The same for a caller's limits. What it counts bounds what JSON.parse would make of the text: never more values than keys,
 * commas and brackets.
 */
export function keysWithin(
  text: string,
  limits: { readonly depth: number; readonly keys: number; readonly separators: number },
): number | undefined {
  let keys = 0
  let depth = 0
  let separators = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        at = endOfText(text, at)
        break
      }
      case 0x3a:
        keys += 1
        if (keys > limits.keys) return undefined
        break
      case 0x2c:
        separators += 1
        if (separators > limits.separators) return undefined
        break
      case 0x5b:
      case 0x7b:
        depth += 1
        separators += 1
        if (depth > limits.depth || separators > limits.separators) return undefined
        break
      case 0x5d:
      case 0x7d:
        depth -= 1
        break
    }
  }
  return keys
}

/** Where the text that begins with the quote at `start` ends; the end of everything where it does not. */
export function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let back = end - 1
    while (text.charCodeAt(back) === 0x5c) back -= 1
    // After an odd number of backslashes the quote is a part of the text.
    if ((end - back) % 2 === 1) return end
  }
  return text.length
}

/** The keys of all objects of a value; undefined where one is forbidden or a number is not exact. */
function soundKeys(value: unknown): number | undefined {
  if (typeof value === 'number') return isExact(value) ? 0 : undefined
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const each of value) {
      const inside = soundKeys(each)
      if (inside === undefined) return undefined
      keys += inside
    }
    return keys
  }
  for (const key of Object.keys(value)) {
    const inside = forbidden.has(key)
      ? undefined
      : soundKeys((value as Readonly<Record<string, unknown>>)[key])
    if (inside === undefined) return undefined
    keys += 1 + inside
  }
  return keys
}

/** The engine's reason quotes the text, which is a letter's: only the place is kept. */
const reasonOf = (error: SyntaxError): string =>
  /at position \d+/.exec(error.message)?.[0] ??
  (error.message.includes('end of') ? 'it ends too early' : 'a wrong character')

const tokens = /"(?:[^"\\\u0000-\u001f]|\\.)*"|[{}[\]:,]|-?\d[\d.eE+-]*/gs

/** Every fault by its place. Looks at the tokens only; a text that is no JSON is for JSON.parse to refuse. */
function scan(text: string): Problem[] {
  const problems: Problem[] = []
  const open: (Set<string> | undefined)[] = []
  let keys = 0
  let separators = 0
  let last = ''
  for (const match of text.matchAll(tokens)) {
    const token = match[0]
    const here = open.at(-1)
    if (problems.length >= limits.faults) return problems
    if (token === ',' || token === '{' || token === '[') separators += 1
    if (separators > limits.separators)
      return [
        problem('adapter.document.too-many', '', undefined, { limit: limits.separators, what: 'values' }),
      ]
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

const inexact = (token: string): boolean => !isExact(Number(token))

const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
