// What can be done through the API: bring again, retry and dismiss what is in quarantine, reload. Who ordered it is the grant,
// and why is said; both are in the events.
import { problem } from '../../../problem/problem.ts'
import { alreadyOrdered } from '../../delivery/correction.ts'
import { type Resent, resend } from '../../delivery/resend.ts'
import { newId } from '../../desk.ts'
import { fullId } from '../../journal/asked.ts'
import { recordEvent } from '../../journal/events.ts'
import type { LetterRow } from '../../journal/letters.ts'
import { listedDelivery } from '../../journal/lists.ts'
import { listMembers } from '../../journal/members.ts'
import { insertOrder, type Order, orderGiven, waitingCorrection } from '../../journal/orders.ts'
import { searchLetters } from '../../journal/search.ts'
import { seesAbout } from './deliveries.ts'
import { scopeOf } from './letters.ts'
import {
  type Answered,
  type Call,
  flagAt,
  json,
  later,
  notThere,
  type Operation,
  textAt,
} from './operation.ts'
import type { ApiParts } from './parts.ts'
import { anId, listOf, messageId, object, officeId, ref, why } from './schemas.ts'

const resent = object({
  resent: listOf(
    object({ delivery: anId, brings: { type: 'string' }, office: officeId, state: { type: 'string' } }),
  ),
})

export function resendOperations(parts: ApiParts): readonly Operation[] {
  return [
    {
      id: 'resendLetter',
      method: 'POST',
      path: '/v1/letters/{messageId}/resend',
      right: 'resend',
      summary: 'Bring again what was refused or given up of a letter and its notices',
      description: 'Under the same message id, so that nothing doubles.',
      params: { messageId },
      body: object({ why, 'office?': { ...officeId, description: 'Only what goes to this office.' } }),
      answer: resent,
      handle: (call) => resendLetter(parts, call),
    },
    {
      id: 'resendDelivery',
      method: 'POST',
      path: '/v1/deliveries/{id}/resend',
      right: 'resend',
      summary: 'Bring a delivery again that was refused or given up',
      params: { id: anId },
      body: object({ why }),
      answer: resent,
      handle: (call) => resendDelivery(parts, call),
    },
    {
      id: 'reload',
      method: 'POST',
      path: '/v1/reload',
      right: 'reload',
      summary: 'Read profiles, certificates and keys again',
      description:
        'By every gateway on the journal, each its own files; at each of them all or nothing. Only for a grant for all offices.',
      body: object({
        why,
        'apply?': { type: 'boolean', description: 'false, or left out: only what would change is told.' },
      }),
      answer: ref('OrderedOfAll'),
      later: ref('OrderedOfAll'),
      handle: async (call) => {
        const { role, offices } = call.grant
        const right = 'reload for all offices'
        if (offices !== 'all')
          return {
            kind: 'problems',
            problems: [problem('api.role.lacks', 'request', undefined, { role, right })],
          }
        return orderOfAll(parts, call, { kind: 'reload', apply: flagAt(call.body, 'apply') })
      },
    },
    {
      id: 'readOrder',
      method: 'GET',
      path: '/v1/orders/{id}',
      right: 'read events',
      summary: 'What came of an order',
      description:
        'Of your own the whole answer. Of another’s, with a grant for all offices, who gave it and what came of it, in codes.',
      params: { id: anId },
      answer: ref('Ordered'),
      later: ref('Ordered'),
      handle: async ({ grant, params }) => {
        const id = params['id'] ?? ''
        const found = await orderGiven(parts.database.committed, id)
        const isOwn = found?.by === grant.name
        if (found === undefined || (!isOwn && grant.offices !== 'all')) return notThere('order', id)
        const said = { order: id, kind: found.kind, by: found.by }
        if (found.answer === undefined) return later(said)
        return json({ ...said, answer: isOwn ? told(found.answer) : inCodes(found.answer) })
      },
    },
  ]
}

async function resendLetter({ database, clock, due }: ApiParts, call: Call): Promise<Answered> {
  const id = fullId(call.params['messageId'] ?? '')
  const letters: LetterRow[] = []
  for (let from: Parameters<typeof searchLetters>[4]; ; ) {
    const page = await searchLetters(database.committed, { message: id }, scopeOf(call.grant), 200, from)
    letters.push(...page.letters)
    if (page.next === undefined) break
    from = page.next
  }
  const [first] = letters
  if (first === undefined) return notThere('letter', id)
  const office = textAt(call.body, 'office')
  const found = await resend(database, {
    messageId: first.messageId,
    recipients: letters.map(({ recipient }) => recipient),
    ...(office !== undefined && { office }),
    hasten: true,
    ...{ by: call.grant.name, why: whyOf(call), at: clock.now() },
  })
  const waiting =
    found.length === 0 ? await waitingCorrection(database.committed, first.messageId) : undefined
  if (waiting !== undefined) return { kind: 'problems', problems: [alreadyOrdered(first.number, waiting)] }
  return tellResent(found, id, due)
}

async function resendDelivery({ database, clock, due }: ApiParts, call: Call): Promise<Answered> {
  const id = call.params['id'] ?? ''
  const row = await listedDelivery(database.committed, id)
  if (row === undefined || row.letterRecipient === null || !seesAbout(call.grant, row))
    return notThere('delivery', id)
  const found = await resend(database, {
    messageId: row.about,
    recipients: [row.letterRecipient],
    delivery: id,
    hasten: true,
    ...{ by: call.grant.name, why: whyOf(call), at: clock.now() },
  })
  return tellResent(found, id, due)
}

function tellResent(found: readonly Resent[], id: string, due: ApiParts['due']): Answered {
  if (found.length === 0) return { kind: 'problems', problems: [problem('api.nothing-to-do', 'path', id)] }
  due(found.filter(({ delivery }) => delivery.mode === 'push').map(({ delivery }) => delivery))
  return json({
    resent: found.map(({ delivery: { id, office, state }, content }) => {
      return { delivery: id, brings: content, office, state }
    }),
  })
}

export const whyOf = ({ body }: Call): string => (textAt(body, 'why') ?? '').trim()

/** How long an answer is waited for, and how often it is looked for, in milliseconds. */
const longest = 10_000
const every = 200

/** Gives an order to whichever gateway leads, and waits a little for what comes of it. */
export async function order(parts: ApiParts, call: Call, said: Order): Promise<Answered> {
  const id = newId()
  await giveOrders(parts, call, said, [{ id, member: null }])
  const given = async () => (await orderGiven(parts.database.committed, id))?.answer
  const answer = await waitFor(parts, call, given)
  return answer === undefined ? later({ order: id }) : json({ order: id, answer: told(answer) })
}

/** Gives an order to every gateway on the journal. One that ends meanwhile is left out: it reads everything when it is started. */
async function orderOfAll(parts: ApiParts, call: Call, said: Order): Promise<Answered> {
  const { committed } = parts.database
  const members = await listMembers(committed)
  const orders = members.map(({ id, name }) => ({ id: newId(), member: id, name }))
  await giveOrders(parts, call, said, orders)
  let gateways: object[] = []
  const all = await waitFor(parts, call, async () => {
    let open = 0
    gateways = []
    for (const { id, name } of orders) {
      const given = await orderGiven(committed, id)
      if (given === undefined) continue
      const { answer } = given
      if (answer === undefined) open += 1
      gateways.push({ gateway: name, order: id, ...(answer !== undefined && { answer: told(answer) }) })
    }
    return open === 0 ? gateways : undefined
  })
  if (all === undefined) return later({ gateways })
  // Whoever had it has ended meanwhile.
  return all.length === 0
    ? { kind: 'problems', problems: [problem('gateway.unavailable', 'request')] }
    : json({ gateways: all })
}

/** Gives an order to each of some gateways; null: to whichever leads. */
async function giveOrders(
  { database, clock }: ApiParts,
  call: Call,
  said: Order,
  orders: readonly { readonly id: string; readonly member: string | null }[],
): Promise<void> {
  const by = call.grant.name
  const at = clock.now()
  await database.write(async (transaction) => {
    for (const { id, member } of orders) {
      await insertOrder(transaction, id, { ...said, by }, at, member)
      const facts = { order: id, kind: said.kind, by, why: whyOf(call) }
      await recordEvent(transaction, at, 'order.given', {}, facts)
    }
  })
}

/** Looks until there is something; undefined: there was nothing for too long, or whoever asked is gone. */
async function waitFor<Found>(
  { clock }: ApiParts,
  call: Call,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const until = clock.elapsed() + longest
  while (clock.elapsed() < until && call.here()) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise<void>((resolve) => void clock.schedule(clock.now() + every, resolve))
  }
  return undefined
}

/** The same for who did not give it: what stands against an order may quote the letter that it is about. */
function inCodes(answer: unknown): object {
  const { kind, messageId, recipients, problems } = told(answer) as Readonly<Record<string, unknown>>
  const codes = Array.isArray(problems) ? problems.map(({ code }: { code: string }) => code) : undefined
  const said = { kind, messageId, recipients, codes }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/** The answer to an order without names of files: those may be words of letters. */
function told(answer: unknown): object {
  if (typeof answer !== 'object' || answer === null) return {}
  if (!('places' in answer) || !Array.isArray(answer.places)) return answer
  const places = answer.places.map((place: { name?: unknown }) => {
    const { name: _name, ...rest } = place
    return rest
  })
  return { ...answer, places }
}
