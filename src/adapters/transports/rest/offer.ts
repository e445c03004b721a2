// One document of a poll: fetched whole with its files, offered, and acknowledged after the commit.
import { createHash } from 'node:crypto'
import { printable, problem } from '../../../problem/problem.ts'
import type { AdapterVerbs, Source, Taken } from '../../contract.ts'
import { milliseconds } from '../../quantities.ts'
import { saidLength } from '../gathered.ts'
import { tooLarge } from '../keeping.ts'
import { addressIn } from './addresses.ts'
import { soundBody, troubleOf, wholeOf } from './client.ts'
import { type Document, documentIn, type Found, isPage, type Large } from './document.ts'
import type { Trouble } from './exchange.ts'
import { fetchFiles } from './files.ts'
import { nodeAt, rawOf, readJsonText, textAt } from './json-text.ts'
import type { PollSettings } from './settings.ts'
import { addressOf, textOf } from './template.ts'

/** `done`: acknowledged. `left`: it stays for the next look, and its neighbours go on. A trouble ends the look. */
export type Offered = 'done' | 'left' | Patience | Trouble

/** It is left, and a server of its files asks for so many milliseconds of patience. */
export interface Patience {
  readonly kind: 'left'
  readonly retryAfter: number
}

/** Files of a server that is busy or cannot be reached are waited for so long at least, in milliseconds: a night's outage is no fault of a letter. */
const longestPass = 86_400_000
/** Documents that wait for their files, at most: since when is forgotten of those beyond. */
const waitingMost = 1000

/** `dead`: origins of files that could not be reached in this look. */
export function offerer(
  settings: PollSettings,
): (found: Found, verbs: AdapterVerbs, dead: Set<string>) => Promise<Offered> {
  const { client, base, options, channel, limit, attachmentLimit } = settings
  const wait = milliseconds(options.wait)
  /** When a document was first met whose files are not there, and what was told of it. */
  const waiting = new Map<string, { readonly since: number; readonly told: Set<string> }>()

  return async (found, verbs, dead) => {
    const { key } = found
    const handover = handoverOf(channel, found)
    const report = (event: string, reason: string): void => {
      const before = waiting.get(handover)
      if (before?.told.has(`${event} ${reason}`)) return
      before?.told.add(`${event} ${reason}`)
      verbs.report(event, { channel, document: handover, reason })
    }
    const document = found.unread === undefined ? await wholeDocument(found, verbs) : { unread: found.unread }
    if ('unread' in document) {
      const taken = await offered(largeSource(key, handover, document.unread), verbs)
      return taken === undefined ? notTaken(handover, verbs) : acknowledge(key, taken, handover, verbs)
    }
    if ('kind' in document) return document
    if ('left' in document) {
      if (document.left === 'gone') waiting.delete(handover)
      else {
        hold(handover, verbs)
        report('rest.not-read', document.left)
      }
      return 'left'
    }
    const content = contentOf(document)
    const form = content === 'notice' ? (settings.forms.sendNotices ?? settings.form) : settings.form
    const common = {
      document: content,
      name: printable(`${channel} ${key}`, 100),
      handover,
      sender: 'gone',
    } as const
    const first: Source = { ...common, bytes: document.bytes, beside: new Map(), final: false }
    const items = await form.read(first)
    const named = [...new Set(items.flatMap((item) => (item.kind === 'waiting' ? item.missing : [])))]
    const fetched = await fetchFiles(named, document, key, settings, verbs, dead)
    // Its own server is away: the wait for a file is no wait for that.
    if (fetched.unreached !== undefined) return fetched.unreached
    const missing = named.filter((name) => !fetched.beside.has(name)).length
    const since = missing > 0 ? hold(handover, verbs) : 0
    const patience = fetched.passes ? Math.max(wait, longestPass) : wait
    const final = missing === 0 || verbs.clock.elapsed() - since >= patience
    for (const reason of fetched.reasons) report('rest.file-missing', reason)
    if (missing > 0) report('source.waiting', String(missing))
    // Of what is doubted nothing is read, so that nobody else would wait for its files.
    const { retryAfter } = fetched
    const left = retryAfter === undefined ? 'left' : ({ kind: 'left', retryAfter } as const)
    if (found.another === true && !final) return left
    const doubts = [problem('adapter.rest.key-twice', '', key)] as const
    const taken = await offered(
      { ...first, beside: fetched.beside, final, ...(found.another && { doubts }) },
      verbs,
    )
    if (taken === undefined) return notTaken(handover, verbs)
    if (taken.some(({ kind }) => kind === 'waiting')) return left
    waiting.delete(handover)
    // The key is acknowledged once, with the first of its items.
    if (found.another === true) return 'done'
    return acknowledge(key, taken, handover, verbs)
  }

  function notTaken(handover: string, verbs: AdapterVerbs): Trouble {
    verbs.report('rest.not-taken', { channel, document: handover })
    return { kind: 'trouble', said: 'nothing could be committed', sent: false }
  }

  /** What is kept and was not read, for the quarantine. */
  function largeSource(key: string, handover: string, unread: NonNullable<Found['unread']>): Source {
    const { size } = unread
    return {
      document: channel === 'sendNotices' ? 'notice' : 'letter',
      name: printable(`${channel} ${key}`, 100),
      bytes: Buffer.alloc(0),
      unread,
      beside: new Map(),
      handover,
      sender: 'gone',
      final: true,
      // What is kept is the whole answer, by itself a document only where nothing stands around it.
      doubts: [
        options.at === ''
          ? problem('adapter.rest.too-large', '', undefined, { size, limit })
          : problem('adapter.rest.answer-too-large', '', undefined, { size, limit, at: options.at }),
      ],
    }
  }

  function hold(handover: string, { clock }: AdapterVerbs): number {
    const before = waiting.get(handover)
    if (before !== undefined) return before.since
    const [oldest] = waiting.keys()
    if (waiting.size >= waitingMost && oldest !== undefined) waiting.delete(oldest)
    const since = clock.elapsed()
    waiting.set(handover, { since, told: new Set() })
    return since
  }

  /** The document's bytes, and as what JSON they are where that can be looked into. */
  async function wholeDocument(
    found: Found,
    verbs: AdapterVerbs,
  ): Promise<Document | Large | { readonly left: string } | Trouble> {
    if (options.document === undefined) {
      if (found.bytes !== undefined) return documentOf(found.bytes, found.address)
      const { item, address } = found
      const bytes = item && documentIn(item, options.at)
      return bytes === undefined
        ? { left: `nothing at ${options.at}` }
        : { bytes, address, ...(item && { text: item }) }
    }
    const path = addressOf(options.document, { key: found.key })
    if (!path.ok) return { left: 'its key is none that an address can hold' }
    const address = addressIn(base, path.text)
    const answer = await client.ask({ method: 'GET', url: address }, wholeOf(limit))
    if (answer.kind === 'trouble') return answer.unusable === true ? { left: answer.said } : answer
    // Somebody took it away between the list and the reading: nothing was handed over.
    if (answer.status === 404 || answer.status === 410) return { left: 'gone' }
    if (answer.status < 200 || answer.status > 299) {
      const trouble = troubleOf(answer, verbs.clock.now())
      // One document that a server fails at holds up no other; a server that lets nobody in, or is busy, does.
      const own =
        answer.status === 500 || (answer.status < 500 && ![401, 403, 408, 425, 429].includes(answer.status))
      return own ? { left: trouble.said } : trouble
    }
    if (answer.bytes === undefined) return largeDocument(address, verbs)
    if (answer.bytes.length === 0) return { left: 'an empty body' }
    if (isPage(answer.headers['content-type']) && settings.form.kind !== 'html-table')
      return { kind: 'trouble', said: '200 with a page: perhaps a sign-in page', sent: true }
    return documentOf(answer.bytes, address)
  }

  /** What is too large to be read is kept whole, for a person; what cannot be kept either stays there. */
  function largeDocument(
    url: URL,
    verbs: AdapterVerbs,
  ): Promise<Large | { readonly left: string } | Trouble> {
    const beyond = { left: `more than ${attachmentLimit} bytes` }
    return client.ask({ method: 'GET', url }, async (answer): Promise<Large | typeof beyond | Trouble> => {
      if (answer.status < 200 || answer.status > 299) return troubleOf(answer, verbs.clock.now())
      if ((saidLength(answer.headers['content-length']) ?? 0) > attachmentLimit) return beyond
      try {
        return { unread: await verbs.keep(soundBody(answer), attachmentLimit) }
      } catch (error) {
        if (tooLarge(error)) return beyond
        throw error
      }
    })
  }

  function documentOf(bytes: Buffer, address: URL): Document | { readonly left: string } {
    const text = readJsonText(bytes)
    const document = options.at === '' ? bytes : text && documentIn(text, options.at)
    return document === undefined
      ? { left: `nothing at ${options.at}` }
      : { bytes: document, address, ...(text && { text }) }
  }

  function contentOf({ text }: Document): 'letter' | 'notice' {
    const { notices } = options
    if (channel === 'sendNotices') return 'notice'
    if (notices === undefined || text === undefined) return 'letter'
    const said = textAt(text, nodeAt(text.root, notices.at))
    return said !== undefined && notices.is.includes(said) ? 'notice' : 'letter'
  }

  async function acknowledge(
    key: string,
    taken: readonly Taken[],
    handover: string,
    verbs: AdapterVerbs,
  ): Promise<Offered> {
    const { method, path, body, as, words } = options.done
    const good = taken.find((each) => each.kind === 'taken' || each.kind === 'known')
    const whole = taken.every((each) => each.kind === 'taken' || each.kind === 'known')
    const places = {
      key,
      messageId: good?.messageId ?? '-',
      result: whole ? words.taken : words.quarantined,
    }
    const address = addressOf(path, places)
    const fields = Object.entries(body ?? {}).map(
      ([name, template]) => [name, textOf(template, places)] as const,
    )
    const unfilled = [address, ...fields.map(([, filled]) => filled)].find((filled) => !filled.ok)
    const failed = (reason: string): Offered => {
      verbs.report('rest.not-settled', { channel, document: handover, reason })
      return 'left'
    }
    if (!address.ok || unfilled !== undefined) return failed('its key is none that an address can hold')
    const values = Object.fromEntries(fields.map(([name, filled]) => [name, filled.ok ? filled.text : '']))
    const json = as === 'json'
    const bytes = Buffer.from(json ? JSON.stringify(values) : new URLSearchParams(values).toString(), 'utf8')
    const answer = await client.ask(
      {
        method,
        url: addressIn(base, address.text),
        ...(body && {
          body: {
            type: json ? 'application/json' : 'application/x-www-form-urlencoded',
            length: bytes.length,
            bytes: async function* () {
              yield bytes
            },
          },
        }),
      },
      async ({ status, headers }) => ({ kind: 'said' as const, status, headers }),
    )
    if (answer.kind === 'trouble') {
      failed(answer.said)
      return answer
    }
    const { status } = answer
    // Not there any more is what was wanted.
    if ((status >= 200 && status < 300) || status === 404 || status === 410) return 'done'
    failed(`HTTP ${status}`)
    return status >= 500 || [401, 403, 408, 425, 429].includes(status)
      ? troubleOf(answer, verbs.clock.now())
      : 'left'
  }
}

/** The answers of `take`, or nothing when nothing could be committed. */
async function offered(source: Source, verbs: AdapterVerbs): Promise<readonly Taken[] | undefined> {
  try {
    return await verbs.take(source)
  } catch {
    return undefined
  }
}

/** The key itself where no log can tell a letter by it, else its digest; of another item under a key, with that item's. */
function handoverOf(channel: string, { key, another, item }: Found): string {
  const told = /^[0-9A-Za-z_-]{1,60}$/.test(key) ? key : digestOf(key)
  const own =
    another === true && item !== undefined ? ` ${digestOf(rawOf(item, item.root)).slice(0, 16)}` : ''
  return `rest ${channel} ${told}${own}`
}

const digestOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')
