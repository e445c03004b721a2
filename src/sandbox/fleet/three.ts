// The three systems that the short demonstration runs, as members: no server but their own, no package but the program's.
import { createHash, scryptSync } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type OfficeId, officeId } from '../../letter/offices.ts'
import type { Random } from '../../letter/time.ts'
import { openCsvSystem } from '../systems/csv.ts'
import { openEcmsSystem } from '../systems/ecms.ts'
import { openJsonSystem } from '../systems/json.ts'
import type { FleetMember } from './member.ts'

export const csvFolder: FleetMember = {
  profile: 'chiang-mai-csv',
  office: province('50'),
  product: 'แฟ้มร่วม CSV',
  async open({ folder, clock, watch }) {
    const shared = (name: string): string => {
      const path = join(folder, name)
      mkdirSync(path, { recursive: true })
      return path
    }
    const folders = {
      send: shared('send'),
      sendNotices: shared('send-notices'),
      receive: shared('receive'),
      notices: shared('notices'),
    }
    const own = join(folder, 'own')
    return {
      system: openCsvSystem({ folder: own, office: csvFolder.office, shared: folders, clock, watch }),
      environment: {
        SARABAN_50_SEND: folders.send,
        SARABAN_50_SEND_NOTICES: folders.sendNotices,
        SARABAN_50_RECEIVE: folders.receive,
        SARABAN_50_NOTICES: folders.notices,
      },
    }
  },
}

/** The JSON system, whose clients call the gateway with this key. */
export const jsonOverHttp = (key: string): FleetMember => ({
  profile: 'chiang-rai-json',
  office: province('57'),
  product: 'JSON over HTTP',
  async open({ folder, clock, random, watch, gateway }) {
    const gatewayKey = secret(random)
    const json = await openJsonSystem({
      folder,
      office: province('57'),
      letters: `${gateway.http}/v1/systems/57/letters`,
      notices: `${gateway.http}/v1/systems/57/notices`,
      key,
      gatewayKey,
      port: 0,
      clock,
      watch,
    })
    return {
      system: json,
      environment: {
        SARABAN_57_KEY_SHA256: createHash('sha256').update(key).digest('hex'),
        SARABAN_57_TOKEN: gatewayKey,
        SARABAN_57_LETTERS_URL: `http://127.0.0.1:${json.port}/letters`,
        SARABAN_57_NOTICES_URL: `http://127.0.0.1:${json.port}/notices`,
      },
    }
  },
})

export const ecmsSoap: FleetMember = {
  profile: 'phatthalung-ecms',
  office: province('93'),
  product: 'e-CMS',
  async open({ folder, clock, random, watch, gateway }) {
    const [user, password, url] = ['phatthalung', secret(random), `${gateway.http}/e-cms/93`]
    return {
      system: openEcmsSystem({ folder, office: ecmsSoap.office, url, user, password, clock, watch }),
      environment: {
        SARABAN_93_USER: user,
        SARABAN_93_SCRYPT: scryptOf(password, random),
        SARABAN_93_ADDRESS: '127.0.0.1',
        SARABAN_93_URL: url,
      },
    }
  },
}

function province(id: string): OfficeId {
  const office = officeId(id)
  if (!office.ok) throw new Error(`there is no office ${id}`)
  return office.value
}

export const secret = (random: Random): string => Buffer.from(random(18)).toString('base64url')

/** `<salt hex>:<hash hex>`, as a profile's `access` wants it. */
function scryptOf(password: string, random: Random): string {
  const salt = Buffer.from(random(16))
  return `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`
}
