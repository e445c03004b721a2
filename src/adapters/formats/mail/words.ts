// Header texts: encoded words (RFC 2047), and parameters with charsets and continuations (RFC 2231).
import { bareTextOf, textOf } from './charset.ts'
import { MailFault } from './fault.ts'
import { base64Of } from './transfer.ts'

const word = /=\?([^?\s]{1,60})\?([bq])\?([^?\s]*)\?=/gi

/** The text that a header's value stands for. */
export function headerText(value: string, path: string): string {
  let text = ''
  let end = 0
  // Programs cut between the bytes of one character: words side by side, in one charset, are decoded together.
  let open: { readonly charset: string; readonly bytes: Buffer[] } | undefined
  const close = (): void => {
    if (open !== undefined) text += textOf(Buffer.concat(open.bytes), open.charset, path)
    open = undefined
  }
  for (const found of value.matchAll(word)) {
    const [whole, label = '', encoding = '', content = ''] = found
    const between = value.slice(end, found.index)
    const charset = label.split('*', 1)[0]!.toLowerCase()
    if (open === undefined || between.trim() !== '' || open.charset !== charset) {
      const apart = open === undefined || between.trim() !== ''
      close()
      if (apart) text += bareTextOf(between, path)
      open = { charset, bytes: [] }
    }
    open.bytes.push(
      encoding.toLowerCase() === 'b' ? base64Word(content, whole) : quotedWord(content, whole, path),
    )
    end = found.index + whole.length
  }
  close()
  return text + bareTextOf(value.slice(end), path)
}

function base64Word(content: string, whole: string): Buffer {
  const bytes = base64Of(content)
  if (bytes === undefined) throw new MailFault('mail.header.word', 'header', whole)
  return bytes
}

function quotedWord(content: string, whole: string, path: string): Buffer {
  if (/=(?![0-9a-f]{2})/i.test(content)) throw new MailFault('mail.header.word', path, whole)
  return bytesOfEscapes(content.replaceAll('_', ' '), '=')
}

const bytesOfEscapes = (text: string, mark: '=' | '%'): Buffer =>
  Buffer.from(
    text.replace(mark === '=' ? /=([0-9a-f]{2})/gi : /%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  )

export interface Parameters {
  /** What stands before the first `;`, in lower case. */
  readonly value: string
  get(name: string): string | undefined
}

const parameter =
  /[ \t]*;[ \t]*([^\s=;*"]{1,60})(?:\*(\d{1,3}))?(\*)?[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))/y

interface Segment {
  readonly index: number
  readonly coded: boolean
  readonly text: string
}

/** A header of the form `value; name=…; name*0*=utf-8''…`. */
export function parametersOf(header: string, path: string): Parameters {
  const first = header.split(';', 1)[0]!
  const segments = new Map<string, Segment[]>()
  parameter.lastIndex = first.length
  let at = first.length
  for (let found = parameter.exec(header); found !== null; found = parameter.exec(header)) {
    const [, name = '', index, star, quoted, plain = ''] = found
    at = parameter.lastIndex
    const key = `${name.toLowerCase()}${index === undefined && star === undefined ? '' : '*'}`
    const known = segments.get(key) ?? []
    // `filename` and `filename*` side by side are for old and new readers; the same one twice is for two readers.
    if (known.some((each) => each.index === Number(index ?? 0)))
      throw new MailFault('mail.header.twice', path, name)
    const text = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1')
    segments.set(key, [...known, { index: Number(index ?? 0), coded: star !== undefined, text }])
    if (segments.size > 50 || known.length > 100)
      throw new MailFault('mail.part.bounds', path, undefined, { what: 'parameters', limit: 50 })
  }
  if (!/^[ \t;]*$/.test(header.slice(at)))
    throw new MailFault('mail.header.broken', path, header.slice(0, 80))
  return {
    value: first.trim().toLowerCase(),
    get: (name) => {
      const extended = segments.get(`${name}*`)
      if (extended !== undefined) return extendedText(extended, path)
      const plain = segments.get(name)?.[0]
      return plain === undefined ? undefined : headerText(plain.text, path)
    },
  }
}

function extendedText(segments: readonly Segment[], path: string): string {
  const sorted = segments.toSorted((a, b) => a.index - b.index)
  const first = sorted[0]
  const coded = first?.coded === true ? /^([^']*)'[^']*'(.*)$/s.exec(first.text) : undefined
  if (coded === null || sorted.some((each, position) => each.index !== position))
    throw new MailFault('mail.header.broken', path, first?.text.slice(0, 80))
  const bytes = sorted.map(({ coded: escaped, text }, position) => {
    const rest = position === 0 && coded !== undefined ? (coded[2] ?? '') : text
    if (escaped && /%(?![0-9a-f]{2})/i.test(rest))
      throw new MailFault('mail.header.broken', path, rest.slice(0, 80))
    return escaped ? bytesOfEscapes(rest, '%') : Buffer.from(rest, 'latin1')
  })
  const whole = Buffer.concat(bytes)
  return coded === undefined
    ? bareTextOf(whole.toString('latin1'), path)
    : textOf(whole, coded[1] ?? '', path)
}
