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
  /** Letters whose sender does not know the number under which they are registered. */
  readonly unnumbered: readonly string[]
  /** Letters whose sender knows a number under which they are not registered. */
  readonly misnumbered: readonly string[]
  /** Letters that are registered, and their sender was told that they are refused. */
  readonly contradicted: readonly string[]
  /** Letters of which a book speaks, and nobody wrote them, or not from this office or not to this one. */
  readonly strange: readonly string[]
}

interface Ledgers {
  readonly ministry: readonly InboxEntry[]
  readonly systems: readonly OfficeSystem[]
  /** Offices that are brought files, which cannot tell that one comes again. */
  readonly folders: ReadonlySet<OfficeId>
  /** The keys of all letters of which these books may speak, those that are not judged too. */
  readonly written: ReadonlySet<string>
}

/** What is known of one letter, as it is gathered from the ledgers. */
interface Known {
  readonly letter: Sent
  readonly arrivals: {
    readonly receiveNumber: string
    readonly files: readonly string[]
    readonly id: string
  }[]
  /** Ids under which it came again. */
  readonly again: string[]
  readonly numbers: Set<string>
  /** The last answer to its handing-over was no. */
  turnedAway: boolean
  /** Its sender was told so afterwards. */
  rejected: boolean
}

export function judge(sent: readonly Sent[], { ministry, systems, folders, written }: Ledgers): Verdict {
  const known = new Map<string, Known>()
  for (const letter of sent)
    known.set(keyOf(letter), {
      ...{ letter, arrivals: [], again: [], numbers: new Set(), turnedAway: false, rejected: false },
    })
  const strange = new Set<string>()
  const find = (from: string, to: string, number: string): Known | undefined => {
    const key = keyOf({ from, to, number })
    if (!written.has(key)) strange.add(nameOf({ from, to, number }))
    return known.get(key)
  }
  /** The ministry's own letters, by the envelopes of which it hears. */
  const posted = new Map<string, InboxEntry & { readonly entry: 'letter.sent' }>()
  for (const entry of ministry) {
    if (entry.entry === 'letter.sent') posted.set(entry.messageId, entry)
    else if (entry.entry === 'letter.registered')
      find(entry.from, moi, entry.number)?.arrivals.push({
        receiveNumber: entry.receiveNumber,
        files: entry.attachments,
        id: entry.messageId,
      })
    else if (entry.entry === 'envelope.returned') {
      // A notice that is returned is one that its letter's sender does not hear: its number is missing.
      const { to = [], number = '' } = posted.get(entry.messageId) ?? {}
      for (const office of to) reject(find(moi, office, number))
    } else if (entry.entry === 'notice.received')
      hear(find(moi, entry.from, posted.get(entry.about)?.number ?? entry.about), entry)
  }
  for (const { office, entries } of systems)
    for (const entry of entries) {
      if (entry.entry === 'letter.received') find(moi, office, entry.number)?.arrivals.push(entry)
      else if (entry.entry === 'letter.repeated') find(moi, office, entry.number)?.again.push(entry.id)
      else if (entry.entry === 'letter.sent' || entry.entry === 'letter.refused') {
        const own = find(office, moi, entry.number)
        if (own !== undefined) own.turnedAway = entry.entry === 'letter.refused'
      } else if (entry.entry === 'notice.received') hear(find(office, moi, entry.number), entry)
    }

  const named = (wrong: (found: Known) => boolean): string[] =>
    [...known.values()].filter(wrong).map(({ letter }) => nameOf(letter))
  return {
    sent: sent.length,
    registered: [...known.values()].filter(hasArrived).length,
    told: named((found) => !hasArrived(found) && isRefused(found)),
    lost: named((found) => !hasArrived(found) && !isRefused(found)),
    // Over HTTP an answer may be lost, and a letter come again under the id by which its recipient can tell. A folder cannot tell.
    doubled: named(
      ({ letter, arrivals, again }) =>
        arrivals.length > 1 || again.some((id) => folders.has(letter.to) || id !== arrivals[0]?.id),
    ),
    altered: named(({ letter, arrivals }) =>
      arrivals.some(({ files }) => {
        // What a province's system cannot say stands whole in one more file (docs/profiles.md: spill).
        const more = files.length - letter.files.length
        return (
          more < 0 || more > (letter.to === moi ? 0 : 1) || letter.files.some((file) => !files.includes(file))
        )
      }),
    ),
    unnumbered: named((found) => !isMisnumbered(found) && found.numbers.size < numbersOf(found).size),
    misnumbered: named(isMisnumbered),
    contradicted: named((found) => hasArrived(found) && isRefused(found)),
    strange: [...strange],
  }
}

const hasArrived = ({ arrivals }: Known): boolean => arrivals.length > 0

const isRefused = ({ turnedAway, rejected }: Known): boolean => turnedAway || rejected

/** The numbers under which it is registered. */
const numbersOf = ({ arrivals }: Known): ReadonlySet<string> =>
  new Set(arrivals.map(({ receiveNumber }) => arabic(receiveNumber)))

function isMisnumbered(found: Known): boolean {
  const registered = numbersOf(found)
  return [...found.numbers].some((number) => !registered.has(number))
}

/** Whether every letter is where it belongs, or its sender knows why not. */
export const isWhole = (verdict: Verdict): boolean =>
  verdict.lost.length === 0 && verdict.unnumbered.length === 0

/** Every letter of which not all is as it must be, once. */
export const wrongOf = (verdict: Verdict): readonly string[] => [
  ...new Set([...verdict.told, ...verdict.unnumbered, ...Object.values(ledgerFaults(verdict)).flat()]),
]

/** What no more time would mend. */
export const ledgerFaults = (verdict: Verdict) => {
  const { lost, doubled, altered, misnumbered, contradicted, strange } = verdict
  return { lost, doubled, altered, misnumbered, contradicted, strange }
}

/** By what a letter on its way from one office to another is known in their books. */
export const keyOf = ({ from, to, number }: Way): string => nameOf({ from, to, number: bareNumber(number) })

const nameOf = ({ from, to, number }: Way): string => `${from} → ${to} ${number}`

interface Way {
  readonly from: string
  readonly to: string
  readonly number: string
}

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

function reject(known: Known | undefined): void {
  if (known !== undefined) known.rejected = true
}

function hear(
  known: Known | undefined,
  { kind, receiveNumber }: { kind: string; receiveNumber?: string },
): void {
  if (known === undefined) return
  if (kind === 'accept' && receiveNumber !== undefined) known.numbers.add(arabic(receiveNumber))
  if (kind === 'reject' || kind === 'invalid') reject(known)
}

export const digestOf = ({ bytes }: Scan): string => createHash('sha256').update(bytes).digest('hex')
