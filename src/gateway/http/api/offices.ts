// /v1/offices and /v1/profiles: who is connected, who can be reached, and by which profile.
import { offices } from '../../../letter/offices.ts'
import { printInstant } from '../../../letter/time.ts'
import { countOpen } from '../../journal/deliveries.ts'
import { closedUntil, probeAt } from '../../journal/present.ts'
import { json, type Operation } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { concerns, seesLetter } from './roles.ts'
import { listOf, object, ref } from './schemas.ts'

export function officeOperations({ database, profiles }: ApiParts): readonly Operation[] {
  return [
    {
      id: 'listOffices',
      method: 'GET',
      path: '/v1/offices',
      right: 'see states',
      summary: 'Offices, and what waits for each',
      answer: object({ items: listOf(ref('Office')) }),
      handle: async ({ grant }) => {
        const { committed } = database
        const open = new Map<string, number>()
        for (const { office, count } of await countOpen(committed))
          open.set(office, (open.get(office) ?? 0) + Number(count))
        const connected = new Set<string>(profiles().map(({ office }) => office))
        const items = offices
          .filter(({ id }) => concerns(grant, id))
          .map(async ({ id, en, th }) => {
            const [probe, closed] = [await probeAt(committed, id), await closedUntil(committed, id)]
            return {
              ...{ id, name: en, nameThai: th, connected: connected.has(id) },
              // A count of all would tell how many secret ones there are.
              ...(seesLetter(grant, 'secret') && { open: open.get(id) ?? 0 }),
              reachable: probe === undefined,
              ...(probe !== undefined && { probeAt: printInstant(probe) }),
              ...(closed !== undefined && { closedUntil: printInstant(closed) }),
            }
          })
        return json({ items: await Promise.all(items) })
      },
    },
    {
      id: 'listProfiles',
      method: 'GET',
      path: '/v1/profiles',
      right: 'see states',
      summary: 'Profiles that are at work',
      answer: object({ items: listOf(ref('Profile')) }),
      handle: async ({ grant }) =>
        json({ items: profiles().filter(({ office }) => concerns(grant, office)) }),
    },
  ]
}
