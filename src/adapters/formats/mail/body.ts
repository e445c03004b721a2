// Labelled lines: `เรื่อง: ขอเชิญประชุม`. The labels are the profile's; so is what becomes of quotes and signatures.
import { MailFault } from './fault.ts'

export interface BodyRules {
  readonly labels: readonly string[]
  /** `skip`: lines that begin with `>`, the mail that this one answers, are left out. */
  readonly quotes: 'keep' | 'skip'
  /** `skip`: what stands below a line `-- ` is left out. */
  readonly signature: 'keep' | 'skip'
}

export interface BodyRead {
  /** What each label that stands there says. */
  readonly values: ReadonlyMap<string, string>
  /** The lines without a label. */
  readonly text: string
}

/**
 * Reads the labelled lines of a text. A label ends with a colon, or the first time with a blank; what follows it goes on in
 * the next lines up to a blank line or another label, joined by one space. A label with a colon twice is a fault.
 */
export function readBody(text: string, { labels, quotes, signature }: BodyRules): BodyRead {
  // Lines are joined once, at the end: a text of a hundred thousand short lines costs no more than one long one.
  const values = new Map<string, string[]>()
  const others: string[] = []
  let open: string[] | undefined
  for (const line of text.split('\n')) {
    if (signature === 'skip' && line === '-- ') break
    if (quotes === 'skip' && line.startsWith('>')) continue
    const found = labelled(line, labels)
    // Without a colon a label is a word like others: `ที่` and `เรื่อง` begin sentences too.
    if (found !== undefined && (found.colon || !values.has(found.label))) {
      const { label, value } = found
      const [earlier] = values.get(label) ?? []
      if (earlier !== undefined && earlier !== value)
        throw new MailFault('mail.body.label-twice', 'body', value, { label })
      // The same once more, as in a quote, says nothing new.
      open = earlier === undefined ? [value] : undefined
      if (open !== undefined) values.set(label, open)
    } else if (line.trim() === '') {
      open = undefined
      others.push('')
    } else if (open === undefined) others.push(line)
    else open.push(line.trim())
  }
  const said = [...values].map(([label, lines]): [string, string] => [label, joined(lines)])
  return { values: new Map(said), text: others.join('\n').replace(/^\n+/, '').trimEnd() }
}

/** One space between two lines, but where the first is blank or ends with one. */
const joined = (lines: readonly string[]): string =>
  lines
    .map((line, index) =>
      index === lines.length - 1 || line === '' || line.endsWith(' ') ? line : `${line} `,
    )
    .join('')

interface Labelled {
  readonly label: string
  readonly value: string
  readonly colon: boolean
}

function labelled(line: string, labels: readonly string[]): Labelled | undefined {
  const start = line.trimStart()
  let best: Labelled | undefined
  for (const label of labels) {
    if (!start.startsWith(label) || label.length <= (best?.label.length ?? 0)) continue
    const rest = start.slice(label.length)
    const colon = /^[ \t]*[:：]/.exec(rest)
    if (colon !== null) best = { label, value: rest.slice(colon[0].length).replace(/^ /, ''), colon: true }
    else if (/^([ \t]|$)/.test(rest)) best = { label, value: rest.trim(), colon: false }
  }
  return best
}

/** The labelled lines, each with what `value` says of it; read again they say exactly that. */
export const writeBody = (labels: readonly string[], value: (label: string) => string): string =>
  labels.map((label) => `${label}: ${value(label)}\n`).join('')

/** Undoes format=flowed (RFC 3676): a line that ends with a space goes on in the next. */
export function unflowed(text: string, deleteSpace: boolean): string {
  const parts: string[] = []
  let depth: number | undefined
  for (const line of text.split('\n')) {
    const quoted = /^>*/.exec(line)![0].length
    const content = line.slice(quoted).replace(/^ /, '')
    const signature = content === '-- '
    if (depth === undefined || depth !== quoted || signature)
      parts.push(parts.length === 0 ? '' : '\n', '>'.repeat(quoted))
    const soft = content.endsWith(' ') && !signature
    parts.push(soft && deleteSpace ? content.slice(0, -1) : content)
    depth = soft ? quoted : undefined
  }
  return parts.join('')
}
