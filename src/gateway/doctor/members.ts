// The gateways on a journal: whether some are at work, for everything that has to be done, with the same profiles.
import type { Instant } from '../../letter/time.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { openUpTo } from '../journal/conditions.ts'
import type { Reader } from '../journal/database.ts'
import { type BeatRow, listMembers } from '../journal/members.ts'
import { unservedOffices } from '../journal/reaches.ts'
import { knownPlaceOf } from '../lock.ts'
import { Reaches } from '../reaches.ts'

/** A member beats every other second; so much its clock and ours may differ, in milliseconds. */
const lately = 60_000

/**
 * Whether the gateway of the data folder `data` is at work (`running`), and whether those that are, here and on other machines,
 * both take and bring.
 */
export async function atWork(
  reader: Reader,
  { data, running, now }: { readonly data: string; readonly running: boolean; readonly now: Instant },
): Promise<readonly Problem[]> {
  const here = knownPlaceOf(data)
  const members = await listMembers(reader)
  // Of those that all died at once the rows stay; nobody was left to take them away.
  const others = members.filter(({ place, seenAt }) => place !== here && Math.abs(now - seenAt) < lately)
  const working = running ? [...members.filter(({ place }) => place === here), ...others] : others
  return [
    ...(running ? [] : [stopped(data, others)]),
    ...(['worker', 'intake'] as const).flatMap((role) =>
      working.length === 0 || working.some((each) => each.role === 'all' || each.role === role)
        ? []
        : [problem(`doctor.gateway.no-${role}`, '', namesOf(working))],
    ),
  ]
}

/** That no gateway is at work on a data folder, and who else is on the same journal. */
export const stopped = (data: string, others: readonly BeatRow[]): Problem =>
  others.length === 0
    ? problem('doctor.gateway.stopped', '', data)
    : problem('doctor.gateway.elsewhere', '', data, { others: namesOf(others) })

const namesOf = (members: readonly BeatRow[]): string => members.map(({ name }) => name).join(', ')

export async function differences(reader: Reader): Promise<readonly Problem[]> {
  const members = await listMembers(reader)
  const reaches = new Reaches('doctor')
  await reaches.read(reader, members)
  const shown = (names: readonly string[]): string => names.join(', ') || '-'
  return reaches
    .differences(members)
    .map(({ office, without, others }) =>
      problem('gateway.differ', '', office, { without: shown(without), others: shown(others) }),
    )
}

/** Offices to which something waits, and for which no gateway at work has a profile. */
export async function unserved(reader: Reader): Promise<readonly Problem[]> {
  const found: Problem[] = []
  for (const office of await unservedOffices(reader)) {
    const count = await openUpTo(reader, office, mostCounted)
    found.push(problem('doctor.office.unserved', '', office, { office, count }))
  }
  return found
}

/** So many deliveries of one office are counted. */
const mostCounted = 100_000
