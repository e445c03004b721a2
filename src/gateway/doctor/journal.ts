// What the journal tells of itself: attempts that nobody ends, alarms, and whether what it names and what it sealed is still whole.
import type { Trust } from '../../envelope/envelope.ts'
import { reopenEnvelope, verifyEnvelope } from '../../envelope/verify.ts'
import type { Instant } from '../../letter/time.ts'
import { type Problem, problem, type Result } from '../../problem/problem.ts'
import { alarmProblem, shownTime } from '../alarms/condition.ts'
import type { KeptAttachments } from '../attachments/store.ts'
import { type AlarmRow, raisedAlarms } from '../journal/alarms.ts'
import type { Reader } from '../journal/database.ts'
import { heldDeliveries } from '../journal/deliveries.ts'
import type { EnvelopeRow } from '../journal/envelopes.ts'

/** No attempt lasts longer than 30 minutes; a little more for whoever breaks it off. */
const longestAttempt = 35 * 60_000
/** Envelopes that are looked at unless all are: the newest. */
const sample = 200
/** Envelopes in memory at once. */
const page = 100

const sql = {
  newest: `
SELECT message_id AS "messageId", digest, bytes, committed_at AS "committedAt" FROM envelopes
WHERE message_id < ? ORDER BY message_id DESC LIMIT ?`,
} as const

/** Deliveries that are being sent for longer than any attempt lasts. */
export async function oldAttempts(reader: Reader, now: Instant): Promise<readonly Problem[]> {
  const old = (await heldDeliveries(reader)).filter(({ changedAt }) => changedAt < now - longestAttempt)
  const [oldest] = old.sort((one, other) => one.changedAt - other.changedAt)
  if (oldest === undefined) return []
  const details = { count: old.length, since: shownTime(oldest.changedAt) }
  return [problem('doctor.attempt.old', '', oldest.office, details)]
}

/** Alarms that are raised, but for those of kinds that were looked at anew. */
export async function openAlarms(reader: Reader, anew: ReadonlySet<string>): Promise<readonly Problem[]> {
  const raised = (await raisedAlarms(reader)).filter(({ kind }: AlarmRow) => !anew.has(kind))
  return raised.flatMap(({ kind, subject, facts }) => alarmProblem(kind, subject, facts) ?? [])
}

/** What was found of the envelopes. */
export interface Kept {
  readonly seen: number
  /** Envelopes that cannot be read: what they name is not known. */
  readonly damaged: number
  readonly problems: readonly Problem[]
}

/**
 * Looks at the newest envelopes, or at all (`deep`): whether each still verifies as at the time when it was taken, and its
 * attachments are in the store, where that can be looked into. A certificate that has left the trust folder since is no damage.
 */
export async function keptEnvelopes(
  {
    reader,
    attachments,
    trust,
    named,
  }: {
    readonly reader: Reader
    readonly attachments: KeptAttachments | undefined
    readonly trust: Trust | undefined
    /** Told each attachment that an envelope names. */
    readonly named: (sha256: string) => void
  },
  deep: boolean,
): Promise<Kept> {
  const damaged: { readonly id: string; readonly code: string }[] = []
  const missing: { readonly sha256: string; readonly id: string }[] = []
  // Ids are UUIDs of version 7, so that the newest come first; “g” stands behind every one of them.
  let [seen, last] = [0, 'urn:uuid:g']
  for (;;) {
    const rows = await reader.all<EnvelopeRow>(sql.newest, last, page)
    for (const { messageId, digest, bytes, committedAt } of rows) {
      seen += 1
      last = messageId
      const envelope = judged(Buffer.from(bytes), digest, trust, committedAt)
      if (!envelope.ok) {
        damaged.push({ id: messageId, code: envelope.problems[0].code })
        continue
      }
      if (envelope.value.content !== 'letter' || attachments === undefined) continue
      for (const { sha256, size } of envelope.value.letter.attachments) {
        named(sha256)
        if ((await attachments.sizeOf(sha256)) !== size) missing.push({ sha256, id: messageId })
      }
    }
    if (rows.length < page || (!deep && seen >= sample)) break
  }
  const [bad, gone] = [damaged[0], missing[0]]
  return {
    seen,
    damaged: damaged.length,
    problems: [
      ...(bad === undefined
        ? []
        : [problem('doctor.envelope.damaged', '', bad.id, { count: damaged.length, reason: bad.code })]),
      ...(gone === undefined
        ? []
        : [
            problem('doctor.attachment.missing', '', gone.sha256, {
              count: missing.length,
              messageId: gone.id,
            }),
          ]),
    ],
  }
}

const ofTrust = /^envelope\.(signer|certificate|authority)\./

function judged(
  bytes: Buffer,
  digest: string,
  trust: Trust | undefined,
  at: Instant,
): ReturnType<typeof reopenEnvelope> {
  const opened = reopenEnvelope(bytes, digest)
  if (!opened.ok || trust === undefined) return opened
  const verified: Result<unknown> = verifyEnvelope(bytes, trust, at)
  return verified.ok || ofTrust.test(verified.problems[0].code) ? opened : verified
}
