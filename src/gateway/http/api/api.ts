// The operators' API, put together.
import type { FastifyInstance } from 'fastify'
import type { AtWork } from '../../at-work.ts'
import { modeOf } from '../../at-work.ts'
import type { Desk } from '../../desk.ts'
import type { ApiSettings } from '../../settings-api.ts'
import { Grants } from './access.ts'
import { resendOperations } from './acts.ts'
import { cursorsOf } from './cursor.ts'
import { deliveryOperations } from './deliveries.ts'
import { eventOperations } from './events.ts'
import { letterOperations } from './letters.ts'
import { noticeOperations } from './notices.ts'
import { officeOperations } from './offices.ts'
import type { Operation } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { apiPlugin } from './plugin.ts'
import { quarantineOperations } from './quarantine.ts'

/** Every operation, by resource. */
export const operationsOf = (parts: ApiParts): readonly (readonly Operation[])[] => [
  letterOperations(parts),
  noticeOperations(parts),
  deliveryOperations(parts),
  officeOperations(parts),
  quarantineOperations(parts),
  eventOperations(parts),
  resendOperations(parts),
]

/** The API as a Fastify plugin; undefined where the settings open none. */
export async function openApi(
  settings: ApiSettings | undefined,
  { database, clock, random, due }: Desk,
  atWork: AtWork,
): Promise<((server: FastifyInstance) => Promise<void>) | undefined> {
  if (settings === undefined) return undefined
  const cursors = await cursorsOf(database, random)
  const profiles = () =>
    [...atWork.systems.values()].map(({ system: { id, office, version, format }, adapter }) => {
      return { id, office, version, format, mode: modeOf(adapter), sealsItself: adapter.receipts }
    })
  const parts = { database, clock, cursors, profiles, due }
  return apiPlugin(new Grants(settings.grants), operationsOf(parts))
}
