// The host of the fleet: opens members, each in a folder of its own, on shared servers that are started when the first
// member asks for them. What this machine cannot have leaves its members out, by name; nothing else fails.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { BookEntry } from '../systems/system.ts'
import {
  type FleetMember,
  type FleetStage,
  Missing,
  type OfficeIdentity,
  type OpenedMember,
} from './member.ts'
import { type ServersSettings, sharedServers } from './servers.ts'

export interface HostSettings extends ServersSettings {
  /** Everything of the members is in it, each in a folder named after its profile. */
  readonly folder: string
  readonly clock: Clock
  /** Told of each entry in each book, as it is made. */
  readonly watch: (office: OfficeId, entry: BookEntry) => void
  readonly gateway: FleetStage['gateway']
  /** What the installation's authority gave each office; absent where there is none. */
  readonly identityOf?: (office: OfficeId) => OfficeIdentity
}

/** A member that takes part. */
export interface Hosted extends OpenedMember {
  readonly member: FleetMember
}

/** A member that takes no part, and the command that would let it. */
export interface LeftOut {
  readonly member: FleetMember
  readonly server: string
  readonly remedy: string
}

export interface Host {
  readonly members: readonly Hosted[]
  readonly leftOut: readonly LeftOut[]
  /** What the gateway's environment must hold for all of them. */
  readonly environment: Readonly<Record<string, string>>
  /** Closes the members, then the servers. */
  close(): Promise<void>
}

/**
 * Opens members. Rejects, with everything closed again, when one fails for another reason than a missing server, or when
 * two want one office or one variable of the environment: both are faults of whoever wrote them.
 */
export async function openFleet(members: readonly FleetMember[], settings: HostSettings): Promise<Host> {
  const shared = sharedServers(settings)
  const opened: Hosted[] = []
  const leftOut: LeftOut[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ system }) => system.close()))
    await shared.close()
  }
  const results = await Promise.allSettled(
    members.map(async (member) => {
      const { clock, random, gateway } = settings
      const folder = join(settings.folder, member.profile)
      mkdirSync(folder, { recursive: true })
      const watch = (entry: BookEntry): void => settings.watch(member.office, entry)
      try {
        const identity = (): OfficeIdentity => {
          if (settings.identityOf === undefined) throw new Missing('authority', 'saraban certs init')
          return settings.identityOf(member.office)
        }
        const stage = { folder, clock, random, watch, gateway, servers: shared.servers, identity }
        opened.push({ member, ...(await member.open(stage)) })
      } catch (error) {
        if (!(error instanceof Missing))
          throw new Error(`${member.profile} could not be opened: ${String(error)}`, { cause: error })
        leftOut.push({ member, server: error.server, remedy: error.remedy })
      }
    }),
  )
  try {
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    refuseTwins(members)
    // In the members' order, whichever was ready first.
    const inOrder = (one: { member: FleetMember }, other: { member: FleetMember }): number =>
      members.indexOf(one.member) - members.indexOf(other.member)
    opened.sort(inOrder)
    leftOut.sort(inOrder)
    return { members: opened, leftOut, environment: merged(opened), close }
  } catch (error) {
    await close()
    throw error
  }
}

function refuseTwins(members: readonly FleetMember[]): void {
  for (const one of members) {
    const other = members.find((other) => other !== one && other.office === one.office)
    if (other !== undefined)
      throw new Error(`office ${one.office} has two members: ${one.profile}, ${other.profile}`)
  }
}

function merged(opened: readonly Hosted[]): Record<string, string> {
  const whole: Record<string, string> = {}
  for (const { member, environment } of opened)
    for (const [name, value] of Object.entries(environment)) {
      const known = whole[name]
      if (known !== undefined && known !== value) throw new Error(`${member.profile} sets ${name} once more`)
      whole[name] = value
    }
  return whole
}
