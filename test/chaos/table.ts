// What a run prints.
import { cpus, release, totalmem, type } from 'node:os'
import { isGood, type Row } from './rounds.ts'

const heads = [
  'fault',
  'struck',
  'sent',
  'registered',
  'told why not',
  'lost',
  'doubled',
  'altered',
  'no number',
  'wrong number',
  'contradicted',
  'strange',
  'to recover',
  'took',
  'seed',
  'ended, UTC',
]

const seconds = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? 'never' : `${(milliseconds / 1000).toFixed(1)} s`

/** Of what size a machine it ran on. */
export function machine(): string {
  const [cpu] = cpus()
  const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory}, ${type()} ${release()}, Node ${process.version}`
}

/** A table in Markdown, and below it every letter that is not where it belongs. */
export function printTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.fault,
    row.struck ?? 'DID NOT HAPPEN',
    ...[row.sent, row.registered, row.told.length].map(String),
    ...[row.lost, row.doubled, row.altered, row.unnumbered].map(({ length }) => String(length)),
    ...[row.misnumbered, row.contradicted, row.strange].map(({ length }) => String(length)),
    ...[row.recovered, row.took].map(seconds),
    ...[`${row.seed}${row.long ? '' : ', short'}`, row.at],
  ])
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const wrong = rows.filter((row) => !isGood(row)).map(wrongLines)
  return [line(heads), line(heads.map(() => '---')), ...lines.map(line), ...wrong.flat()].join('\n')
}

export function wrongLines(row: Row): string[] {
  const named = (what: string, letters: readonly string[]): string[] =>
    letters.length === 0 ? [] : [`${row.fault}: ${what}: ${letters.slice(0, 20).join('; ')}`]
  return [
    ...(row.failed === undefined ? [] : [`${row.fault}: ${row.failed}`]),
    ...(row.struck === undefined ? [`${row.fault}: did not happen, and proves nothing`] : []),
    ...(row.recovered === undefined && row.sent > 0
      ? [`${row.fault}: not all was in its place within its patience`]
      : []),
    ...named('refused', row.told),
    ...named('lost', row.lost),
    ...named('doubled', row.doubled),
    ...named('altered', row.altered),
    ...named('number not back', row.unnumbered),
    ...named('wrong number', row.misnumbered),
    ...named('registered, and refused', row.contradicted),
    ...named('sent by nobody, or not this way', row.strange),
  ]
}
