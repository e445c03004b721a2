// The operators' API, put together.
import type { FastifyInstance } from 'fastify'
import { newMessageId } from '../../../letter/time.ts'
import type { Desk } from '../../desk.ts'
import type { AtWork } from '../../installation/at-work.ts'
import { modeOf } from '../../installation/at-work.ts'
import { correctLetter, foreseeCorrection } from '../../intake/correct.ts'
import type { ApiSettings } from '../../settings/api.ts'
import type { Grants } from './access.ts'
import { resendOperations } from './acts.ts'
import { correctOperations } from './correct.ts'
import { cursorsOf } from './cursor.ts'
import { deliveryOperations } from './deliveries.ts'
import { eventOperations } from './events.ts'
import { letterOperations } from './letters.ts'
import { noticeOperations } from './notices.ts'
import { officeOperations } from './offices.ts'
import type { Operation } from './operation.ts'
import type { ApiParts, Corrections } from './parts.ts'
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
  correctOperations(parts),
]

/** The API as a Fastify plugin; undefined where the settings open none. */
export async function openApi(
  settings: ApiSettings | undefined,
  grants: Grants,
  desk: Desk,
  atWork: AtWork,
): Promise<((server: FastifyInstance) => Promise<void>) | undefined> {
  if (settings === undefined) return undefined
  const { database, clock, random, due, attachments } = desk
  const cursors = await cursorsOf(database, random)
  const profiles = () =>
    [...atWork.systems.values()].map(({ system: { id, office, version, format }, adapter }) => {
      return { id, office, version, format, mode: modeOf(adapter), sealsItself: adapter.receipts }
    })
  const corrections: Corrections = {
    foresee: (correction, brought) => foreseeCorrection(desk, correction, brought),
    make: (order) => correctLetter(desk, order),
    newMessageId: () => newMessageId(clock, random),
  }
  const parts = { database, clock, cursors, profiles, attachments, corrections, due }
  return apiPlugin(grants, operationsOf(parts), clock)
}
