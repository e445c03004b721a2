// The counterpart of `rest`: a server with whatever interface the profile describes, polled and pushed to.
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AttachmentContent } from '../../adapters/contract.ts'
import {
  type Collected,
  type Counterpart,
  type CounterpartMaker,
  type HandedIn,
  hasty,
} from './counterpart.ts'
import { bytesOf, contentOf, readBody } from './http-body.ts'
import { lineTo } from './line.ts'
import { muteOnce } from './mute.ts'

type Tree = Readonly<Record<string, unknown>>
type Polled = 'send' | 'sendNotices'

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands at a path of keys; undefined where there is none. */
const at = (from: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (node, key) => (isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined),
    from,
  )
const textAt = (from: unknown, ...path: readonly string[]): string | undefined => {
  const value = at(from, ...path)
  return typeof value === 'string' ? value : undefined
}

/** The tree with a value at a path of the profile (`data.items`); the empty path is the whole. */
function set(tree: unknown, path: string, value: unknown): unknown {
  const [key = '', ...rest] = path.split('.')
  if (key === '') return value
  const here = isTree(tree) ? tree : {}
  return { ...here, [key]: set(here[key], rest.join('.'), value) }
}

/** The values of a template's places in an address that was made of it. */
function placesIn(template: string | undefined, url: string): ReadonlyMap<string, string> | undefined {
  if (template === undefined) return undefined
  const names: string[] = []
  const pattern = template
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      names.push(part.slice(1, -1))
      return '([^/?&]*)'
    })
    .join('')
  const found = new RegExp(`^${pattern}$`).exec(url)
  return found === null
    ? undefined
    : new Map(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]))
}

/** A document that waits: the item that is shown, and its files by the names that the document says. */
interface Waiting {
  readonly id: string
  readonly channel: Polled
  readonly item: unknown
  readonly bytes: Buffer
  readonly files: ReadonlyMap<string, Buffer>
}

export const rest: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const variable = settings.variable('REST')
  const said = settings.options
  const waiting: Waiting[] = []
  const received: Collected[] = []
  /** Files that came ahead of their documents, of which several may be on their way. */
  const uploads = new Map<string, AttachmentContent>()
  /** What stands at the addresses that were given out. */
  const addresses: Buffer[] = []
  const seen = new Set<string>()
  const mute = muteOnce()

  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', () => opened()))
  const line = await lineTo((server.address() as AddressInfo).port)

  const json = (response: ServerResponse, value: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const text = JSON.stringify(value)
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    response.end(text)
  }
  const raw = (
    response: ServerResponse,
    bytes: Buffer | undefined,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-length': bytes?.length ?? 0, ...headers })
    response.end(bytes)
  }

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming
    const signIn = at(said, 'signIn', 'request')
    if (method === 'POST' && url === textAt(signIn, 'path')) {
      incoming.resume()
      return json(response, set({}, textAt(signIn, 'token') ?? '', 'token'))
    }
    const [, file] = /^\/counterpart\/(\d+)$/.exec(url) ?? []
    if (file !== undefined) return raw(response, addresses[Number(file)])
    for (const channel of ['send', 'sendNotices'] as const)
      if (isTree(said[channel]) && polled(channel, method, url, response)) {
        incoming.resume()
        return
      }
    for (const channel of ['receive', 'notices'] as const)
      if (await pushed(channel, method, url, incoming, response)) return
    incoming.resume()
    raw(response, undefined)
  }

  function polled(channel: Polled, method: string, url: string, response: ServerResponse): boolean {
    const options = at(said, channel)
    const mine = waiting.filter((each) => each.channel === channel)
    const one = (places: ReadonlyMap<string, string>) => mine.find(({ id }) => id === places.get('key'))
    const page = method === 'GET' ? placesIn(textAt(options, 'list', 'path'), url) : undefined
    if (page !== undefined) {
      const first = String(at(options, 'list', 'first') ?? 1)
      const key = textAt(options, 'list', 'key') ?? ''
      const items = (page.get('page') ?? first) === first ? mine : []
      const shown = items.map(({ id, item }) =>
        textAt(options, 'document') === undefined ? item : set({}, key, id),
      )
      json(response, set({}, textAt(options, 'list', 'items') ?? '', shown))
      return true
    }
    if (method === 'GET' && url === textAt(options, 'head', 'path')) {
      const [head] = mine
      const header = textAt(options, 'head', 'key', 'header')
      if (head === undefined) response.writeHead(204).end()
      else if (header === undefined) json(response, head.item)
      else if ((textAt(options, 'at') ?? '') === '') raw(response, head.bytes, { [header]: head.id })
      else json(response, head.item, { [header]: head.id })
      return true
    }
    const document = method === 'GET' ? placesIn(textAt(options, 'document'), url) : undefined
    if (document !== undefined) {
      const found = one(document)
      if (found !== undefined && isTree(found.item)) json(response, found.item)
      else raw(response, found?.bytes)
      return true
    }
    const file = method === 'GET' ? placesIn(textAt(options, 'files', 'path'), url) : undefined
    if (file !== undefined) {
      raw(response, one(file)?.files.get(file.get('file') ?? ''))
      return true
    }
    const done = placesIn(textAt(options, 'done', 'path'), url)
    if (done === undefined || method !== (textAt(options, 'done', 'method') ?? 'DELETE')) return false
    const found = one(done)
    if (found !== undefined) waiting.splice(waiting.indexOf(found), 1)
    response.writeHead(found === undefined ? 404 : 200, { 'content-length': 0 }).end()
    return true
  }

  async function pushed(
    channel: 'receive' | 'notices',
    method: string,
    url: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const options = at(said, channel)
    const upload = placesIn(textAt(options, 'upload', 'path'), url)
    if (upload !== undefined && method === (textAt(options, 'upload', 'method') ?? 'PUT')) {
      uploads.set(upload.get('file') ?? '', await contentOf(incoming))
      response.writeHead(201, { 'content-length': 0 }).end()
      return true
    }
    if (
      placesIn(textAt(options, 'path'), url) === undefined ||
      method !== (textAt(options, 'method') ?? 'POST')
    )
      return false
    const document = await readBody(incoming)
    const parcel = String(incoming.headers['saraban-parcel'])
    // A system that knows a parcel says yes again and keeps one.
    if (!seen.has(parcel)) received.push({ ...document, beside: new Map([...document.beside, ...uploads]) })
    seen.add(parcel)
    if (channel === 'receive' && mute.loses()) {
      response.destroy()
      return true
    }
    const taken = at(options, 'answer', 'taken')
    const word = Array.isArray(taken) ? String(taken[0]) : undefined
    const where = textAt(options, 'answer', 'at')
    if (word !== undefined && where === undefined) raw(response, Buffer.from(word))
    else json(response, word === undefined ? {} : set({}, where ?? '', word))
    return true
  }

  function handIn(channel: Polled, { id, written, contents }: HandedIn): void {
    const shared = channel === 'sendNotices' && said['sendNotices'] === undefined
    const queue = shared ? 'send' : channel
    const options = at(said, queue)
    const files = new Map(written.files.map((each) => [each.name, bytesOf(each, contents)]))
    const own = withFields(treeOf(written.bytes), id)
    // What is no JSON cannot stand in a list of JSON: its item is the bare key.
    const shown = own ?? (textAt(options, 'document') === undefined ? {} : written.bytes.toString('utf8'))
    let item = set({}, textAt(options, 'at') ?? '', shown)
    if (isTree(item)) {
      for (const key of [textAt(options, 'list', 'key'), textAt(options, 'head', 'key', 'at')])
        if (key !== undefined) item = set(item, key, id)
      const mark = at(options, 'notices', 'is')
      if (Array.isArray(mark) && shared) item = set(item, textAt(options, 'notices', 'at') ?? '', mark[0])
      item = withAddresses(item, at(options, 'files'), files)
    }
    waiting.push({ id, channel: queue, item, bytes: written.bytes, files })
  }

  /** What the system itself says of a letter, and wants to hear again with what is told of it. */
  function withFields(document: unknown, id: string): unknown {
    if (!isTree(document)) return document
    const keys = Object.keys(document)
    const [sole = ''] = keys
    // A letter within one key is a record of its own.
    if (keys.length === 1 && isTree(document[sole])) return { [sole]: withFields(document[sole], id) }
    return [...(textAt(said, 'notices', 'path') ?? '').matchAll(/\{field:([^{}]+)\}/g)].reduce<unknown>(
      (tree, [, name = '']) => set(tree, name, id),
      document,
    )
  }

  function withAddresses(item: unknown, options: unknown, files: ReadonlyMap<string, Buffer>): unknown {
    const path = textAt(options, 'at')
    const entries = path === undefined ? undefined : at(item, ...path.split('.'))
    if (path === undefined || !Array.isArray(entries)) return item
    const told = entries.map((entry: unknown) => {
      const name = textAt(entry, ...(textAt(options, 'name') ?? 'name').split('.')) ?? ''
      const bytes = files.get(name) ?? Buffer.alloc(0)
      const [size, sha256] = [textAt(options, 'size'), textAt(options, 'sha256')]
      let whole = set(entry, textAt(options, 'url') ?? 'url', `/counterpart/${addresses.push(bytes) - 1}`)
      if (size !== undefined) whole = set(whole, size, bytes.length)
      if (sha256 !== undefined) whole = set(whole, sha256, createHash('sha256').update(bytes).digest('hex'))
      return whole
    })
    return set(item, path, told)
  }

  const { tls: _tls, url: _url, hosts: _hosts, ...options } = said
  return {
    options: {
      ...Object.fromEntries(
        Object.entries(options).map(([key, value]) => {
          const whole = staged(value, variable)
          const looked = key === 'send' || key === 'sendNotices'
          return [key, looked && isTree(whole) ? { ...whole, every: hasty.every, wait: hasty.wait } : whole]
        }),
      ),
      url: `http://127.0.0.1:${line.port}`,
    },
    environment: { [variable]: randomBytes(18).toString('base64url') },
    async handIn(channel, document) {
      if (channel === 'send' || channel === 'sendNotices') handIn(channel, document)
      return { kind: 'left' }
    },
    collect: async () => received.splice(0),
    away: line.away,
    slow: line.slow,
    mute,
    close: async () => {
      await line.close()
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

function treeOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

/** Options whose references are all to one text, which the counterpart believes. */
function staged(value: unknown, variable: string): unknown {
  if (Array.isArray(value)) return value.map((each) => staged(each, variable))
  if (!isTree(value)) return value
  const keys = Object.keys(value)
  if (keys.length === 1 && (keys[0] === 'env' || keys[0] === 'file')) return { env: variable }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, staged(each, variable)]))
}
