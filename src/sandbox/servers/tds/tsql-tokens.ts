// Transact-SQL cut into words, names, texts, bytes, numbers, parameters and signs.

export interface Token {
  readonly kind: 'name' | 'word' | 'text' | 'bytes' | 'number' | 'parameter' | 'rowcount' | 'sign'
  /** Without its quotes; of a parameter its position. */
  readonly text: string
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['name', /\[((?:[^\]]|\]\])+)\]/y],
  ['text', /N?'((?:[^']|'')*)'/y],
  ['bytes', /0x([0-9a-fA-F]*)/y],
  ['number', /(\d+(?:\.\d+)?)/y],
  ['parameter', /@p(\d+)/y],
  ['rowcount', /(@@ROWCOUNT)/y],
  ['word', /([\p{L}_][\p{L}\p{M}\p{N}_$]*)/uy],
  ['sign', /(<>|<=|>=|::|[-+*=<>(),.;:])/y],
]

/** Throws where something is none of these. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const before = at
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (found === null) continue
      at += found[0].length
      const said = found[1] ?? ''
      if (kind !== 'space') tokens.push({ kind, text: unescaped(kind, said) })
      break
    }
    if (at === before) throw new Error(`nothing that is known begins with ${text.slice(at, at + 20)}`)
  }
  return tokens
}

const unescaped = (kind: Token['kind'], text: string): string =>
  kind === 'name' ? text.replaceAll(']]', ']') : kind === 'text' ? text.replaceAll("''", "'") : text
