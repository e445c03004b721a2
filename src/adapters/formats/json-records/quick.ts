// JSON by the engine's own parser, where one look at the text shows that it hides nothing: no key twice, no number that
// would come back with another text, no key that it would put in another place.
import { endOfText } from '../strict-json.ts'
import { forbiddenKeys, type Json } from './json.ts'

interface Extent {
  /** Behind the value's last character. */
  readonly end: number
  /** The keys of all its objects. */
  readonly keys: number
}

const number = /-?\d[\d.eE+-]*/y

interface Bounds {
  readonly depth: number
  readonly values: number
}

/**
 * How far the object or list reaches that begins at `start`; nothing where it does not end, is deeper or has more values than
 * may be, or holds a number that is not written as the engine would write it. What the engine makes of a million values is no
 * longer small: they are counted before, by the commas between them.
 */
export function extentOf(text: string, start: number, { depth, values }: Bounds): Extent | undefined {
  let keys = 0
  let commas = 0
  let open = 0
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        at = endOfText(text, at)
        break
      }
      case 0x3a:
        keys += 1
        break
      case 0x2c:
        commas += 1
        if (commas > values) return undefined
        break
      case 0x5b:
      case 0x7b:
        open += 1
        if (open > depth) return undefined
        break
      case 0x5d:
      case 0x7d:
        open -= 1
        if (open === 0) return { end: at + 1, keys }
        break
      case 0x2d:
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39: {
        const end = endOfNumber(text, at)
        if (end === undefined) return undefined
        at = end - 1
        break
      }
    }
  }
  return undefined
}

/** Where a number ends that the engine would write as it stands; nothing for any other. */
function endOfNumber(text: string, start: number): number | undefined {
  let end = start
  for (let digit = text.charCodeAt(end); digit >= 0x30 && digit <= 0x39; digit = text.charCodeAt(end))
    end += 1
  const next = text.charCodeAt(end)
  const whole = next !== 0x2e && next !== 0x45 && next !== 0x65 && next !== 0x2b && next !== 0x2d
  const plain = text.charCodeAt(start) !== 0x30 || end === start + 1
  if (whole && plain && end > start && end - start <= 15) return end
  number.lastIndex = start
  const [digits = ''] = number.exec(text) ?? []
  return digits === '' || String(Number(digits)) !== digits ? undefined : start + digits.length
}

interface Found {
  readonly json: Json
  readonly keys: number
  readonly values: number
}

/** A value of which `extentOf` says how far it reaches; nothing where it is no JSON, or has a key that an object must not have. */
export function jsonOf(text: string): Found | undefined {
  const counts: Counts = { keys: 0, values: 0 }
  try {
    const json = jsonOfValue(JSON.parse(text), counts)
    return json === undefined ? undefined : { json, keys: counts.keys, values: counts.values }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

interface Counts {
  keys: number
  values: number
}

function jsonOfValue(value: unknown, counts: Counts): Json | undefined {
  counts.values += 1
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) }
  if (value === null) return { kind: 'null' }
  if (Array.isArray(value)) {
    const items: Json[] = []
    for (let index = 0; index < value.length; index += 1) {
      const item = jsonOfValue(value[index], counts)
      if (item === undefined) return undefined
      items.push(item)
    }
    return { kind: 'list', items }
  }
  const members = new Map<string, Json>()
  const object = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(object)
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index]!
    // The engine puts keys that are numbers first, wherever they stood.
    const first = key.charCodeAt(0)
    const moved = first >= 0x30 && first <= 0x39
    const member = moved || isForbidden(key, first) ? undefined : jsonOfValue(object[key], counts)
    if (member === undefined) return undefined
    members.set(key, member)
  }
  counts.keys += members.size
  return { kind: 'object', members }
}

/** By their first letters, which few keys have: `__proto__`, `constructor`, `prototype`. */
const isForbidden = (key: string, first: number): boolean =>
  (first === 0x5f || first === 0x63 || first === 0x70) && forbiddenKeys.has(key)
