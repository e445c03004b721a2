// The quarantine as pages for a person, in Thai and English, and as JSON.
import { type Became, hasLeft, largestRead, type Retried } from '../gateway/intake/retry.ts'
import type { QuarantineRow } from '../gateway/journal/quarantine.ts'
import { type Instant, printInstant } from '../letter/time.ts'
import { describe, messageOf, type Problem, printable, remedyOf } from '../problem/problem.ts'
import { bytesJson, bytesPage, type Piece } from './bytes.ts'
import { moment } from './standing.ts'
import type { Listed } from './withheld.ts'

/** How many wait for which reason, then a line for each place. */
export function listPage(
  rows: readonly Listed[],
  causes: readonly { readonly code: string; readonly count: number }[],
  now: Instant,
): string {
  const counted = causes.map(({ code, count }) => `${String(count).padStart(6)}  ${code}\n`)
  const head =
    causes.length === 0 ? 'nothing waits in quarantine\n' : `waiting, by cause\n${counted.join('')}`
  if (rows.length === 0) return head
  return `${head}\n${rows.map((row) => placeLine(row, now)).join('')}`
}

function placeLine({ row, readable }: Listed, now: Instant): string {
  const { id, at, office, system, name, position, number, problems, state } = row
  const codes = [...new Set(problems.map(({ code }) => code))].join(' ')
  const words = [
    ...[id.slice(-12), ageOf(now - at), office ?? '-', system, ...(readable ? [name] : []), position],
    ...(number === null ? [] : [`ที่ ${number}`]),
    codes,
    ...(state === 'waiting' ? [] : [endOf(readable ? row : { ...row, changedWhy: null })]),
  ]
  return `${printable(words.join('  '), 600)}\n`
}

/** `3 d`, `5 h`, `12 min`. */
function ageOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 120) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`
}

function endOf({ state, changedAt, changedBy, changedWhy, messageId }: QuarantineRow): string {
  const when = changedAt === null ? '' : ` at ${moment(changedAt)}`
  const who = changedBy === null ? '' : ` by ${changedBy}`
  const why = changedWhy === null ? '' : `: ${changedWhy}`
  const what = messageId === null ? '' : ` (saraban messages show ${messageId.slice('urn:uuid:'.length)})`
  return `${state}${when}${who}${why}${what}`
}

/** One place in quarantine: which letter, every reason and what to do, and what came of it since. */
export function quarantinedLines({ row, readable }: Listed): string {
  const { id, at, system, name, position, number, problems, takenSince } = row
  const head = [
    ...[moment(at), system],
    ...(readable ? [printable(name)] : []),
    ...[position, ...(number === null ? [] : [`ที่ ${number}`])],
  ]
  const reasons = problems.map((found) =>
    readable
      ? `  ${describe(found)}\n    what to do: ${printable(remedyOf(found), 500)}\n`
      : `  ${printable(found.path)} [${found.code}]\n`,
  )
  const since =
    takenSince === null
      ? `  then: let its sender send it again, corrected; or mend the profile: saraban quarantine retry ${id.slice(-12)}\n`
      : `  sent again and taken since: saraban messages show ${takenSince.slice('urn:uuid:'.length)}\n`
  return `${printable(head.join('  '), 500)}\n${reasons.join('')}${since}`
}

/** The same as JSON, without what was understood: that is for whoever looks at the place itself. */
export function quarantinedJson({ row, readable }: Listed): Readonly<Record<string, unknown>> {
  const {
    understood: _understood,
    handover: _handover,
    name,
    problems,
    at,
    changedAt,
    changedWhy,
    ...rest
  } = row
  return {
    ...rest,
    ...(readable && { name, changedWhy }),
    problems: readable ? problems : problems.map(({ code, path }) => ({ code, path })),
    at: printInstant(at),
    changedAt: changedAt === null ? null : printInstant(changedAt),
  }
}

/** One place: its reasons, what was understood of it, and the bytes that it stands in. */
export async function placePage(row: QuarantineRow, pieces: readonly Piece[]): Promise<string> {
  const { id, at, office, system, name, position, number, problems, takenSince, doubted } = row
  const lines = [
    id,
    `  since ${moment(at)}, of office ${office ?? 'unknown'}, from ${system}: ${name}, ${position}`,
    ...(number === null ? [] : [`  ที่ ${number}`]),
    `  ${endOf(row)}`,
    ...(takenSince === null || row.state !== 'waiting'
      ? []
      : [
          `  a letter of this number was sent again and taken: saraban messages show ${takenSince.slice('urn:uuid:'.length)}`,
        ]),
    ...(doubted
      ? [
          '  whether its office means it is not proved: ask the office, by telephone; then retry with --believe',
        ]
      : []),
    '',
    'Reasons',
    ...problems.flatMap(reasonLines),
    '',
    'What was understood',
    ...understoodLines(row),
    '',
  ]
  const page = lines.map((line) => `${printable(line, 2_500)}\n`).join('')
  const bytes =
    pieces.length > 0
      ? await bytesPage(pieces)
      : 'The document is not here: its reason says where it stands.\n'
  return page + bytes
}

const reasonLines = (found: Problem): string[] => {
  const where = found.path === '' ? '' : `${found.path}: `
  return [
    `  ${describe(found)}`,
    `    what to do: ${remedyOf(found)}`,
    `  ${where}${messageOf(found, 'th')}`,
    `    วิธีแก้: ${remedyOf(found, 'th')}`,
  ]
}

function understoodLines({ understood }: QuarantineRow): string[] {
  if (understood === null) return ['  nothing']
  const cells = Object.entries(understood.cells ?? {}).filter(([, cell]) => cell !== '')
  const values = Object.entries(understood.values ?? {})
  return [
    ...cells.map(([column, cell]) => `  column ${column}: ${cell}`),
    ...values.map(([field, list]) => `  ${field} = ${list.join(' | ')}`),
  ]
}

/** The same as JSON: each reason in both languages, the bytes in base64. */
export async function placeJson(
  row: QuarantineRow,
  pieces: readonly Piece[],
): Promise<Readonly<Record<string, unknown>>> {
  return {
    ...quarantinedJson({ row, readable: true }),
    understood: row.understood,
    problems: row.problems.map((found) => ({
      ...found,
      message: { en: messageOf(found), th: messageOf(found, 'th') },
      remedy: { en: remedyOf(found), th: remedyOf(found, 'th') },
    })),
    bytes: await bytesJson(pieces),
  }
}

const told: Readonly<Record<Became, string>> = {
  taken: 'taken',
  known: 'known: it was taken before',
  quarantined: 'stays',
  replaced: 'is read as several places now, which follow',
  nothing: 'stays: the profile reads nothing there any more; dismiss it when that is right',
  doubted: 'stays: whether its office means it is not proved (--believe)',
  unread: 'stays: its bytes are not here',
  'too-large': `stays: it has more than ${largestRead / 1024 ** 2} MiB, which are not read at one time`,
  'no-system': 'stays: no system of its office is connected',
  unsealable: 'stays: nothing can be sealed now for its office',
  failed: 'stays: it could not be read again (the log of the gateway says more)',
  dismissed: 'stays: it was dismissed since; retry it by its ID when it is to go all the same',
}

/** What became of each place; of those that are not among them, how many stay. */
export function retriedPage(
  places: readonly Retried[],
  { count, stay }: { readonly count: number; readonly stay: number },
): string {
  const lines = places.map(({ id, name, position, became, messageId, codes }) => {
    const what =
      messageId === undefined ? '' : `: saraban messages show ${messageId.slice('urn:uuid:'.length)}`
    const why = codes === undefined ? '' : `: ${codes.join(' ')}`
    const words = [id.slice(-12), ...(name === undefined ? [] : [name]), position, told[became]]
    return `${printable(`${words.join('  ')}${what}${why}`, 600)}\n`
  })
  const untold = stay - places.filter(({ became }) => !hasLeft(became)).length
  const more =
    count > places.length
      ? `and ${count - places.length} more, of which ${untold} stay: saraban quarantine list\n`
      : ''
  return `${lines.join('')}${more}`
}
