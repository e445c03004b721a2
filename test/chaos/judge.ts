// What became of the letters, told by the ledgers of those between whom they went: the ministry's register and the provinces'
// books. The gateway's own tables are never asked.
import { createHash } from 'node:crypto'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { moi, type OfficeId } from '../../src/letter/offices.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import type { OfficeSystem, Scan } from '../../src/sandbox/systems/system.ts'

/** A letter that was handed over, and acknowledged or at least lies where the gateway fetches it. */
export interface Sent {
  /** Of this letter alone. */
  readonly number: string
  readonly from: OfficeId
  readonly to: OfficeId
  /** SHA-256 of its scans. */
  readonly files: readonly string[]
  /** Of a letter of the ministry. */
  readonly messageId?: string
}

export interface Verdict {
  readonly sent: number
  /** Letters that their recipient has, at least once. */
  readonly registered: number
  /** Letters that did not arrive, but their sender was told so. */
  readonly told: readonly string[]
  /** Neither. */
  readonly lost: readonly string[]
  /** Letters that stand twice in a register, or lay twice in a folder. */
  readonly doubled: readonly string[]
  /** Letters that arrived with other scans. */
  readonly altered: readonly string[]
  /** Letters whose sender does not know the number under which they are registered, or knows a wrong one. */
  readonly unnumbered: readonly string[]
}

interface Ledgers {
  readonly ministry: readonly InboxEntry[]
  readonly systems: readonly OfficeSystem[]
  /** Offices that are brought files, which cannot tell that one comes again. */
  readonly folders: ReadonlySet<OfficeId>
}

/** What is known of one letter, as it is gathered from the ledgers. */
interface Known {
  readonly arrivals: {
    readonly receiveNumber: string
    readonly files: readonly string[]
    readonly id: string
  }[]
  /** Ids under which it came again. */
  readonly again: string[]
  readonly numbers: Set<string>
  refused: boolean
}

export function judge(sent: readonly Sent[], { ministry, systems, folders }: Ledgers): Verdict {
  const known = new Map<string, Known>()
  const letters = new Map<string, Sent>()
  /** A circular is one message to many. */
  const byMessage = new Map<string, Map<string, Known>>()
  for (const letter of sent) {
    const fresh: Known = { arrivals: [], again: [], numbers: new Set(), refused: false }
    known.set(keyOf(letter.from, letter.to, letter.number), fresh)
    letters.set(keyOf(letter.from, letter.to, letter.number), letter)
    if (letter.messageId !== undefined) {
      const ofMessage = byMessage.get(letter.messageId) ?? new Map<string, Known>()
      byMessage.set(letter.messageId, ofMessage.set(letter.to, fresh))
    }
  }
  for (const entry of ministry) {
    if (entry.entry === 'letter.registered')
      known.get(keyOf(entry.from, moi, entry.number))?.arrivals.push({
        receiveNumber: entry.receiveNumber,
        files: entry.attachments,
        id: entry.messageId,
      })
    else if (entry.entry === 'envelope.returned')
      for (const each of byMessage.get(entry.messageId)?.values() ?? []) mark(each)
    else if (entry.entry === 'notice.received') hear(byMessage.get(entry.about)?.get(entry.from), entry)
  }
  for (const { office, entries } of systems)
    for (const entry of entries) {
      const incoming = known.get(keyOf(moi, office, entry.number))
      const outgoing = known.get(keyOf(office, moi, entry.number))
      if (entry.entry === 'letter.received') incoming?.arrivals.push(entry)
      else if (entry.entry === 'letter.repeated') incoming?.again.push(entry.id)
      else if (entry.entry === 'letter.refused') mark(outgoing)
      else if (entry.entry === 'notice.received') hear(outgoing, entry)
    }

  const named = (wrong: (letter: Sent, found: Known) => boolean): string[] =>
    [...known].flatMap(([key, found]) => {
      const letter = letters.get(key)
      return letter !== undefined && wrong(letter, found)
        ? [`${letter.from} → ${letter.to} ${letter.number}`]
        : []
    })
  return {
    sent: sent.length,
    registered: [...known.values()].filter(({ arrivals }) => arrivals.length > 0).length,
    told: named((_letter, { arrivals, refused }) => arrivals.length === 0 && refused),
    lost: named((_letter, { arrivals, refused }) => arrivals.length === 0 && !refused),
    // Over HTTP an answer may be lost, and a letter come again under the id by which its recipient can tell. A folder cannot tell.
    doubled: named(
      (letter, { arrivals, again }) =>
        arrivals.length > 1 || again.some((id) => folders.has(letter.to) || id !== arrivals[0]?.id),
    ),
    altered: named((letter, { arrivals }) =>
      arrivals.some(({ files }) => {
        // What a province's system cannot say stands whole in one more file (docs/profiles.md: spill).
        const more = files.length - letter.files.length
        return (
          more < 0 || more > (letter.to === moi ? 0 : 1) || letter.files.some((file) => !files.includes(file))
        )
      }),
    ),
    unnumbered: named(
      (_letter, { arrivals, numbers }) =>
        arrivals.length > 0 &&
        [...numbers].join() !==
          [...new Set(arrivals.map(({ receiveNumber }) => arabic(receiveNumber)))].join(),
    ),
  }
}

/** Whether every letter is where it belongs, or its sender knows why not. */
export const isWhole = (verdict: Verdict): boolean =>
  verdict.lost.length === 0 && verdict.unnumbered.length === 0

/** Every letter that is not where it belongs, once. */
export const wrongOf = ({ lost, doubled, altered, unnumbered }: Verdict): readonly string[] => [
  ...new Set([...lost, ...doubled, ...altered, ...unnumbered]),
]

const keyOf = (from: string, to: string, number: string): string => `${from} → ${to} ${bareNumber(number)}`

const bareNumbers = new Map<string, string>()

/** A number as every book can hold it: without the letters of its ministry or province, in Arabic digits. */
function bareNumber(number: string): string {
  const known = bareNumbers.get(number)
  if (known !== undefined) return known
  const bare = (normalizeNumber(number) ?? number).replace(/^[ก-ฮ]+ /, '')
  bareNumbers.set(number, bare)
  return bare
}

/** A receive number, whichever digits it is written in. */
const arabic = (text: string): string =>
  text.replace(/[๐-๙]/g, (digit) => String('๐๑๒๓๔๕๖๗๘๙'.indexOf(digit))).trim()

function mark(known: Known | undefined): void {
  if (known !== undefined) known.refused = true
}

function hear(
  known: Known | undefined,
  { kind, receiveNumber }: { kind: string; receiveNumber?: string },
): void {
  if (known === undefined) return
  if (kind === 'accept' && receiveNumber !== undefined) known.numbers.add(arabic(receiveNumber))
  if (kind === 'reject' || kind === 'invalid') known.refused = true
}

export const digestOf = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')
