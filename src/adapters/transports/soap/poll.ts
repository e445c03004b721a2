// Polls a province's own server: the head of its queue, the commit here, then the delete there. Neither is tried again within
// a look: a head that was not deleted is met again at the next one, is known here, and is deleted then.
import { problem } from '../../../problem/problem.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { Findings } from '../../formats/e-cms/gather.ts'
import type { Operation } from '../../formats/e-cms/names.ts'
import { xmlWriter } from '../../formats/e-cms/write-xml.ts'
import { textOf } from '../../formats/e-cms/xml.ts'
import { tooLarge } from '../keeping.ts'
import { looking } from '../looking.ts'
import { brokenItem, digestOf, itemIn } from './heard.ts'
import { LargeHead } from './large-head.ts'
import type { Answered, Peer } from './peer.ts'
import { type ErrorCodes, isDone, loggable, meaningOf } from './verdict.ts'

export interface Polling {
  readonly peer: Peer
  readonly codes: ErrorCodes
  /** Milliseconds between two looks. */
  readonly every: number
  /** Bytes of an answer. */
  readonly limit: number
}

export interface Poll {
  start(verbs: AdapterVerbs): Promise<void>
  stop(): Promise<void>
}

/** Items of one look; what is beyond waits for the next one. */
const most = 1_000

/** What ended a look before the queue was empty: an event of the log and its facts. */
interface Trouble {
  readonly event: string
  readonly facts: Readonly<Record<string, string>>
  /** The head is large and stays: nobody fetches it again at every look. */
  readonly large?: true
}

interface Head {
  readonly processId: string
  readonly digest: string
  readonly document: 'letter' | 'notice'
  readonly bytes: Buffer
  /** Larger than may be read: the whole answer is in the gateway's keeping. */
  readonly unread?: { readonly sha256: string; readonly size: number }
}

/** Milliseconds until a large head that stays is fetched again: somebody has to mend it. */
const patience = 5 * 60_000

/** Bytes of an item, at most, that are kept unread (design §5.3). */
const largest = 2 * 1024 ** 3

const offeredAs = (handover: string) =>
  ({
    name: 'CorrespondenceLetterInboundResponse',
    beside: new Map(),
    handover,
    sender: 'gone',
    final: true,
  }) as const

export function pollOf({ peer, codes, every, limit }: Polling): Poll {
  let ending = new AbortController()
  const repeated = looking({ look: round, every, failed: { event: 'soap.failed' } })
  let troubled = ''
  /** The head that was committed here last: while its delete is lost it is not offered again and again. */
  let stored = ''
  /** What was told last of a head that stays. */
  let stuck = ''

  const call = (operation: Operation, content: string, now: number): Promise<Answered> =>
    peer.call({
      operation,
      content: Buffer.from(content),
      id: `${operation}.${now}`,
      limit,
      signal: ending.signal,
    })

  async function look(verbs: AdapterVerbs): Promise<Trouble | undefined> {
    let deleted = ''
    for (let count = 0; count < most && !ending.signal.aborted; count += 1) {
      const answer = await call('CorrespondenceLetterInboundRequest', '', verbs.clock.now())
      const beyond = answer.kind === 'lost' && answer.beyond === true
      const head = beyond ? await largeHead(verbs) : headOf(answer, codes)
      if (head === undefined || 'event' in head) return head
      const facts = { process: loggable([{ code: head.processId, description: '', standard: false }]) }
      const large = head.unread && ({ large: true } as const)
      if (head.digest === deleted) return { event: 'soap.head-stays', facts, ...large }
      const left = await store(head, verbs)
      if (left !== undefined) return left
      if (head.processId === '') return { event: 'soap.no-process-id', facts: {} }
      const kept = await remove(head.processId, verbs)
      if (kept !== undefined) return { ...kept, ...large }
      deleted = head.digest
    }
    return undefined
  }

  /** A head that is larger than may be read would stand before all others for ever: it is kept whole, for a person. */
  async function largeHead(verbs: AdapterVerbs): Promise<Head | Trouble> {
    const operation = 'CorrespondenceLetterInboundRequest'
    const now = verbs.clock.now()
    const seen = new LargeHead()
    const request = { operation, content: Buffer.alloc(0), id: `${operation}.${now}`, limit } as const
    const kept = await peer
      .pour({ ...request, signal: ending.signal }, async (status, body) =>
        status < 300 ? verbs.keep(seen.past(body), largest) : { status },
      )
      .catch((error: unknown) => {
        if (tooLarge(error)) return { stuck: `an item of more than ${largest} bytes` }
        throw error
      })
    if ('kind' in kept) return troubleOf(kept, operation)
    if ('status' in kept)
      return { event: 'soap.unavailable', facts: { operation, reason: `HTTP ${kept.status}` } }
    if ('stuck' in kept) return stuckHead(kept.stuck, largest, verbs)
    const found = seen.found()
    return found === undefined
      ? stuckHead('an item whose ProcessID is not found', kept.size, verbs)
      : { ...found, bytes: Buffer.alloc(0), unread: kept }
  }

  /** Told in quarantine once, and as a trouble of the place as long as it lasts. */
  async function stuckHead(reason: string, size: number, verbs: AdapterVerbs): Promise<Trouble> {
    const details = { size, limit, reason }
    const doubts = [problem('ecms.head.stuck', '', undefined, details)] as const
    const told = { document: 'letter', bytes: Buffer.alloc(0), unread: { size }, doubts } as const
    const now = `${size} ${reason}`
    if (stuck !== now) {
      const taken = await verbs.take({ ...told, ...offeredAs('soap head') }).catch(() => undefined)
      if (taken !== undefined) stuck = now
    }
    const facts = { reason: `the queue stands: ${reason} [ecms.head.stuck]` }
    return { event: 'soap.unavailable', facts, large: true }
  }

  /** The commit comes first, and nothing is deleted there that is not whole here. */
  async function store(head: Head, verbs: AdapterVerbs): Promise<Trouble | undefined> {
    if (head.digest === stored) return undefined
    const taken = await verbs
      .take({
        document: head.document,
        bytes: head.bytes,
        ...offeredAs(`soap ${head.digest}`),
        ...(head.unread && {
          unread: head.unread,
          doubts: [problem('ecms.head.too-large', '', undefined, { size: head.unread.size, limit })],
        }),
      })
      .catch(() => undefined)
    const kept = taken?.every(({ kind }) => kind === 'taken' || kind === 'known' || kind === 'quarantined')
    if (kept !== true || taken?.length === 0) return { event: 'soap.not-taken', facts: {} }
    stored = head.digest
    return undefined
  }

  /** Nothing when the server has deleted the item, or has it no more. */
  async function remove(processId: string, verbs: AdapterVerbs): Promise<Trouble | undefined> {
    const operation = 'CorrespondenceLetterDeleteRequest'
    const found = new Findings()
    const id = xmlWriter(found).leaf('ProcessID', processId)
    const answer = await call(operation, id.xml, verbs.clock.now())
    const said = answer.kind === 'heard' && answer.heard.status < 300 ? answer.heard.said : undefined
    if (said?.errors.length === 0 && isDone(said, operation)) return undefined
    if (said !== undefined && meaningOf(said.errors, codes) === 'nothing') return undefined
    return troubleOf(answer, operation)
  }

  async function round(verbs: AdapterVerbs): Promise<number | undefined> {
    const trouble = await look(verbs)
    if (ending.signal.aborted) return undefined
    const now = trouble === undefined ? '' : JSON.stringify(trouble)
    if (trouble === undefined) stuck = ''
    // Once for each trouble, not at every look.
    if (trouble !== undefined && now !== troubled) verbs.report(trouble.event, trouble.facts)
    if (trouble === undefined && troubled !== '') verbs.report('soap.available', {})
    troubled = now
    return trouble?.large === true ? Math.max(every, patience) : undefined
  }

  return {
    start: (verbs) => {
      ending = new AbortController()
      return repeated.start(verbs)
    },
    stop: () => {
      ending.abort()
      return repeated.stop()
    },
  }
}

/** The head of the queue; nothing when none waits. */
function headOf(answer: Answered, codes: ErrorCodes): Head | Trouble | undefined {
  const operation = 'CorrespondenceLetterInboundRequest'
  if (answer.kind === 'lost' || answer.heard.status >= 300) return troubleOf(answer, operation)
  const { said, bytes } = answer.heard
  if (said === undefined) {
    const broken = brokenItem(bytes)
    const document = bytes.includes('LetterNotifier>') ? 'notice' : 'letter'
    return broken === undefined ? troubleOf(answer, operation) : { ...broken, document, bytes }
  }
  if (said.errors.length > 0)
    return meaningOf(said.errors, codes) === 'nothing' ? undefined : troubleOf(answer, operation)
  const { answer: element, processId } = said
  if (element === undefined || !/Inbound/.test(element.local)) return troubleOf(answer, operation)
  const item = itemIn(element)
  // A number and nothing under it: no item that could be kept, so nothing is deleted.
  if (item === undefined || (processId === '' && textOf(item) === '' && item.children.length === 0))
    return undefined
  const document = item.local === 'GovernmentDocument' ? 'letter' : 'notice'
  return { processId, digest: digestOf(processId, item), document, bytes }
}

function troubleOf(answer: Answered, operation: Operation): Trouble {
  if (answer.kind === 'lost')
    return { event: 'soap.unavailable', facts: { operation, reason: answer.reason } }
  const { status, said } = answer.heard
  const errors = said?.errors ?? []
  const reason = `HTTP ${status}`
  return errors.length === 0
    ? {
        event: 'soap.unavailable',
        facts: { operation, reason: status < 300 ? `${reason}, no answer of the exchange` : reason },
      }
    : { event: 'soap.refused', facts: { operation, reason, codes: loggable(errors) } }
}
