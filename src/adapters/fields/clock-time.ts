// A time of day as systems write it: on the 24-hour clock, or on a 12-hour one with or without its mark.
import { bad, good, problem, type Result } from '../../problem/problem.ts'

/** `24`; `12`: with am or pm; `office`: twelve hours without a mark, taken as 07:00 to 18:59. */
export const clocks = ['24', '12', 'office'] as const
export type ClockKind = (typeof clocks)[number]

/** What may stand behind a time, and is not parted from it by what parts it from its day. */
export const behindTime = /\s?(?:น\.?|[ap]\.?m\.?|ก่อนเที่ยง|หลังเที่ยง)$/i

const time = /^(\d{1,2})[:.]([0-5]\d)(?:[:.]([0-5]\d))?(?: ?น\.?)?$/
const mark = /\s?([ap])\.?m\.?$|\s?(ก่อนเที่ยง|หลังเที่ยง)$/i

/** `HH:mm:ss` on the 24-hour clock; nothing where it is no time. */
export function readTime(text: string, clock: ClockKind): Result<string> | undefined {
  const whole = text.trim()
  const [marked = '', letter = '', word = ''] = (clock === '12' && mark.exec(whole)) || []
  const [, hours = '', minutes = '', seconds = '00'] =
    time.exec(whole.slice(0, whole.length - marked.length)) ?? []
  const hour = Number(hours)
  const fine = clock === '24' ? hours.length === 2 && hour < 24 : hours !== '' && hour >= 1 && hour <= 12
  if (!fine) return undefined
  if (clock === '24') return good(`${hours}:${minutes}:${seconds}`)
  // Morning or afternoon: nobody can know which was meant.
  if (clock === '12' && marked === '') return bad(problem('adapter.field.half-day', '', text))
  const afternoon = clock === '12' ? /p/i.test(letter) || word === 'หลังเที่ยง' : hour === 12 || hour < 7
  return good(`${String((hour % 12) + (afternoon ? 12 : 0)).padStart(2, '0')}:${minutes}:${seconds}`)
}

/** The time as the clock says it; undefined for an hour that it cannot say. */
export function printTime(printed: string, clock: ClockKind): string | undefined {
  if (clock === '24') return printed
  const hour = Number(printed.slice(0, 2))
  if (clock === 'office' && (hour < 7 || hour > 18)) return undefined
  const said = `${String(hour % 12 || 12).padStart(2, '0')}${printed.slice(2)}`
  return clock === '12' ? `${said} ${hour < 12 ? 'AM' : 'PM'}` : said
}
