// The gateways that work on one journal. Each is a member while its process lives and its beats come; what a member has
// claimed is free again when it is none any more. Its beats stand apart: a claim reads the member, and no beat crosses it.
import type { Instant } from '../../letter/time.ts'
import type { Reader, Transaction } from './database.ts'
import { recordEvent } from './events.ts'

/**
 * `intake`: takes what systems hand over, and looks for it · `worker`: brings deliveries · `all`: both. One that takes may
 * lead: look where only one may, and keep the timers.
 */
export const roles = ['all', 'intake', 'worker'] as const
export type Role = (typeof roles)[number]

export interface MemberRow {
  readonly id: string
  /** Its data folder's own id: of two processes with one data folder one is dead. */
  readonly place: string
  /** For people: which machine and process. */
  readonly name: string
  readonly role: Role
  readonly joinedAt: Instant
}

export interface BeatRow extends MemberRow {
  readonly beat: number
  /** By its own clock, for people: nothing is decided by it. */
  readonly seenAt: Instant
  /** Of what it says that it has of the offices (`reaches.ts`); null: it does not say it. */
  readonly revision: number | null
}

const columns = 'id, place, name, role, joined_at AS "joinedAt"'

const sql = {
  join: 'INSERT INTO members (id, place, name, role, joined_at) VALUES (?, ?, ?, ?, ?)',
  firstBeat: 'INSERT INTO beats (member, beat, seen_at) VALUES (?, 0, ?)',
  beat: 'UPDATE beats SET beat = beat + 1, seen_at = ? WHERE member = ?',
  list: `
SELECT ${columns}, beat, seen_at AS "seenAt", revision FROM members JOIN beats ON beats.member = members.id
LEFT JOIN reaches ON reaches.member = members.id ORDER BY joined_at, id`,
  ofPlace: `SELECT ${columns} FROM members WHERE place = ?`,
  all: `SELECT ${columns} FROM members`,
  one: `SELECT ${columns} FROM members WHERE id = ?`,
  remove: 'DELETE FROM members WHERE id = ?',
  removeBeat: 'DELETE FROM beats WHERE member = ? AND beat = ?',
  removeAnyBeat: 'DELETE FROM beats WHERE member = ?',
  removeReach: 'DELETE FROM reaches WHERE member = ?',
  removePresent: `
DELETE FROM present WHERE member = ? AND EXISTS (SELECT 1 FROM members)`,
  removeOrders: 'DELETE FROM orders WHERE member = ? AND answered_at IS NULL',
  leader: `
SELECT leases.member FROM leases JOIN members ON members.id = leases.member WHERE leases.name = 'lead'`,
  lead: `
UPDATE leases SET member = ?, since = ? WHERE name = 'lead'
AND NOT EXISTS (SELECT 1 FROM members WHERE members.id = leases.member)`,
  pass: "UPDATE leases SET member = NULL, since = ? WHERE name = 'lead' AND member = ?",
} as const

/**
 * A gateway that starts becomes a member. Whoever had its data folder before is dead: the folder is locked by now. `alone`: nobody
 * else can be at work on this journal at all, for it is in that folder.
 */
export async function joinMembers(
  transaction: Transaction,
  member: MemberRow,
  { alone }: { readonly alone: boolean },
): Promise<void> {
  const dead = await (alone
    ? transaction.all<MemberRow>(sql.all)
    : transaction.all<MemberRow>(sql.ofPlace, member.place))
  for (const { id } of dead) await removeMember(transaction, id)
  const { id, place, name, role, joinedAt } = member
  await transaction.run(sql.join, id, place, name, role, joinedAt)
  await transaction.run(sql.firstBeat, id, joinedAt)
}

/** A member lives. False: it is none any more. */
export async function beat(transaction: Transaction, id: string, at: Instant): Promise<boolean> {
  return (await transaction.run(sql.beat, at, id)) === 1
}

/** All members, the one that joined first before the others. */
export const listMembers = (reader: Reader): Promise<BeatRow[]> => reader.all<BeatRow>(sql.list)

export async function isMember(reader: Reader, id: string): Promise<boolean> {
  return (await reader.one(sql.one, id)) !== undefined
}

/** A member stops: nothing is claimed by it any more. */
export async function leaveMembers(transaction: Transaction, id: string): Promise<void> {
  await removeMember(transaction, id)
}

/** A member whose beat stood still is none any more. False when it was heard of meanwhile, or somebody else was faster. */
export async function expel(
  transaction: Transaction,
  { id, name, beat }: BeatRow,
  at: Instant,
): Promise<boolean> {
  if ((await transaction.run(sql.removeBeat, id, beat)) === 0) return false
  await removeMember(transaction, id)
  await recordEvent(transaction, at, 'gateway.expelled', {}, { member: id, name })
  return true
}

/** Takes the lead when nobody has it who is a member. */
export async function takeLead(transaction: Transaction, id: string, at: Instant): Promise<boolean> {
  return (await transaction.run(sql.lead, id, at)) === 1
}

/** Whoever leads lets another one lead: its own work hangs. */
export async function passLead(
  transaction: Transaction,
  { id, name }: Pick<MemberRow, 'id' | 'name'>,
  at: Instant,
): Promise<void> {
  if ((await transaction.run(sql.pass, at, id)) === 0) return
  await recordEvent(transaction, at, 'gateway.lead-passed', {}, { member: id, name })
}

/** The member that leads; undefined: none does. */
export async function leaderOf(reader: Reader): Promise<string | undefined> {
  return (await reader.one<{ member: string }>(sql.leader))?.member
}

/** When one starts, what its predecessor knew is read first (`Present.start`), so that a wait goes on since when it did. */
async function removeMember(transaction: Transaction, id: string): Promise<void> {
  await transaction.run(sql.remove, id)
  await transaction.run(sql.removeAnyBeat, id)
  await transaction.run(sql.removeReach, id)
  await transaction.run(sql.removeOrders, id)
  // Of the last one it stays, for whoever looks what was so when it ended.
  await transaction.run(sql.removePresent, id)
}
