// The members of the fleet whose letters stand in a database: five installations of one product, and two that were built at home.
import { officeId } from '../../../letter/offices.ts'
import type { FleetMember } from '../member.ts'
import type { Design } from './design.ts'
import { version21, version30, version32, version40, version42 } from './e-saraban.ts'
import { nakhonPathom, songkhla } from './self-built.ts'

const member = (id: string, profile: string, product: string, design: Design): FleetMember => {
  const office = officeId(id)
  if (!office.ok) throw new Error(`there is no office ${id}`)
  return {
    profile,
    office: office.value,
    product,
    async open({ folder, clock, watch, servers }) {
      const name = `saraban_${id}`
      const database = await (design.engine === 'mariadb'
        ? servers.mariadb(name)
        : servers.postgresql(name, design.bytes === undefined ? 'UTF8' : 'SQL_ASCII'))
      const { openDatabaseSystem } = await import('./system.ts')
      const system = await openDatabaseSystem(
        { office: office.value, product, design },
        { folder, database, clock, watch },
      )
      const values = {
        HOST: database.host,
        PORT: String(database.port),
        DATABASE: database.database,
        USER: database.user,
        PASSWORD: database.password,
        SCANS: system.shared.out,
        SCANS_IN: system.shared.in,
      }
      const environment = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`SARABAN_${id}_${key}`, value]),
      )
      return { system, environment }
    },
  }
}

export const members: readonly FleetMember[] = [
  member('62', 'kamphaeng-phet-sql', 'e-Saraban 2.1 (MyISAM)', version21),
  member('64', 'sukhothai-sql', 'e-Saraban 3.0 (MariaDB)', version30),
  member('65', 'phitsanulok-sql', 'e-Saraban 3.2 (MariaDB, TIS-620)', version32),
  member('66', 'phichit-sql', 'e-Saraban 4.0 (PostgreSQL)', version40),
  member('67', 'phetchabun-sql', 'e-Saraban 4.2 (PostgreSQL)', version42),
  member('73', 'nakhon-pathom-sql', 'PHP สารบรรณนครปฐม (MyISAM)', nakhonPathom),
  member('90', 'songkhla-sql', 'ระบบหนังสือสงขลา (PostgreSQL SQL_ASCII)', songkhla),
]
