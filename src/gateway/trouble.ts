// A place that cannot be read, in words for an operator.
import { type Instant, printInstant } from '../letter/time.ts'
import { printable } from '../problem/problem.ts'
import type { PresentRow } from './journal/present.ts'

/** `chiang-mai-csv: its folder of send /mnt/chiang-mai cannot be read since 2026-11-23 10:15:00 (ENOENT)`. */
export function troubleLine({ subject, since, facts }: PresentRow): string {
  if (facts['work'] !== undefined)
    return printable(`${subject}: its work ${facts['work']} has not returned, told at ${moment(since)}`, 500)
  if (facts['office'] !== undefined) return notReturned({ subject, since, facts })
  const { channel, path = '', mailbox, table, reason } = facts
  const place =
    mailbox !== undefined
      ? `mailbox ${mailbox}`
      : table !== undefined
        ? `table ${table}`
        : `folder of ${channel} ${path}`
  const words = reason === 'ENOTDIR' ? `${reason}: something that is no folder stands in its place` : reason
  if (facts['hangs'] !== undefined)
    return printable(
      `${subject}: a look into its ${place.trim()} has not returned, told at ${moment(since)}: its server says nothing`,
      500,
    )
  const why = words === undefined ? '' : ` (${words})`
  return printable(`${subject}: its ${place.trim()} cannot be read since ${moment(since)}${why}`, 500)
}

/** Of an attempt that does not end. */
const notReturned = ({ subject, since, facts }: Pick<PresentRow, 'subject' | 'since' | 'facts'>): string =>
  printable(
    `${subject}: what was being brought to office ${facts['office']} was broken off and has not returned, told at ${moment(since)}: its place says nothing, and that delivery is not tried again before`,
    500,
  )

/** The same for everybody on the network: without the place. */
export const troubleForAll = ({ subject, what, since, facts }: PresentRow): string =>
  facts['office'] !== undefined
    ? notReturned({ subject, since, facts })
    : printable(`${subject}: nothing comes from it (${what}) since ${moment(since)}; see the log`, 500)

/** What is wrong with a part of the gateway, and what follows from it; the log has the reason. */
export function partForAll({ subject, what, since, facts }: PresentRow): string {
  const words = `${subject} ${what}` === 'queue evicts' ? evicts(facts) : partWords[`${subject} ${what}`]
  return printable(`${words ?? `${subject}: ${what}`}, since ${moment(since)}`, 500)
}

const partWords: Readonly<Record<string, string>> = {
  'queue away':
    'the queue on Redis cannot be used: this gateway works on what it finds in the journal by itself; see the log',
  'gateways differ':
    'the gateways on this journal do not have the same profiles: saraban doctor names the offices and the gateways',
  'attachments away':
    'the store of attachments cannot be used: no letter with attachments is taken or brought; see the log',
  'log away': 'the log cannot be written, and lines of it are lost: saraban alarms says why',
}

const evicts = ({ policy }: PresentRow['facts']): string =>
  `Redis may throw hints away when its memory is full (maxmemory-policy ${policy}): set noeviction`

/** `2026-11-23 10:15:00`, +07:00. */
const moment = (at: Instant): string => printInstant(at).slice(0, 19).replace('T', ' ')
