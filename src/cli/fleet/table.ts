// Shows the fleet: on a terminal a table that is drawn again and again in its place, elsewhere a line when something is new.
import { type Instant, printInstant } from '../../letter/time.ts'
import { printable } from '../../problem/problem.ts'
import { columns, cut, pad } from '../columns.ts'
import type { Terminal } from '../terminal.ts'
import { isWhole, type Row } from './rows.ts'

const head = [
  'office',
  'province',
  'product',
  'transport, format',
  'sent',
  'registered',
  'number back',
  'received',
  'answered',
  'circular',
  'trouble',
]

const circulars: Readonly<Record<Row['circular'], string>> = {
  'not sent': '-',
  sent: 'on its way',
  received: 'received',
  answered: 'answered',
}

function cells(row: Row): readonly string[] {
  const of = (count: number): string => `${count}/${row.letters}`
  const counts = [row.sent, row.registered, row.numbersBack, row.received, row.answered].map(of)
  const described = [row.office, row.name, row.product, row.carries]
  return [...described, ...counts, circulars[row.circular], row.trouble.join('; ')]
}

/** Where a window has less than this, names are cut and heads are short: so the counts stay in sight. */
const roomy = 150
const shortHead = [
  '',
  'province',
  'product',
  'transport',
  'sent',
  'reg.',
  'back',
  'recv.',
  'answ.',
  'circular',
  'trouble',
]

/** The table in a window of so many columns; its lines may still be wider. */
function fitted(rows: readonly Row[], width: number): readonly string[] {
  if (width >= roomy) return columns(head, rows.map(cells))
  const names = Math.max(8, Math.floor((width - 50) / 3))
  return columns(
    shortHead,
    rows.map((row) => cells(row).map((cell, column) => (column > 0 && column < 4 ? cut(cell, names) : cell))),
  )
}

/** The whole table. */
const tableOf = (rows: readonly Row[]): string =>
  columns(head, rows.map(cells))
    .map((line) => `${line}\n`)
    .join('')

export interface Display {
  /** What is the case now; shown where it is new. */
  show(rows: readonly Row[], told: string): void
  /** The whole table, for good. */
  end(rows: readonly Row[]): void
}

/** How often a line tells how far all are where there is no table, in milliseconds. */
const every = 15_000

/** A display on this terminal, from `begun` on. */
export function displayOn(terminal: Terminal, begun: Instant): Display {
  return terminal.window === undefined ? lines(terminal, begun) : table(terminal, terminal.window)
}

function table(terminal: Terminal, window: NonNullable<Terminal['window']>): Display {
  let drawn = 0
  return {
    show(rows, told) {
      const size = window()
      // Whoever is not through stands first where the window is too small for all.
      const room = Math.max(5, size.rows - 5)
      const [ahead, behind] = [rows.filter((row) => !isWhole(row)), rows.filter(isWhole)]
      const fits = rows.length <= room
      const shown = fits ? rows : [...ahead, ...behind].slice(0, room)
      const more = fits ? [] : [`… and ${rows.length - shown.length} more`]
      const text = [...fitted(shown, size.columns), ...more, told]
      const up = drawn === 0 ? '' : `\u001b[${drawn}A`
      const drawing = text.map((line) => `\u001b[2K${cut(line, size.columns - 1)}\n`)
      terminal.write(`${up}${drawing.join('')}\u001b[J`)
      drawn = text.length
    },
    end(rows) {
      terminal.write(`${drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`}${tableOf(rows)}\n`)
    },
  }
}

function lines(terminal: Terminal, begun: Instant): Display {
  const whole = new Set<string>()
  const troubles = new Set<string>()
  let told: Instant = begun
  const line = (row: Row, text: string): void => {
    const seconds = ((terminal.clock.now() - begun) / 1000).toFixed(1)
    const who = `${row.office} ${pad(row.name, 20)} ${pad(row.product, 24)} ${pad(row.carries, 20)}`
    terminal.write(`${pad(`${seconds} s`, 8)} ${who} ${printable(text, 300)}\n`)
  }
  return {
    show(rows, summary) {
      for (const row of rows) {
        for (const trouble of row.trouble) {
          const key = `${row.office} ${trouble}`
          if (!troubles.has(key)) line(row, `TROUBLE: ${trouble}`)
          troubles.add(key)
        }
        if (!isWhole(row) || whole.has(row.office)) continue
        whole.add(row.office)
        line(row, `${row.letters} letters each way and the circular, each registered once, each number back`)
      }
      if (terminal.clock.now() - told < every) return
      told = terminal.clock.now()
      terminal.write(`${printInstant(told).slice(11, 19)} ${summary}\n`)
    },
    end: (rows) => terminal.write(`\n${tableOf(rows)}\n`),
  }
}
