// A province whose client calls the gateway as the exchange: it sends, and polls for what has come.
import { scryptSync } from 'node:crypto'
import { type EcmsHabits, openEcmsSystem } from '../../systems/ecms.ts'
import type { FleetMember } from '../member.ts'
import { provinceOf, secretOf } from './own.ts'

/** One installation of a client. */
export interface ClientInstallation {
  readonly office: string
  readonly profile: string
  readonly product: string
  readonly habits: EcmsHabits
}

export function clientMember({ office, profile, product, habits }: ClientInstallation): FleetMember {
  const own = provinceOf(office)
  return {
    profile,
    office: own,
    product,
    async open({ folder, clock, random, watch, gateway }) {
      const url = `${gateway.http}/e-cms/${office}`
      const user = `ecms${office}`
      const password = secretOf(random)
      const salt = Buffer.from(random(16))
      const system = openEcmsSystem({ folder, office: own, url, user, password, clock, watch, habits })
      return {
        system,
        environment: {
          [`SARABAN_${office}_USER`]: user,
          [`SARABAN_${office}_SCRYPT`]: `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`,
          [`SARABAN_${office}_ADDRESS`]: '127.0.0.1',
          [`SARABAN_${office}_URL`]: url,
        },
      }
    },
  }
}
