// A province that runs an e-CMS server of its own: the gateway calls it to bring, and polls it for what its people send.
import { join } from 'node:path'
import type { FleetMember } from '../member.ts'
import { provinceOf, secretOf } from './own.ts'
import { openServerSystem } from './server.ts'
import type { ServerWays } from './ways.ts'

/** One installation of a server. */
export interface ServerInstallation {
  readonly office: string
  readonly profile: string
  readonly product: string
  readonly ways: ServerWays
}

export function serverMember({ office, profile, product, ways }: ServerInstallation): FleetMember {
  const own = provinceOf(office)
  return {
    profile,
    office: own,
    product,
    async open({ folder, clock, random, watch }) {
      const user = `saraban-${office}`
      const password = secretOf(random)
      const server = await openServerSystem({
        name: product,
        folder: join(folder, 'own'),
        office: own,
        user,
        password,
        ways,
        clock,
        watch,
      })
      return {
        system: server.system,
        environment: {
          [`SARABAN_${office}_URL`]: server.url,
          [`SARABAN_${office}_USER`]: user,
          [`SARABAN_${office}_PASSWORD`]: password,
        },
      }
    },
  }
}
