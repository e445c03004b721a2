// What a mail server says that it proved of a mail: Authentication-Results (RFC 8601). Who sends a mail chooses words that stand
// in it, in quotes and in comments, so that these are told apart before anything is believed.
import { domainOf } from './settings.ts'

/**
 * Whether our own mail server says that DKIM or SPF passed for the very domain in From. Only the topmost of its headers counts:
 * those below may have come with the mail, under its name. A header that cannot be read may be the topmost, and proves nothing.
 */
export function isProved(headers: readonly string[], server: string, domain: string): boolean {
  for (const header of headers) {
    const [first = [], ...results] = partsOf(header) ?? []
    const name = joinedAt(first, 0)
    if (name !== undefined && name.value.toLowerCase() !== server.toLowerCase()) continue
    return name !== undefined && results.some((result) => passes(result, domain))
  }
  return false
}

interface Token {
  readonly text: string
  readonly quoted: boolean
  /** Nothing stands between it and the token before. */
  readonly joined: boolean
}

type Part = readonly Token[]

/** What passed for another domain says nothing about this sender, and neither does what is said twice or cannot be read. */
function passes(result: Part, domain: string): boolean {
  const [outcome, ...properties] = pairsOf(result) ?? []
  const said = (name: string): boolean => {
    const [one, another] = properties.filter((each) => each.name === name)
    return one !== undefined && another === undefined && domainOf(one.value) === domain
  }
  if (outcome?.value.toLowerCase() !== 'pass') return false
  return outcome.name === 'dkim' ? said('header.d') : outcome.name === 'spf' && said('smtp.mailfrom')
}

interface Pair {
  /** In lower case. */
  readonly name: string
  readonly value: string
}

/** `dkim=pass header.d=moi.go.th`; undefined where something else stands between. No name stands in quotes. */
function pairsOf(part: Part): readonly Pair[] | undefined {
  const pairs: Pair[] = []
  for (let at = 0; at < part.length; ) {
    const [name, equals] = part.slice(at, at + 2)
    const read = joinedAt(part, at + 2)
    if (name === undefined || name.quoted || read === undefined) return undefined
    if (equals?.text !== '=' || equals.quoted) return undefined
    pairs.push({ name: name.text.toLowerCase(), value: read.value })
    at = read.end
  }
  return pairs
}

/** What stands at `at` and is joined to it: `"a b"@moi.go.th` is one value. Undefined when nothing stands there. */
function joinedAt(part: Part, at: number): { readonly value: string; readonly end: number } | undefined {
  if (at >= part.length) return undefined
  let end = at + 1
  while (part[end]?.joined === true) end += 1
  const tokens = part.slice(at, end)
  return { value: tokens.map(({ text }) => text).join(''), end }
}

/** The tokens between the `;` (RFC 5322, section 3.2). Undefined when a quotation or a comment does not end, or ends nowhere. */
function partsOf(header: string): readonly Part[] | undefined {
  const parts: Token[][] = [[]]
  let joined = false
  for (let at = 0; at < header.length; ) {
    if (header[at] === '(') {
      const end = commentEnd(header, at)
      if (end === undefined) return undefined
      at = end
      joined = false
      continue
    }
    const token = /[ \t]+|"((?:[^"\\]|\\.)*)"|[;=]|[^ \t"()\\;=]+/y
    token.lastIndex = at
    const found = token.exec(header)
    if (found === null) return undefined
    at = token.lastIndex
    const [text, inside] = found
    if (text === ';') parts.push([])
    else if (!/^[ \t]/.test(text))
      parts
        .at(-1)
        ?.push({ text: inside?.replace(/\\(.)/g, '$1') ?? text, quoted: inside !== undefined, joined })
    joined = !/^[ \t;]/.test(text)
  }
  return parts
}

/** Behind the comment that begins at `at`, and those in it. `\` before a parenthesis makes it a letter like any other. */
function commentEnd(header: string, at: number): number | undefined {
  const mark = /\\.?|[()]/g
  mark.lastIndex = at
  let depth = 0
  for (const { 0: found, index } of header.matchAll(mark)) {
    depth += found === '(' ? 1 : found === ')' ? -1 : 0
    if (depth === 0) return index + 1
  }
  return undefined
}
