// /v1/deliveries and their attempts: what is on its way, what did not arrive, and what was tried.

import { fullId } from '../../journal/asked.ts'
import { attemptsOf } from '../../journal/attempts.ts'
import {
  type DeliverySearch,
  deliveriesBefore,
  isMeantDelivery,
  type ListedDelivery,
  listedDelivery,
} from '../../journal/lists.ts'
import { walk } from '../../journal/walk.ts'
import { type Answered, type Call, flagAt, json, notThere, type Operation, textAt } from './operation.ts'
import { isProblem, pagingOf } from './paging.ts'
import type { ApiParts } from './parts.ts'
import { concerns, type Grant, readsText, seesLetter } from './roles.ts'
import { anId, cursor, deliveryStates, limit, messageId, officeId, oneOf, pageOf, ref } from './schemas.ts'
import { attemptView, deliveryView } from './views.ts'

export function deliveryOperations(parts: ApiParts): readonly Operation[] {
  const { database, cursors } = parts
  return [
    {
      id: 'listDeliveries',
      method: 'GET',
      path: '/v1/deliveries',
      right: 'see states',
      summary: 'Deliveries, the newest first',
      query: {
        letter: { ...messageId, description: 'Of this letter, and of the notices about it.' },
        office: { ...officeId, description: 'To this office.' },
        state: oneOf(deliveryStates),
        open: { type: 'boolean', description: 'true: only what is not through yet.' },
        limit,
        cursor,
      },
      answer: pageOf(ref('Delivery')),
      handle: (call) => list(parts, call),
    },
    {
      id: 'readDelivery',
      method: 'GET',
      path: '/v1/deliveries/{id}',
      right: 'see states',
      summary: 'A delivery',
      params: { id: anId },
      answer: ref('Delivery'),
      handle: async (call) => {
        const row = await seen(parts, call)
        return row === undefined ? notThere('delivery', call.params['id'] ?? '') : json(deliveryView(row))
      },
    },
    {
      id: 'listAttempts',
      method: 'GET',
      path: '/v1/deliveries/{id}/attempts',
      right: 'see states',
      summary: 'The attempts of a delivery, the last first',
      params: { id: anId },
      query: { limit, cursor },
      answer: pageOf(ref('Attempt')),
      handle: async (call) => {
        const paging = pagingOf(cursors, 'attempts', call)
        if (isProblem(paging)) return { kind: 'problems', problems: [paging] }
        const row = await seen(parts, call)
        if (row === undefined) return notThere('delivery', call.params['id'] ?? '')
        const before = Number(paging.from?.[0] ?? Number.MAX_SAFE_INTEGER)
        const attempts = (await attemptsOf(database.committed, row.id)).reverse()
        const rest = attempts.filter(({ number }) => number < before)
        const shown = rest.slice(0, paging.limit)
        const last = shown.at(-1)
        const readable = readsText(call.grant, row.secrecy)
        return json({
          items: shown.map((attempt) => attemptView(attempt, readable)),
          ...(last !== undefined && rest.length > shown.length && { next: paging.cursorAt([last.number]) }),
        })
      },
    },
  ]
}

/** Whether a grant may see a delivery or a notice: as the letter that it is about. */
export const seesAbout = (
  grant: Grant,
  {
    letterSender,
    letterRecipient,
    secrecy,
  }: Pick<ListedDelivery, 'letterSender' | 'letterRecipient' | 'secrecy'>,
): boolean => secrecy !== null && concerns(grant, letterSender, letterRecipient) && seesLetter(grant, secrecy)

async function seen({ database }: ApiParts, { grant, params }: Call): Promise<ListedDelivery | undefined> {
  const row = await listedDelivery(database.committed, params['id'] ?? '')
  return row !== undefined && seesAbout(grant, row) ? row : undefined
}

async function list({ database, cursors }: ApiParts, call: Call): Promise<Answered> {
  const paging = pagingOf(cursors, 'deliveries', call)
  if (isProblem(paging)) return { kind: 'problems', problems: [paging] }
  const { query, grant } = call
  const letter = textAt(query, 'letter')
  const [office, state] = [textAt(query, 'office'), textAt(query, 'state')]
  const search: DeliverySearch = {
    ...(letter !== undefined && { letter: fullId(letter) }),
    ...(office !== undefined && { office }),
    ...(state !== undefined && { state }),
    ...(flagAt(query, 'open') && { open: true }),
  }
  const page = await walk(
    (before) => deliveriesBefore(database.committed, search, before),
    ({ seq }) => seq,
    (row) => isMeantDelivery(row, search) && seesAbout(grant, row),
    paging.limit,
    Number(paging.from?.[0] ?? Number.MAX_SAFE_INTEGER),
  )
  return json({
    items: page.items.map(deliveryView),
    ...(page.next !== undefined && { next: paging.cursorAt([page.next]) }),
  })
}
