// /v1/quarantine: what could not be taken, why, and how a person ends it.

import { problem } from '../../../problem/problem.ts'
import type { QuarantineRow, QuarantineState } from '../../journal/quarantine.ts'
import { dismissQuarantined, quarantineBefore, quarantinedById } from '../../journal/quarantine.ts'
import { walk } from '../../journal/walk.ts'
import { order, whyOf } from './acts.ts'
import { type Answered, type Call, flagAt, json, notThere, type Operation, textAt } from './operation.ts'
import { isProblem, pagingOf } from './paging.ts'
import type { ApiParts } from './parts.ts'
import { concerns, type Grant, readsText, seesLetter } from './roles.ts'
import { anId, cursor, limit, object, officeId, oneOf, pageOf, ref, text, why } from './schemas.ts'
import { quarantinedView } from './views.ts'

const states: readonly QuarantineState[] = ['waiting', 'taken', 'replaced', 'dismissed']

export function quarantineOperations(parts: ApiParts): readonly Operation[] {
  const { database, clock } = parts
  return [
    {
      id: 'listQuarantine',
      method: 'GET',
      path: '/v1/quarantine',
      right: 'see quarantine',
      summary: 'What is in quarantine, the newest first',
      query: {
        state: { ...oneOf(states), default: 'waiting' },
        office: officeId,
        cause: text('One of its reasons has this code.', 100),
        limit,
        cursor,
      },
      answer: pageOf(ref('Quarantined')),
      handle: (call) => list(parts, call),
    },
    {
      id: 'readQuarantined',
      method: 'GET',
      path: '/v1/quarantine/{id}',
      right: 'see quarantine',
      summary: 'One place in quarantine',
      params: { id: anId },
      answer: ref('Quarantined'),
      handle: async (call) => {
        const row = await seen(parts, call)
        return row === undefined ? notThere('place', call.params['id'] ?? '') : json(shown(call.grant, row))
      },
    },
    {
      id: 'retryQuarantined',
      method: 'POST',
      path: '/v1/quarantine/{id}/retry',
      right: 'settle quarantine',
      summary: 'Read a place again by the profile as it is now',
      params: { id: anId },
      body: object({
        why,
        'believe?': {
          type: 'boolean',
          description: 'You have made sure that its office sent it and means it, which is not proved.',
        },
      }),
      answer: ref('Ordered'),
      later: ref('Ordered'),
      handle: async (call) => {
        const row = await seen(parts, call)
        if (row === undefined) return notThere('place', call.params['id'] ?? '')
        if (row.state === 'taken' || row.state === 'replaced')
          return { kind: 'problems', problems: [problem('api.nothing-to-do', 'path', row.id)] }
        const words = { by: call.grant.name, why: whyOf(call), believe: flagAt(call.body, 'believe') }
        const dismissed = row.state === 'dismissed'
        return order(parts, call, { kind: 'retry', ids: [row.id], ...words, dismissed })
      },
    },
    {
      id: 'dismissQuarantined',
      method: 'POST',
      path: '/v1/quarantine/{id}/dismiss',
      right: 'settle quarantine',
      summary: 'Nothing is to come of a place: it stays listed as dismissed, and is kept',
      params: { id: anId },
      body: object({ why }),
      answer: ref('Quarantined'),
      handle: async (call) => {
        const row = await seen(parts, call)
        if (row === undefined) return notThere('place', call.params['id'] ?? '')
        const words = { by: call.grant.name, why: whyOf(call) }
        const done = await database.write((transaction) =>
          dismissQuarantined(transaction, row, words, clock.now()),
        )
        if (!done) return { kind: 'problems', problems: [problem('api.nothing-to-do', 'path', row.id)] }
        const after = await seen(parts, call)
        return json(shown(call.grant, after ?? row))
      },
    },
  ]
}

/** A place of which nobody knows how secret it is, is seen; what it says is shown to those who may read secret letters. */
const isSeen = (grant: Grant, { office, secrecy }: QuarantineRow): boolean =>
  concerns(grant, office) && (secrecy === null || seesLetter(grant, secrecy))

const shown = (grant: Grant, row: QuarantineRow): object =>
  quarantinedView(row, readsText(grant, row.secrecy))

async function seen({ database }: ApiParts, { grant, params }: Call): Promise<QuarantineRow | undefined> {
  const row = await quarantinedById(database.committed, params['id'] ?? '')
  return row !== undefined && isSeen(grant, row) ? row : undefined
}

async function list({ database, cursors }: ApiParts, call: Call): Promise<Answered> {
  const paging = pagingOf(cursors, 'quarantine', call)
  if (isProblem(paging)) return { kind: 'problems', problems: [paging] }
  const { query, grant } = call
  const state = states.find((each) => each === textAt(query, 'state')) ?? 'waiting'
  const [office, cause] = [textAt(query, 'office'), textAt(query, 'cause')]
  const [at = Number.MAX_SAFE_INTEGER, id = ''] = paging.from ?? []
  const page = await walk<QuarantineRow, readonly [number, string]>(
    (before) => quarantineBefore(database.committed, state, before),
    (row) => [row.at, row.id],
    (row) =>
      (office === undefined || row.office === office) &&
      (cause === undefined || row.problems.some(({ code }) => code === cause)) &&
      isSeen(grant, row),
    paging.limit,
    [Number(at), String(id)],
  )
  return json({
    items: page.items.map((row) => shown(grant, row)),
    ...(page.next && { next: paging.cursorAt(page.next) }),
  })
}
