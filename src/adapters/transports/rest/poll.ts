// Polls a server: what waits is listed or the head of a queue is asked for, each document is offered, and only after the
// commit the server is told. Whatever fails in between leaves the document there, and it is offered again under the same
// handover.
import type { IncomingHttpHeaders } from 'node:http'
import { pipeline, type Readable, Transform } from 'node:stream'
import { problem } from '../../../problem/problem.ts'
import type { AdapterVerbs } from '../../contract.ts'
import { milliseconds } from '../../quantities.ts'
import { saidLength } from '../gathered.ts'
import { tooLarge } from '../keeping.ts'
import { type Looking, looking } from '../looking.ts'
import { addressIn } from './addresses.ts'
import { soundBody, troubleOf, wholeOf } from './client.ts'
import { documentIn, type Found } from './document.ts'
import type { Trouble, Whole } from './exchange.ts'
import { itemsAt, type JsonText, nodeAt, partOf, rawOf, readJsonText, textAt } from './json-text.ts'
import { KeyScan } from './key-scan.ts'
import { type Offered, offerer, type Patience } from './offer.ts'
import type { PollOptions } from './options.ts'
import type { PollSettings } from './settings.ts'
import { addressOf } from './template.ts'

/** Documents of one look, at most; those beyond wait for the next. */
const most = 1000
/** A server that asks for more patience, or that a person has to mend. */
const longest = 60 * 60_000
const patience = 5 * 60_000

export function restPoll(settings: PollSettings): Looking {
  const { client, base, options, channel, limit, attachmentLimit } = settings
  const every = milliseconds(options.every)
  const offer = offerer(settings)
  const repeated = looking({ look: round, every, failed: { event: 'rest.failed', facts: { channel } } })
  const { stopped } = repeated
  let troubled = ''
  /** Items of the last look that have no key. */
  let withoutKey = 0
  /** Milliseconds of patience that servers of files asked for in this look. */
  let patient = 0
  /** Whether the last look left a part of the list unread. */
  let cut = false

  const get = (url: URL): Promise<Whole | Trouble> => client.ask({ method: 'GET', url }, wholeOf(limit))

  /** One look; the trouble that ended it. */
  async function look(verbs: AdapterVerbs): Promise<Trouble | undefined> {
    if (options.head !== undefined) return lookAtHead(options.head, verbs)
    const listed = await list(verbs)
    if ('kind' in listed) return listed
    const dead = new Set<string>()
    for (const same of listed) {
      // What acknowledges the key comes last: nothing of it may be gone there that is not whole here.
      for (const found of same.toReversed()) {
        if (stopped()) return undefined
        const offered = await offer(found, verbs, dead)
        if (isTrouble(offered)) return offered
        if (isLeft(offered)) break
      }
    }
    return undefined
  }

  /** All that waits by key, each once, whatever its order: a page that changes while we read only leaves more for the next look. */
  async function list(verbs: AdapterVerbs): Promise<readonly (readonly Found[])[] | Trouble> {
    const { list: said } = options
    if (said === undefined) throw new Error('a poll without a list was not checked')
    const found = new Map<string, Listed[]>()
    let [keyless, count] = [0, 0]
    const paged = said.path.includes('{page}')
    let unread: URL | undefined = pageAddress(base, said.path, said.first)
    // Addresses that were asked, or pages that were seen: one that comes again ends the list. An empty page with a next
    // address does not, nor one on which nothing has a key: servers that filter after paging give such.
    const met = new Set<string>()
    for (let page = 0; page < said.pages && count < most && !stopped(); page += 1) {
      if (unread === undefined) break
      const address: URL = unread
      unread = undefined
      met.add(address.href)
      const answer = await get(address)
      const text = jsonOf(answer, verbs)
      if ('kind' in text) return text
      const items = itemsAt(text, nodeAt(text.root, said.items))
      if (items === undefined) return notAsSaid(`no list at ${said.items}`)
      const keys = items.map((item) => textAt(text, nodeAt(item, said.key)) ?? '')
      for (const [index, item] of items.entries()) {
        const key = keys[index] ?? ''
        // Nobody could be told that it was taken; its neighbours go on.
        if (key === '') keyless += 1
        else if (added(found, { key, item: partOf(text, item), address })) count += 1
      }
      if (said.next !== undefined) {
        const next = textAt(text, nodeAt(text.root, said.next)) ?? ''
        if (next === '') break
        const following = URL.canParse(next, address.href) ? new URL(next, address) : undefined
        if (following?.origin !== base.origin) return notAsSaid('a next page of another server')
        if (!met.has(following.href)) unread = following
      } else if (paged) {
        const seen = JSON.stringify(items.map((item, index) => keys[index] || rawOf(text, item)))
        // The same page again and again is how a server says that there are no more.
        if (items.length === 0 || met.has(seen)) break
        met.add(seen)
        unread = pageAddress(base, said.path, said.first + page + 1)
      }
    }
    const left = unread !== undefined && !stopped()
    if (left && !cut) verbs.report('rest.list-cut', { channel, documents: count })
    cut = left
    if (keyless > 0 && keyless !== withoutKey) verbs.report('rest.without-key', { channel, count: keyless })
    withoutKey = keyless
    return [...found.values()].slice(0, most)
  }

  /**
   * Whether an item is one that was not met: pages that move say the same one twice. Another one under a key that was met is
   * the next of that key, unless the key is only where the document is asked for.
   */
  function added(found: Map<string, Listed[]>, item: Listed): boolean {
    const same = found.get(item.key)
    if (same === undefined) found.set(item.key, [item])
    else if (options.document !== undefined || same.some((each) => isSame(each.item, item.item))) return false
    else same.push({ ...item, another: true })
    return true
  }

  async function lookAtHead(
    head: NonNullable<PollOptions['head']>,
    verbs: AdapterVerbs,
  ): Promise<Trouble | undefined> {
    const address = addressIn(base, head.path)
    const dead = new Set<string>()
    const met = new Set<string>()
    for (let count = 0; count < most && !stopped(); count += 1) {
      const answer = await get(address)
      if (answer.kind === 'trouble') return answer
      if (answer.status === 204 || answer.status === 404) return undefined
      if (answer.status === 200 && answer.bytes !== undefined && isNothing(answer.bytes)) return undefined
      const found =
        answer.bytes === undefined && answer.status >= 200 && answer.status < 300
          ? await largeHead(head, address, verbs)
          : headOf(head, answer, address, verbs)
      if (found === undefined) return undefined
      if ('said' in found) return found
      // It was acknowledged and is the head all the same.
      if (met.has(found.key)) return notAsSaid('the same head after it was acknowledged')
      met.add(found.key)
      const offered = await offer(found, verbs, dead)
      if (isTrouble(offered)) return offered
      if (isLeft(offered)) return undefined
    }
    return undefined
  }

  /**
   * A head that is larger than may be read would stand before all others for ever: it is kept whole, for a person. One that
   * cannot be kept, or whose key nobody finds, stays where it is: without its key it cannot be taken out of the queue.
   */
  async function largeHead(
    { key: where }: NonNullable<PollOptions['head']>,
    url: URL,
    verbs: AdapterVerbs,
  ): Promise<Found | Trouble> {
    const found = await client.ask(
      { method: 'GET', url },
      async (answer): Promise<Found | Stuck | Trouble> => {
        if (answer.status < 200 || answer.status > 299) return troubleOf(answer, verbs.clock.now())
        const body = soundBody(answer)
        const size = saidLength(answer.headers['content-length']) ?? attachmentLimit
        if (size > attachmentLimit) return { stuck: tooLargeToKeep, size }
        const scan = where.header === undefined ? new KeyScan(where.at ?? '') : undefined
        const said = where.header === undefined ? undefined : keyIn(answer.headers, where.header)
        if (scan === undefined && said === undefined) return { stuck: `no header ${where.header}`, size }
        try {
          const unread = await verbs.keep(scan === undefined ? body : past(body, scan), attachmentLimit)
          const key = said ?? scan?.key()
          if (key === undefined) return { stuck: `no key at ${where.at}`, size: unread.size }
          return { key, unread, address: url }
        } catch (error) {
          if (tooLarge(error)) return { stuck: tooLargeToKeep, size }
          throw error
        }
      },
    )
    return 'stuck' in found ? stuckHead(found, verbs) : found
  }

  /** Told in quarantine once, and as a trouble of the place as long as it lasts. */
  async function stuckHead({ stuck, size }: Stuck, verbs: AdapterVerbs): Promise<Trouble> {
    const details = { size, limit: attachmentLimit, reason: stuck }
    await verbs
      .take({
        document: channel === 'sendNotices' ? 'notice' : 'letter',
        name: `${channel} head`,
        bytes: Buffer.alloc(0),
        unread: { size },
        beside: new Map(),
        handover: `rest ${channel} head`,
        sender: 'gone',
        final: true,
        doubts: [problem('adapter.rest.head-stuck', '', undefined, details)],
      })
      .catch(() => verbs.report('rest.not-taken', { channel, document: `rest ${channel} head` }))
    // A person has to mend it: nobody fetches gigabytes again and again until then.
    return { ...notAsSaid(`the queue stands: ${stuck} [adapter.rest.head-stuck]`), closed: true }
  }

  function headOf(
    { key: where }: NonNullable<PollOptions['head']>,
    answer: Whole,
    address: URL,
    verbs: AdapterVerbs,
  ): Found | Trouble | undefined {
    if (where.header !== undefined) {
      const refused = refusedAnswer(answer, verbs)
      if (refused !== undefined) return refused
      const key = keyIn(answer.headers, where.header)
      if (key === undefined) return notAsSaid(`no header ${where.header}`)
      return { key, bytes: answer.bytes ?? Buffer.alloc(0), address }
    }
    const text = jsonOf(answer, verbs)
    if ('kind' in text) return text
    const key = textAt(text, nodeAt(text.root, where.at ?? ''))
    // `{ "data": null }` is an empty queue, too.
    if (key === undefined || key === '')
      return documentIn(text, options.at) === undefined ? undefined : notAsSaid(`no ${where.at}`)
    return { key, item: text, address }
  }

  function jsonOf(answer: Whole | Trouble, verbs: AdapterVerbs): JsonText | Trouble {
    if (answer.kind === 'trouble') return answer
    const refused = refusedAnswer(answer, verbs)
    if (refused !== undefined) return refused
    const text = answer.bytes && readJsonText(answer.bytes)
    // A sign-in page that comes with 200 is none, whatever it calls itself.
    return text ?? notAsSaid('200 without JSON: perhaps a sign-in page')
  }

  function refusedAnswer(answer: Whole, verbs: AdapterVerbs): Trouble | undefined {
    if (answer.status < 200 || answer.status > 299) return troubleOf(answer, verbs.clock.now())
    return answer.bytes === undefined ? notAsSaid(`more than ${limit} bytes`) : undefined
  }

  /** Whether a document stays for the next look; what its servers ask for is remembered. */
  function isLeft(offered: 'done' | 'left' | Patience): boolean {
    if (typeof offered === 'object') patient = Math.max(patient, offered.retryAfter)
    return offered !== 'done'
  }

  async function round(verbs: AdapterVerbs): Promise<number> {
    patient = 0
    const trouble = await look(verbs)
    const said = trouble?.said ?? ''
    // Once for each trouble, not at every look.
    if (!stopped() && said !== troubled) {
      if (said === '') verbs.report('rest.available', { channel })
      else verbs.report('rest.unavailable', { channel, reason: said })
    }
    troubled = said
    const asked = Math.max(patient, trouble?.retryAfter ?? 0, trouble?.closed === true ? patience : 0)
    return Math.max(every, Math.min(asked, longest))
  }

  return repeated
}

function pageAddress(base: URL, path: string, page: number): URL {
  const filled = addressOf(path, { page: String(page) })
  if (!filled.ok) throw new Error('a template that was checked has an unknown place')
  return addressIn(base, filled.text)
}

function keyIn(headers: IncomingHttpHeaders, name: string): string | undefined {
  const said = headers[name.toLowerCase()]
  const key = Array.isArray(said) ? said[0] : said
  return key === '' ? undefined : key
}

/** An empty body, `null`, `{}` and `[]` are the ways in which queues say that they are empty. */
const isNothing = (bytes: Buffer): boolean =>
  bytes.length < 16 && ['', 'null', '{}', '[]'].includes(bytes.toString('utf8').replace(/\s/g, ''))

const isTrouble = (offered: Offered): offered is Trouble =>
  typeof offered === 'object' && offered.kind === 'trouble'

type Listed = Found & { readonly item: JsonText }

const isSame = (one: JsonText, other: JsonText): boolean => rawOf(one, one.root) === rawOf(other, other.root)

/** Why a head cannot be taken out of its queue. Bytes, as far as is known. */
interface Stuck {
  readonly stuck: string
  readonly size: number
}

const tooLargeToKeep = 'its head is larger than attachmentLimit'

/** The same pieces, looked at on their way. */
const past = (body: Readable, scan: KeyScan): Readable =>
  pipeline(
    body,
    new Transform({
      transform: (piece: Buffer, _encoding, done) => {
        scan.add(piece)
        done(null, piece)
      },
    }),
    // What breaks off ends whoever reads on.
    () => undefined,
  )

const notAsSaid = (said: string): Trouble => ({ kind: 'trouble', said, sent: true })
