// Text between tags and in attributes: decoded, and told apart whether it stands as Canonical XML writes it.
import { bounds } from './bounds.ts'
import { referenceValue } from './characters.ts'
import { refuse } from './refusal.ts'

/** The number of the line at `offset`, for people. */
export function lineAt(text: string, offset: number): string {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return `line ${line}`
}

// Canonical XML 1.0 §2.3: the only references that a text node and an attribute are written with.
const plainInText: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', '#xD'])
const plainInAttribute: ReadonlySet<string> = new Set(['amp', 'lt', 'quot', '#x9', '#xA', '#xD'])

/** What is marked when a text or value is not written as canonical XML writes it. */
interface Marked {
  plain: boolean
}

/** The character data from `start` to `end`, references resolved, line ends made LF (XML 1.0 §2.11). */
export function readCharacters(text: string, start: number, end: number, marked: Marked): string {
  let decoded = ''
  let from = start
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    // Above `>` only two characters are looked for; below it most text of an envelope has spaces and digits.
    if (code > 62) {
      if (code >= 0xfffe) forbidden(text, at)
    } else if (code === 38 /* & */) {
      const reference = referenceAt(text, at, end)
      if (!plainInText.has(reference)) marked.plain = false
      decoded += text.slice(from, at) + referenceValue(reference, () => lineAt(text, start))
      at += reference.length + 1
      from = at + 1
    } else if (code === 62 /* > */) {
      marked.plain = false
      if (at >= start + 2 && text.charCodeAt(at - 1) === 93 && text.charCodeAt(at - 2) === 93)
        refuse('envelope.xml.malformed', lineAt(text, at), ']]>', { expected: '“&gt;”' })
    } else if (code === 13) {
      marked.plain = false
      decoded += `${text.slice(from, at)}\n`
      if (text.charCodeAt(at + 1) === 10) at++
      from = at + 1
    } else if (code < 32 && code !== 10 && code !== 9) forbidden(text, at)
  }
  return from === start ? text.slice(start, end) : decoded + text.slice(from, end)
}

/** The attribute value from `start` to `end`, normalised as XML 1.0 §3.3.3 says. At most `bounds.value` bytes. */
export function readAttributeValue(text: string, start: number, end: number, marked: Marked): string {
  let decoded = ''
  let from = start
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code > 60) {
      if (code >= 0xfffe) forbidden(text, at)
    } else if (code === 60 /* < */) {
      refuse('envelope.xml.malformed', lineAt(text, at), '<', { expected: '“&lt;”' })
    } else if (code === 38 /* & */) {
      const reference = referenceAt(text, at, end)
      if (!plainInAttribute.has(reference)) marked.plain = false
      decoded += text.slice(from, at) + referenceValue(reference, () => lineAt(text, start))
      at += reference.length + 1
      from = at + 1
    } else if (code === 9 || code === 10 || code === 13) {
      marked.plain = false
      decoded += `${text.slice(from, at)} `
      if (code === 13 && text.charCodeAt(at + 1) === 10) at++
      from = at + 1
    } else if (code < 32) forbidden(text, at)
  }
  const value = from === start ? text.slice(start, end) : decoded + text.slice(from, end)
  if (value.length * 3 > bounds.value && Buffer.byteLength(value) > bounds.value)
    refuse('envelope.value.too-long', lineAt(text, start), undefined, { limit: bounds.value })
  return value
}

/** Refuses the markup at `offset` that begins with `<!` or `<?`; does nothing where there is none. */
export function refuseMarkup(text: string, offset: number): void {
  const where = lineAt(text, offset)
  if (text.startsWith('<!--', offset)) refuse('envelope.comment.present', where)
  if (text.startsWith('<![CDATA[', offset)) refuse('envelope.cdata.present', where)
  if (text.startsWith('<!DOCTYPE', offset)) refuse('envelope.doctype.present', where)
  if (text.startsWith('<?', offset)) refuse('envelope.instruction.present', where)
  if (text.startsWith('<!', offset))
    refuse('envelope.xml.malformed', where, text.slice(offset, offset + 30), { expected: 'a tag' })
}

function referenceAt(text: string, at: number, end: number): string {
  // No reference that we know is longer than ten characters: a text full of `&` costs no more than its length.
  const window = text.slice(at + 1, Math.min(end, at + 12))
  const semicolon = window.indexOf(';')
  if (semicolon <= 0)
    refuse('envelope.xml.malformed', lineAt(text, at), `&${window}`, { expected: '“&amp;”' })
  return window.slice(0, semicolon)
}

const forbidden = (text: string, at: number): never =>
  refuse(
    'envelope.character.forbidden',
    lineAt(text, at),
    `U+${text.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase()}`,
  )
