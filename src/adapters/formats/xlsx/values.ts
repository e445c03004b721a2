// What a spreadsheet's cell says, as text: numbers as they stand, days as days, escaped characters as characters.

/** A format of zeros alone: so many digits at least, and exactly so many behind the point. */
type Zeros = `0${string}`

/** How a style shows a number. */
export type Shown = 'number' | 'date' | 'time' | Zeros

const day = 86_400_000

/** The built-in formats (ECMA-376, part 1, 18.8.30), those of Thai Excel too; all others are numbers, or durations. */
const builtIn = new Map<number, Shown>([
  ...([
    [1, '0'],
    [2, '0.00'],
  ] as const),
  ...[14, 15, 16, 17, 22, 71, 72, 73, 74, 77, 81].map((id): [number, Shown] => [id, 'date']),
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id): [number, Shown] => [id, 'date']),
  ...[18, 19, 20, 21, 45, 47, 75, 76, 78, 80].map((id): [number, Shown] => [id, 'time']),
])

/** What a format shows: its code where the document gives one, else the built-in of that number. */
export const shownBy = (id: number, code: string | undefined): Shown =>
  code === undefined ? (builtIn.get(id) ?? 'number') : shownByCode(code)

const isZeros = (code: string): code is Zeros => /^0{1,30}(?:\.0{1,30})?$/.test(code)

function shownByCode(code: string): Shown {
  if (isZeros(code)) return code
  const bare = code
    .replace(/"[^"]*"|\\.|_.|\*./gs, '')
    .split(';')[0]
    ?.toLowerCase()
  if (bare === undefined || bare.includes('general')) return 'number'
  // Hours beyond a day: a duration, which no day is.
  if (/\[(h+|m+|s+|ช+|น+|ท+)\]/.test(bare)) return 'number'
  const letters = bare.replace(/\[[^\]]*\]/g, '').replace(/([sท])[.,]0+/g, '$1')
  if (/[0#?@]/.test(letters)) return 'number'
  if (/[ydbeวปด]/.test(letters) || (/m/.test(letters) && !/[hs]/.test(letters))) return 'date'
  return /[hmsชนท]/.test(letters) ? 'time' : 'number'
}

/**
 * The day of a serial number, `yyyy-MM-dd`, with ` HH:mm:ss` where it says a time, or the time alone; nothing where there is
 * no such day. In the system of 1900 day 60 is 29 February 1900, which never was: a bug of Lotus 1-2-3 that Excel keeps.
 */
export function dateOf(number: string, shown: 'date' | 'time', since1904: boolean): string | undefined {
  const at = Math.round(Number(number) * day)
  if (!Number.isFinite(at) || at < 0) return undefined
  const days = Math.floor(at / day)
  const time = clockOf(at % day)
  if (shown === 'time' && days === 0) return time ?? '00:00:00'
  if (!since1904 && (days === 0 || days === 60)) return undefined
  const first = since1904 ? Date.UTC(1904, 0, 1) : days < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  const date = new Date(first + days * day)
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return undefined
  const text = date.toISOString().slice(0, 10)
  return time === undefined ? text : `${text} ${time}`
}

/** Milliseconds of a day as a time; nothing at midnight. */
function clockOf(milliseconds: number): string | undefined {
  if (milliseconds === 0) return undefined
  const text = new Date(milliseconds).toISOString().slice(11, 23)
  return text.endsWith('.000') ? text.slice(0, 8) : text
}

/**
 * A number's digits, written out: `1.5E3` and `1500.0` are `1500`, as the sheet shows it. No arithmetic, so that an id of 20
 * digits keeps each of them; but for a fraction beyond the 15 digits that a sheet shows, which is the binary number's
 * (0.57999999999999996 is 0.58). Nothing where it is no number.
 */
export function digitsOf(text: string): string | undefined {
  const found = /^([-+]?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([-+]?\d{1,3}))?$/.exec(text.trim())
  if (found === null) return undefined
  const [, sign, whole = '', fraction = '', power] = found
  const minus = sign === '-' ? '-' : ''
  const point = whole.length + Number(power ?? 0)
  const digits = `${'0'.repeat(Math.max(0, 1 - point))}${whole}${fraction}`
  const at = Math.max(1, point)
  const before = digits
    .slice(0, at)
    .padEnd(at, '0')
    .replace(/^0+(?=\d)/, '')
  const after = digits.slice(at).replace(/0+$/, '')
  if (after === '') return minus + before
  const written = `${minus}${before}.${after}`
  if ((before + after).replace(/^0+/, '').length <= 15) return written
  const short = Number(written).toPrecision(15)
  return Number(short) === Number(written) ? digitsOf(short) : written
}

/** Digits as a format of zeros shows them: `17` by `0000` is `0017`, `3.456` by `0.00` is `3.46`. Halves go away from zero. */
export function zerosOf(digits: string, zeros: string): string {
  const [least = '', places = ''] = zeros.split('.')
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.')
  const kept = BigInt(whole + fraction.slice(0, places.length).padEnd(places.length, '0'))
  const rounded = kept + ((fraction[places.length] ?? '0') >= '5' ? 1n : 0n)
  const text = rounded.toString().padStart(least.length + places.length, '0')
  const point = text.length - places.length
  const minus = digits.startsWith('-') && rounded > 0n ? '-' : ''
  return `${minus}${text.slice(0, point)}${places === '' ? '' : `.${text.slice(point)}`}`
}

/** `_x000D_` in a spreadsheet's text is the character of that number (ECMA-376, part 1, 22.9.2.19, ST_Xstring). */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text

/** Text for a spreadsheet's XML. A carriage return would be read as a line feed, and `_x000D_` as a character. */
export const escaped = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('\r', '_x000D_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
