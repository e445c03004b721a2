// What is told of an alarm: as JSON for a webhook, as a mail in Thai and English. Counts, times and codes; never letter text.
import { type Instant, printInstant } from '../../letter/time.ts'
import { messageOf, remedyOf } from '../../problem/problem.ts'
import type { AlarmRow } from '../journal/alarms.ts'
import { alarmProblem } from './condition.ts'

export type AlarmEvent = 'raised' | 'worsened' | 'ended'

/** What a hook is sent. */
export interface ToldAlarm {
  /** The same at every repetition. */
  readonly id: string
  readonly event: `alarm.${AlarmEvent}`
  readonly at: string
  readonly alarm: {
    readonly id: string
    readonly kind: string
    readonly subject: string
    readonly level: number
    readonly since: string
    readonly facts: AlarmRow['facts']
  }
  readonly message: { readonly en: string; readonly th: string }
  readonly remedy: { readonly en: string; readonly th: string }
}

/** The JSON text of what is told. */
export function bodyOf(
  id: string,
  event: AlarmEvent,
  alarm: Pick<AlarmRow, 'id' | 'kind' | 'subject' | 'level' | 'facts' | 'raisedAt'>,
  at: Instant,
): string {
  const { kind, subject, level, facts, raisedAt } = alarm
  const found = alarmProblem(kind, subject, facts)
  const told: ToldAlarm = {
    ...{ id, event: `alarm.${event}`, at: printInstant(at) },
    alarm: { id: alarm.id, kind, subject, level, since: printInstant(raisedAt), facts },
    message: { en: found ? messageOf(found) : kind, th: found ? messageOf(found, 'th') : kind },
    remedy: { en: found ? remedyOf(found) : '', th: found ? remedyOf(found, 'th') : '' },
  }
  return JSON.stringify(told)
}

const words = {
  'alarm.raised': { th: 'เริ่มแจ้งเตือน', en: 'alarm' },
  'alarm.worsened': { th: 'แจ้งเตือนอีกครั้ง', en: 'alarm, worse' },
  'alarm.ended': { th: 'สิ้นสุดแล้ว', en: 'over' },
} as const

/** The subject of the mail. */
export const mailSubject = ({ event, alarm }: ToldAlarm): string =>
  `saraban: ${words[event].th} / ${words[event].en}: ${alarm.kind} ${alarm.subject}`

/** The text of the mail: Thai first, then English. */
export function mailText({ event, at, alarm, message, remedy }: ToldAlarm): string {
  const helps = event !== 'alarm.ended'
  return [
    `${words[event].th}: ${message.th}`,
    ...(helps ? [`วิธีแก้: ${remedy.th}`] : []),
    `ตั้งแต่ ${alarm.since} แจ้งเมื่อ ${at}`,
    '',
    `${words[event].en}: ${message.en}`,
    ...(helps ? [`what helps: ${remedy.en}`] : []),
    `since ${alarm.since}, told at ${at}`,
    '',
    `alarm ${alarm.id}`,
    '',
  ].join('\n')
}
