// `rest` over real sockets: a system's own REST interface is polled, its files are fetched, and parcels are brought to it;
// on good days, and on every bad one.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Adapter, Parcel } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { guardedLookup, isReachable, originOf } from '../../src/adapters/transports/rest/addresses.ts'
import { nodeAt, readJsonText, textAt } from '../../src/adapters/transports/rest/json-text.ts'
import { addressOf } from '../../src/adapters/transports/rest/template.ts'
import type { Attachment } from '../../src/letter/letter.ts'
import { describe } from '../../src/problem/problem.ts'
import { fixedLetter, office } from '../letter/arbitrary.ts'
import { serverTls } from '../servers/tls.ts'
import { messageIdOf } from './message-ids.ts'
import { done, letter, list, Peer, peer, polling, profileOf, pushing } from './rest-peer.ts'
import { parcelOf, start, TestGateway } from './stage.ts'

const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')
const events = (gateway: { reports: { event: string; facts: object }[] }) =>
  gateway.reports.splice(0).map(({ event, facts }) => [event, 'reason' in facts ? facts.reason : ''])

/** Sends these bytes as the whole answer, and hangs up. */
const bytes =
  (said: string): Peer['answering'] =>
  (_, { request }) => {
    request.socket.end(said)
    return 'by itself'
  }

t.test(
  'a list, page by page and out of order: each document once, acknowledged after the commit',
  async (t) => {
    const server = await peer(t)
    // Ids of 18 digits, as numbers, and the documents with blanks of their own: the bytes stay as they are.
    const ids = ['900719925474099305', '900719925474099301', '900719925474099303']
    const waiting = new Map(
      ids.map((id, index) => [
        id,
        `{ "number" : "ชร 0017.1/${index + 1}", "date":"2026-11-20","subject":"ก","to":"moi" }`,
      ]),
    )
    server.answering = ({ method, url }) => {
      const { pathname, searchParams } = new URL(url, server.url)
      if (method === 'DELETE') {
        return { status: waiting.delete(pathname.slice('/letters/'.length)) ? 204 : 404 }
      }
      const page = Number(searchParams.get('page'))
      // Two on a page; the second page says one of the first again, because something was put before it meanwhile.
      const shown = page === 1 ? ids.slice(0, 2) : page === 2 ? ids.slice(1) : []
      const items = shown
        .filter((id) => waiting.has(id))
        .map((id) => `{"id":${id},"body":${waiting.get(id)}}`)
      return {
        headers: { 'content-type': 'application/json' },
        body: `{"data":{"items":[${items.join(',')}]}}`,
      }
    }
    const look = await polling(t, server, `send: { ${list}, at: body, ${done} }`)
    t.same(
      look.gateway.offered.map(({ bytes, handover }) => [bytes.toString(), handover]),
      [1, 2, 3].map((index) => [
        `{ "number" : "ชร 0017.1/${index}", "date":"2026-11-20","subject":"ก","to":"moi" }`,
        `rest send ${ids[index - 1]}`,
      ]),
    )
    t.same(server.lines(), [
      'GET /letters?page=1',
      'GET /letters?page=2',
      'GET /letters?page=3',
      ...ids.map((id) => `DELETE /letters/${id}`),
    ])
    t.equal(waiting.size, 0)
    await look.pass(29_999)
    t.same(server.lines(), [], 'not before the interval')
    await look.pass(1)
    t.same(server.lines(), ['GET /letters?page=1'])
    t.same(events(look.gateway), [])
  },
)

t.test(
  'a crash, a failing disk or a lost acknowledgement: offered again under the same handover',
  async (t) => {
    const server = await peer(t)
    let [acknowledged, there] = [500, true]
    server.answering = ({ method }) => {
      if (method === 'POST') {
        if (acknowledged < 300) there = false
        return { status: acknowledged }
      }
      return { body: { items: there ? [{ id: 'ก/1', doc: letter('1') }] : [] } }
    }
    const options = `send: { list: { path: /l, items: items, key: id }, at: doc, done: { method: POST, path: "/l/{key}/ack", body: { message: "{messageId}", state: "{result}" }, words: { taken: T } } }`
    const look = await polling(t, server, options)
    const { gateway } = look
    const [first] = gateway.offered
    t.match(
      first?.handover,
      /^rest send [0-9a-f]{64}$/,
      'a key that may say something of the letter stands as its digest',
    )
    t.same(events(gateway), [
      ['rest.not-settled', 'HTTP 500'],
      ['rest.unavailable', 'HTTP 500'],
    ])
    gateway.failing = gateway.calls + 1
    const second = await look.again()
    t.equal(gateway.offered.length, 1, 'the disk failed: nothing was taken')
    t.same(
      server.asked.filter(({ method }) => method === 'POST').map(({ url, body }) => [url, JSON.parse(body)]),
      [['/l/%E0%B8%81%2F1/ack', { message: messageIdOf(1), state: 'T' }]],
      'and nothing is acknowledged that was not taken',
    )
    t.same(
      events(gateway).map(([event]) => event),
      ['rest.not-taken', 'rest.unavailable'],
    )
    acknowledged = 200
    await second.pass(30_000)
    t.equal(gateway.offered[1]?.handover, first?.handover)
    t.equal(there, false)
    t.same(events(gateway), [['rest.available', '']])
  },
)

t.test(
  'what a person has to decide is acknowledged with its own word; a key that leads elsewhere is not',
  async (t) => {
    const server = await peer(t)
    let keys: unknown[] = ['1']
    server.answering = ({ method }) =>
      method === 'GET' ? { body: keys.map((id) => ({ id, doc: { subject: 1 } })) } : { status: 200 }
    const options = `send: { list: { path: /l, items: "", key: id }, at: doc, done: { method: PUT, path: "/l/{key}?r={result}", as: form, body: { r: "{result}" }, words: { quarantined: "ค้าง" } } }`
    const look = await polling(t, server, options)
    t.match(look.gateway.items, [{ kind: 'fault' }])
    t.match(server.asked.at(-1), {
      method: 'PUT',
      url: '/l/1?r=%E0%B8%84%E0%B9%89%E0%B8%B2%E0%B8%87',
      body: 'r=%E0%B8%84%E0%B9%89%E0%B8%B2%E0%B8%87',
    })
    server.lines()
    keys = ['..', 'a\u202eb', '2']
    await look.pass(30_000)
    t.same(
      server.lines(),
      ['GET /l', 'PUT /l/2?r=%E0%B8%84%E0%B9%89%E0%B8%B2%E0%B8%87'],
      'T3: never another path',
    )
    t.same(
      events(look.gateway).map(([event]) => event),
      ['rest.not-settled', 'rest.not-settled'],
    )
  },
)

t.test(
  'documents by key: one that is gone, one that fails, one that is too large leave their neighbours alone',
  async (t) => {
    const server = await peer(t)
    const bodies: Record<string, object | string | undefined> = {
      '/l/gone': undefined,
      '/l/fails': 'by status',
      '/l/large': { x: 'x'.repeat(70_000) },
      '/l/empty': '',
      '/l/good': letter('9'),
    }
    server.answering = ({ method, url }) => {
      if (url === '/l') return { body: Object.keys(bodies).map((each) => ({ key: each.slice(3) })) }
      if (method === 'DELETE') return { status: 204 }
      const body = bodies[url]
      if (body === 'by status') return { status: 500 }
      return body === undefined ? { status: 410 } : { body }
    }
    const look = await polling(
      t,
      server,
      `limit: 64KiB, send: { list: { path: /l, items: "", key: key }, document: "/l/{key}", ${done.replace('/letters', '/l')} }`,
    )
    t.equal(look.gateway.offered.length, 2)
    t.match(look.gateway.offered[0], {
      unread: { size: 70_008 },
      doubts: [{ code: 'adapter.rest.too-large', details: { size: 70_008, limit: 65_536 } }],
    })
    t.equal(look.gateway.kept.size, 1, 'what is too large is kept whole, for a person')
    t.same(
      server.lines().filter((line) => line.startsWith('DELETE')),
      ['DELETE /l/large', 'DELETE /l/good'],
    )
    t.same(events(look.gateway), [
      ['rest.not-read', 'HTTP 500'],
      ['rest.not-read', 'an empty body'],
    ])
    await look.pass(30_000)
    t.same(events(look.gateway), [], 'told once, not at every look')
  },
)

t.test(
  'different items under one key: each is kept before the key is acknowledged; equal ones are one',
  async (t) => {
    const server = await peer(t)
    // The second page says one item of the first again, and has one more under its key.
    const pages = [
      [
        { id: 7, doc: letter('1') },
        { id: 7, doc: letter('2') },
        { id: 8, doc: letter('3') },
      ],
      [
        { id: 7, doc: letter('1') },
        { id: 7, doc: letter('4') },
      ],
    ]
    let there = true
    server.answering = ({ method, url }) => {
      if (method === 'DELETE') {
        if (url.endsWith('/7')) there = false
        return { status: 204 }
      }
      const page = Number(new URL(url, server.url).searchParams.get('page'))
      return { body: { data: { items: there ? (pages[page - 1] ?? []) : [] } } }
    }
    const gateway = new TestGateway()
    // Not even the last of them is on the disk: nothing is acknowledged.
    gateway.failing = 2
    const broken = await polling(t, server, `send: { ${list}, at: doc, ${done} }`, {}, gateway)
    t.notOk(server.lines().some((line) => line.startsWith('DELETE')))
    gateway.offered.splice(0)
    await broken.pass(30_000)
    t.same(
      gateway.offered.map(({ bytes, doubts }) => [
        JSON.parse(bytes.toString()).number,
        doubts?.map(({ code, value }) => [code, value]),
      ]),
      [
        ['ชร 0017.1/4', [['adapter.rest.key-twice', '7']]],
        ['ชร 0017.1/2', [['adapter.rest.key-twice', '7']]],
        ['ชร 0017.1/1', undefined],
        ['ชร 0017.1/3', undefined],
      ],
    )
    t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 4)
    t.ok(gateway.offered.every(({ handover = '' }) => handover.length <= 100))
    t.same(
      server.lines().filter((line) => line.startsWith('DELETE')),
      ['DELETE /letters/7', 'DELETE /letters/8'],
    )
    // Where the key is only where the document is asked for, what the list says beside it is no document.
    there = true
    server.answering = ({ method, url }) => {
      if (method === 'DELETE') {
        there = false
        return { status: 204 }
      }
      if (url === '/letters/7') return { body: letter('7') }
      return { body: { data: { items: there && url.endsWith('=1') ? pages[0]?.slice(0, 2) : [] } } }
    }
    const asked = await polling(t, server, `send: { ${list}, document: "/letters/{key}", ${done} }`)
    t.match(asked.gateway.offered, [{ handover: 'rest send 7', doubts: undefined }])
    t.equal(asked.gateway.offered.length, 1)
  },
)

t.test('another item under a key waits for its files, and the key with it', async (t) => {
  const server = await peer(t)
  let [there, file] = [true, false]
  server.answering = ({ method, url }) => {
    if (method === 'DELETE') {
      there = false
      return { status: 204 }
    }
    if (url === '/f/b.pdf') return file ? { body: '%PDF-b' } : { status: 404 }
    const other = { id: 7, doc: letter('2', { attachments: [{ name: 'b.pdf' }] }) }
    return { body: there ? [{ id: 7, doc: letter('1') }, other] : [] }
  }
  const options = `send: { list: { path: /l, items: "", key: id }, at: doc, files: { path: "/f/{file}" }, ${done} }`
  const look = await polling(t, server, options)
  t.same(look.gateway.offered, [])
  t.equal(there, true)
  file = true
  await look.pass(30_000)
  t.match(
    look.gateway.offered.map(({ beside, doubts }) => [[...beside.keys()], doubts?.length]),
    [
      [['b.pdf'], 1],
      [[], undefined],
    ],
  )
  t.equal(there, false)
})

t.test('an item without a key is told of, and its neighbours go on', async (t) => {
  const server = await peer(t)
  server.answering = ({ method }) =>
    method === 'GET' ? { body: [{ doc: letter('1') }, null, { id: 2, doc: letter('2') }] } : { status: 500 }
  const look = await polling(
    t,
    server,
    `send: { list: { path: /l, items: "", key: id }, at: doc, done: { path: "/l/{key}" } }`,
  )
  t.match(look.gateway.reports.splice(0), [
    { event: 'rest.without-key', facts: { count: 2 } },
    { event: 'rest.not-settled' },
    { event: 'rest.unavailable' },
  ])
  t.equal(look.gateway.offered.length, 1)
  await look.pass(30_000)
  const told = events(look.gateway).map(([event]) => event)
  t.same(told, ['rest.not-settled'], 'told once')
})

t.test(
  'a list goes on behind an empty page and behind one without keys, and ends where an address comes again',
  async (t) => {
    const server = await peer(t)
    const waiting = new Set(['1', '2', '3'])
    const items = (...keys: string[]) =>
      keys.filter((key) => waiting.has(key)).map((id) => ({ id, doc: letter(id) }))
    const pages: Record<string, object> = {
      '/l': { items: items('1'), next: '/l?c=b' },
      '/l?c=b': { items: [], next: '/l?c=c' },
      '/l?c=c': { items: [{ doc: letter('9') }], next: '/l?c=d' },
      '/l?c=d': { items: items('2', '3'), next: '/l?c=b' },
    }
    server.answering = ({ method, url }) => (method === 'GET' ? { body: pages[url] ?? {} } : { status: 204 })
    const options = `send: { list: { path: /l, items: items, key: id, next: next }, at: doc, ${done} }`
    const look = await polling(t, server, options)
    t.same(server.lines(), [
      ...Object.keys(pages).map((page) => `GET ${page}`),
      ...['1', '2', '3'].map((key) => `DELETE /letters/${key}`),
    ])
    t.same(
      events(look.gateway).map(([event]) => event),
      ['rest.without-key'],
    )

    // By number: behind a page that is all drafts more may stand; the page that comes again and again is the last.
    const numbered = [items('1'), [{ doc: letter('8') }], items('2'), [{ doc: letter('9') }], items('3')]
    server.answering = ({ method, url }) => {
      if (method !== 'GET') return { status: 204 }
      const page = Number(new URL(url, server.url).searchParams.get('page'))
      return { body: { asked: page, data: { items: numbered[page - 1] ?? numbered.at(-1) } } }
    }
    await polling(t, server, `send: { ${list}, at: doc, ${done} }`)
    t.same(
      server.lines().filter((line) => line.startsWith('GET')),
      [1, 2, 3, 4, 5, 6].map((page) => `GET /letters?page=${page}`),
    )
  },
)

t.test('a list that has no end is read as far as its pages go, and told once', async (t) => {
  const server = await peer(t)
  server.answering = ({ url }) => {
    const page = Number(new URL(url, server.url).searchParams.get('c') ?? 0)
    return { body: { items: [], next: `/l?c=${page + 1}` } }
  }
  const options = `send: { list: { path: /l, items: items, key: id, next: next, pages: 3 }, at: doc, ${done} }`
  const look = await polling(t, server, options)
  t.same(server.lines(), ['GET /l', 'GET /l?c=1', 'GET /l?c=2'])
  await look.pass(30_000)
  t.equal(server.lines().length, 3)
  t.match(look.gateway.reports, [{ event: 'rest.list-cut', facts: { channel: 'send', documents: 0 } }])
  t.equal(look.gateway.reports.length, 1, 'once, not at every look')
})

t.test(
  'the head of a queue: until it is acknowledged it stays; the same head again ends the look',
  async (t) => {
    const server = await peer(t)
    const queue = ['1', '2']
    let deletes = true
    server.answering = ({ method, url }) => {
      if (method === 'DELETE') {
        if (deletes) queue.shift()
        return { status: url === `/q/${queue[0]}` ? 204 : 200 }
      }
      const [head] = queue
      return head === undefined
        ? { status: 204 }
        : { headers: { 'x-item': head, 'content-type': 'application/json' }, body: letter(head) }
    }
    const options = `send: { head: { path: /q, key: { header: X-Item } }, done: { path: "/q/{key}" } }`
    const look = await polling(t, server, options)
    t.same(server.lines(), ['GET /q', 'DELETE /q/1', 'GET /q', 'DELETE /q/2', 'GET /q'])
    queue.push('3')
    deletes = false
    await look.pass(30_000)
    t.same(server.lines(), ['GET /q', 'DELETE /q/3', 'GET /q'])
    t.same(events(look.gateway), [['rest.unavailable', 'the same head after it was acknowledged']])
    server.answering = () => ({ body: { data: null } })
    const json = await polling(
      t,
      server,
      `send: { head: { path: /q, key: { at: data.id } }, at: data.letter, done: { path: "/q/{key}" } }`,
    )
    t.same([json.gateway.offered, events(json.gateway)], [[], []], 'an empty queue in words of JSON')
  },
)

t.test('a head beyond its limit is kept whole for a person, and those behind it go on', async (t) => {
  const server = await peer(t)
  const large = Buffer.alloc(70_000, 0x20)
  const queue = ['1', '2']
  server.answering = ({ method }) => {
    if (method === 'DELETE') {
      queue.shift()
      return { status: 204 }
    }
    const [head] = queue
    if (head === undefined) return { status: 204 }
    return {
      headers: { 'x-item': head, 'content-type': 'application/json' },
      body: head === '1' ? large : letter(head),
    }
  }
  const options = `send: { head: { path: /q, key: { header: X-Item } }, done: { path: "/q/{key}" } }`
  const small = await polling(t, server, `limit: 64KiB, attachmentLimit: 65KiB, ${options}`)
  t.same(queue, ['1', '2'], 'beyond that, too: nothing could keep it, and it stays')
  t.match(events(small.gateway), [
    ['rest.unavailable', /the queue stands: .*attachmentLimit \[adapter\.rest\.head-stuck\]/],
  ])
  t.match(small.gateway.offered, [
    {
      unread: { size: large.length, sha256: undefined },
      handover: 'rest send head',
      doubts: [{ code: 'adapter.rest.head-stuck', details: { limit: 66_560 } }],
    },
  ])
  server.lines()
  await small.pass(60_000)
  t.same(server.lines(), [], 'nobody asks for it again and again')
  const look = await polling(t, server, `limit: 64KiB, ${options}`)
  t.same(queue, [])
  const [first, second] = look.gateway.offered
  t.match(first, {
    unread: { size: large.length },
    handover: 'rest send 1',
    doubts: [{ code: 'adapter.rest.too-large', details: { size: large.length, limit: 65_536 } }],
  })
  t.same(look.gateway.kept.get(first?.unread?.sha256 ?? ''), large, 'whole, so that it can be read later')
  t.match(second, { handover: 'rest send 2', doubts: undefined })
})

t.test(
  'a head beyond its limit whose key stands in its JSON is kept whole, and those behind it go on',
  async (t) => {
    const server = await peer(t)
    const queue = ['1', '2']
    const padding = 'x'.repeat(70_000)
    server.answering = ({ method }) => {
      if (method === 'DELETE') {
        queue.shift()
        return { status: 204 }
      }
      const [head] = queue
      if (head === undefined) return { body: { data: null } }
      const pages = head === '1' ? { pages: padding, data: { id: 'page' } } : {}
      return { body: { data: { letter: { ...letter(head), ...pages }, id: head } } }
    }
    const options = `limit: 64KiB, send: { head: { path: /q, key: { at: data.id } }, at: data.letter, done: { path: "/q/{key}" } }`
    const look = await polling(t, server, options)
    t.same(queue, [])
    const [first, second] = look.gateway.offered
    t.match(first, {
      handover: 'rest send 1',
      doubts: [{ code: 'adapter.rest.answer-too-large', details: { limit: 65_536, at: 'data.letter' } }],
    })
    const kept = look.gateway.kept.get(first?.unread?.sha256 ?? '')?.toString() ?? ''
    t.equal(JSON.parse(kept).data.letter.pages, padding, 'the whole answer')
    t.match(second, { handover: 'rest send 2', doubts: undefined })
    t.same(server.lines(), ['GET /q', 'GET /q', 'DELETE /q/1', 'GET /q', 'DELETE /q/2', 'GET /q'])
    queue.push('1')
    const none = await polling(t, server, options.replace('data.id', 'data.number'))
    t.same(queue, ['1'], 'without its key it cannot be taken out')
    t.match(none.gateway.offered, [
      { doubts: [{ code: 'adapter.rest.head-stuck', details: { reason: 'no key at data.number' } }] },
    ])
    t.match(events(none.gateway), [['rest.unavailable', /the queue stands: no key at data\.number/]])
  },
)

t.test('one queue of letters and notices: each is read as what its mark says', async (t) => {
  const server = await peer(t)
  const items = [
    { id: 1, type: 'LETTER', doc: letter('1') },
    {
      id: 2,
      type: 'ACK',
      doc: { kind: 'accept', office: 'moi', receiveNumber: '5', about: { number: 'มท 1/2' } },
    },
  ]
  server.answering = ({ method }) => (method === 'GET' ? { body: items } : { status: 204 })
  const options = `send: { list: { path: /l, items: "", key: id }, at: doc, notices: { at: type, is: [ACK] }, done: { path: "/l/{key}" } }, ${pushing}`
  const look = await polling(
    t,
    server,
    profileOf(options, 'sendNotices: { transport: *r, document: notice }'),
  )
  t.match(look.gateway.items, [{ kind: 'letter' }, { kind: 'notice' }])
  t.same(server.lines(), ['GET /l', 'DELETE /l/1', 'DELETE /l/2'], 'one look for both')
})

t.test('answers that are none: each is a trouble, told once, and costs one request', async (t) => {
  const server = await peer(t)
  const good = JSON.stringify([{ id: '1', doc: letter('1') }])
  const raw =
    (head: string, rest = good): typeof server.answering =>
    (_, { request }) => {
      request.socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}\r\n${rest}`)
      return 'by itself'
    }
  const days: [string, typeof server.answering, RegExp][] = [
    [
      'a sign-in page with 200',
      () => ({ headers: { 'content-type': 'text/html' }, body: '<html>sign in' }),
      /sign-in page/,
    ],
    [
      'a page that calls itself JSON',
      () => ({ headers: { 'content-type': 'application/json' }, body: '<html>' }),
      /without JSON/,
    ],
    ['a redirect', () => ({ status: 302, headers: { location: '/elsewhere' } }), /302: a redirect/],
    [
      'T4: a gzip bomb',
      () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(50_000_000)) }),
      /Content-Encoding: gzip/,
    ],
    ['more than the bound', () => ({ body: ['x'.repeat(70_000)] }), /more than 65536/],
    ['cut off', raw(`Content-Length: ${good.length + 500}\r\n`), /UND_ERR_SOCKET|other side/],
    ['chunks without an end', raw('Transfer-Encoding: chunked\r\n', '5\r\n[{"id\r\n'), /UND_ERR|HPE/],
    ['no length at all', raw('Connection: close\r\n'), /neither Content-Length nor chunks/],
    ['a broken head', bytes('HTTP/1.1 2\r\n\r\n'), /HTTPParserError/],
    ['dropped', bytes(''), /UND_ERR_SOCKET/],
    ['another shape', () => ({ body: { items: 'none' } }), /no list/],
    [
      'a key twice (X10)',
      () => ({ headers: { 'content-type': 'application/json' }, body: '[{"id":"1","id":"2"}]' }),
      /without JSON/,
    ],
    ['nobody is let in', () => ({ status: 403 }), /403/],
    ['5xx', () => ({ status: 503 }), /503/],
  ]
  const look = await polling(
    t,
    server,
    `limit: 64KiB, send: { list: { path: /l, items: "", key: id }, at: doc, done: { path: "/l/{key}" } }`,
  )
  events(look.gateway)
  for (const [name, answering, said] of days) {
    server.answering = answering
    server.lines()
    await look.pass(10 * 60_000)
    const [reported, ...more] = events(look.gateway)
    t.match(reported, ['rest.unavailable', said], name)
    t.same([more, server.lines()], [[], ['GET /l']], `${name}: one request`)
    await look.pass(10 * 60_000)
    t.same(events(look.gateway), [], `${name}: told once`)
    server.answering = () => ({ body: [] })
    await look.pass(60 * 60_000)
    t.same(events(look.gateway), [['rest.available', '']])
  }
  t.same(look.gateway.offered, [])
  server.answering = ({ method }) => (method === 'GET' ? { body: good } : { status: 204 })
  await look.pass(10 * 60_000)
  t.equal(look.gateway.offered.length, 1, 'and then it goes on by itself')
})

t.test('429 with Retry-After, and a server that never ends: patience, and a bound', async (t) => {
  const server = await peer(t)
  server.answering = () => ({ status: 429, headers: { 'retry-after': '120' } })
  const look = await polling(t, server, `transfer: 5m, send: { ${list}, at: body, ${done} }`)
  server.lines()
  await look.pass(119_999)
  t.same(server.lines(), [])
  await look.pass(1)
  t.same(server.lines(), ['GET /letters?page=1'])
  let page = 0
  // Every page has something new, for ever.
  server.answering = ({ method }) => {
    page += 1
    return method === 'DELETE'
      ? { status: 204 }
      : { body: { data: { items: [{ id: `n${page}`, body: letter(String(page)) }] } } }
  }
  await look.pass(120_000)
  const lines = server.lines()
  t.equal(
    lines.filter((line) => line.startsWith('GET')).length,
    50,
    'T12: so many pages, then the rest at the next look',
  )
  t.equal(look.gateway.offered.length, 50)
  events(look.gateway)
  // A byte now and then keeps every time-out between bytes asleep.
  server.answering = (_, { response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('[')
    return 'by itself'
  }
  look.tick(30_000)
  while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await look.pass(300_000)
  t.match(
    events(look.gateway),
    [['rest.unavailable', /AbortError/]],
    'T7, T12: the whole answer has its time',
  )
})

t.test(
  'sign-in: one token for all who wait, used for its life, renewed once when it is refused',
  async (t) => {
    const server = await peer(t)
    let issued = 0
    let valid = ''
    let [password, lets] = ['right', true]
    server.answering = ({ method, url, headers, body }) => {
      if (url === '/auth') {
        if (new URLSearchParams(body).get('pw') !== password) return { status: 401, body: { error: 'x' } }
        issued += 1
        valid = `token-${issued}`
        return { body: { result: { token: valid, life: 600 } } }
      }
      if (headers['x-session'] !== `T ${valid}` || !lets) return { status: 401 }
      return method === 'GET' ? { body: [] } : { status: 201 }
    }
    const signIn = `signIn: { request: { path: /auth, as: form, user: u, password: { env: PW }, names: { user: login, password: pw }, with: { grant: password }, token: result.token, lifetime: result.life, header: X-Session, prefix: "T " } }`
    const options = `${signIn}, send: { list: { path: /l, items: "", key: id }, done: { path: "/l/{key}" } }`
    const look = await polling(t, server, options, { PW: 'right' })
    t.same(new URLSearchParams(server.asked[0]?.body).toString(), 'grant=password&login=u&pw=right')
    t.same(server.lines(), ['POST /auth', 'GET /l'])
    await look.pass(30_000)
    t.same(server.lines(), ['GET /l'], 'the token is used again')
    valid = 'another, which the server made for somebody else'
    await look.pass(30_000)
    t.same(server.lines(), ['GET /l', 'POST /auth', 'GET /l'], 'a 401 is answered by one sign-in')
    await look.pass(539_999)
    server.lines()
    await look.pass(30_000)
    t.same(server.lines(), ['POST /auth', 'GET /l'], 'not used beyond its stated life')
    valid = 'none of ours'
    const bring = (id: string) => bringing(look.adapter, id)
    t.match(await Promise.all([bring('p-1'), bring('p-2'), bring('p-3')]), [
      { kind: 'taken' },
      { kind: 'taken' },
      { kind: 'taken' },
    ])
    t.equal(server.lines().filter((line) => line === 'POST /auth').length, 1, 'three parcels, one sign-in')
    lets = false
    t.match(await bring('p-4'), { kind: 'unavailable', said: /HTTP 401/ })
    t.same(server.lines(), ['POST /in', 'POST /auth', 'POST /in'], 'once again, and no loop')
    ;[lets, password] = [true, 'changed meanwhile']
    valid = ''
    t.match(await bring('p-5'), { kind: 'unavailable', said: /sign-in: HTTP 401/, retryAfter: 300_000 })
    t.same(server.lines(), ['POST /in', 'POST /auth'])
    t.match(await bring('p-6'), { kind: 'unavailable', said: 'sign-in was refused' })
    await look.pass(30_000)
    t.same(server.lines(), [], 'a wrong password is not shown again and again: the account would be locked')
    t.match(events(look.gateway), [['rest.unavailable', 'sign-in was refused']])
    password = 'right'
    await look.pass(300_000)
    t.same(server.lines(), ['POST /auth', 'GET /l'])
  },
)

t.test('token, HTTP Basic and a header: as the profile says, and to no other server', async (t) => {
  const [server, files] = [await peer(t), await peer(t)]
  const scan = randomBytes(1000)
  files.answering = () => ({ headers: { 'content-type': 'application/pdf' }, body: scan })
  server.answering = ({ method, url }) => {
    if (method !== 'GET') return { status: 204 }
    return url === '/l'
      ? {
          body: [
            {
              id: 1,
              doc: letter('1', { attachments: [{ name: 'a.pdf' }] }),
              extra: [{ name: 'a.pdf', url: `${files.url}/x?sig=1` }],
            },
          ],
        }
      : undefined
  }
  const poll = `send: { list: { path: /l, items: "", key: id }, at: doc, files: { at: extra }, done: { path: "/l/{key}" } }`
  for (const [said, expected] of [
    ['token: { env: S }', { authorization: 'Bearer s3cret' }],
    [
      'basic: { user: ผู้ใช้, password: { env: S } }',
      { authorization: `Basic ${Buffer.from('ผู้ใช้:s3cret').toString('base64')}` },
    ],
    ['header: { name: X-API-Key, value: { env: S } }', { 'x-api-key': 's3cret' }],
  ] as const) {
    await (
      await polling(t, server, `hosts: ["${files.url}"], signIn: { ${said} }, ${poll}`, { S: 's3cret' })
    ).adapter.stop()
    t.ok(
      server.asked
        .splice(0)
        .every(({ headers }) => Object.entries(expected).every(([name, value]) => headers[name] === value)),
      said,
    )
    t.same(
      files.asked.splice(0).map(({ url, headers }) => [url, headers.authorization, headers['x-api-key']]),
      [['/x?sig=1', undefined, undefined]],
      'what proves us is not shown to another server',
    )
  }
})

t.test(
  'files behind addresses: fetched at once, whole, and only from where the profile says (T1)',
  async (t) => {
    const [server, files, canary] = [await peer(t), await peer(t), await peer(t)]
    const scan = randomBytes(200_000)
    canary.answering = () => ({ body: scan })
    const port = new URL(canary.url).port
    let entry: object = {}
    let names = ['a.pdf']
    server.answering = ({ method, url }) => {
      if (method !== 'GET') return { status: 204 }
      if (url === '/api/l') return { body: [{ id: '7' }] }
      if (url === '/api/l/7')
        return {
          body: {
            doc: letter('7', { attachments: names.map((name) => ({ name })) }),
            files: [entry].flat().map((each) => ({ fileName: 'a.pdf', ...each })),
          },
        }
      return url === '/api/l/scan?sig=x%2Fy' || url === '/scan' ? { body: scan } : undefined
    }
    const options = `hosts: ["${files.url}"], attachmentLimit: 1MiB, send: { list: { path: /api/l, items: "", key: id }, document: "/api/l/{key}", at: doc, files: { at: files, name: fileName, url: href, size: bytes, sha256: hash }, done: { path: "/api/l/{key}" } }`
    const one = async (said: object) => {
      entry = said
      server.lines()
      const look = await polling(t, server, options)
      await look.adapter.stop()
      return {
        taken: look.gateway.items.map(({ kind }) => kind),
        events: events(look.gateway),
        done: server.lines().includes('DELETE /api/l/7'),
        look,
      }
    }
    for (const [name, href] of [
      ['relative', 'scan?sig=x%2Fy'],
      ['from the root', '/scan'],
      ['absolute', `${server.url}/scan`],
    ] as const) {
      const { taken, done, look } = await one({ href, bytes: scan.length, hash: digest(scan).toUpperCase() })
      t.same([taken, done, [...look.gateway.kept.keys()]], [['letter'], true, [digest(scan)]], name)
    }
    files.answering = () => ({ body: scan })
    t.match(
      await one({ href: `${files.url}/f` }),
      { taken: ['letter'], done: true },
      'another server that the profile names',
    )
    files.lines()
    const elsewhere = /server that the profile does not name/
    for (const [name, href, reason] of [
      ['another server', `${canary.url}/x`, elsewhere],
      ['another port', `http://127.0.0.1:${port}/`, elsewhere],
      ['IPv4-mapped', `http://[::ffff:127.0.0.1]:${port}/`, elsewhere],
      ['a number', `http://2130706433:${port}/`, elsewhere],
      ['metadata', 'http://169.254.169.254/latest/meta-data/', elsewhere],
      ['a name that is as long', `${files.url.replace('127.0.0.1', '127.0.0.1.example')}/f`, elsewhere],
      ['with a user', files.url.replace('//', '//u:p@'), elsewhere],
      ['another scheme', 'file:///etc/passwd', elsewhere],
      ['no address', 'http://[', /no address/],
      ['nothing', undefined, /no address/],
    ] as const) {
      const { taken, events: told, done } = await one({ href })
      t.same([taken, done], [['waiting'], false], name)
      t.match(
        told,
        [
          ['rest.file-missing', reason],
          ['source.waiting', '1'],
        ],
        name,
      )
    }
    t.same([canary.lines(), files.lines()], [[], []], 'nothing was asked there')
    const bad: [string, typeof files.answering, RegExp][] = [
      ['a redirect to it', () => ({ status: 302, headers: { location: `${canary.url}/x` } }), /HTTP 302/],
      ['expired', () => ({ status: 403 }), /HTTP 403/],
      [
        'a sign-in page',
        () => ({ headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>' }),
        /sign-in page/,
      ],
      ['too large', () => ({ body: Buffer.alloc(1_100_000) }), /more than 1048576/],
      ['another size', () => ({ body: scan.subarray(1) }), /another size/],
      ['other bytes', () => ({ body: Buffer.alloc(scan.length) }), /another SHA-256/],
    ]
    for (const [name, answering, reason] of bad) {
      files.answering = answering
      const {
        taken,
        events: told,
        done,
      } = await one({ href: `${files.url}/f`, bytes: scan.length, hash: digest(scan) })
      t.same([taken, done], [['waiting'], false], name)
      t.match(told[0], ['rest.file-missing', reason], name)
    }
    for (const [name, answering] of [
      ['cut off', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx')],
      ['packed (T4)', () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(scan) })],
      ['busy', () => ({ status: 503 })],
    ] as [string, typeof files.answering][]) {
      files.answering = answering
      const { taken, events: told, done, look } = await one({ href: `${files.url}/f` })
      t.same([taken, done, look.gateway.offered.length], [[], false, 0], `${name}: offered another time`)
      t.match(told, [['rest.unavailable', /./]], name)
    }
    t.same(canary.lines(), [], 'a redirect leads nowhere')
    t.match(await one([{ href: '/scan' }, { href: '/scan' }]), {
      taken: ['waiting'],
      events: [
        ['rest.file-missing', 'two files of one name'],
        ['source.waiting', '1'],
      ],
    })
    names = ['a.pdf', 'b.pdf']
    t.match(await one({ href: '/scan' }), {
      taken: [],
      done: false,
      events: [
        ['rest.file-missing', 'the document does not list it'],
        ['source.waiting', '1'],
      ],
    })
  },
)

t.test('a file that does not come is waited for; a new address helps; then it is a person’s', async (t) => {
  const server = await peer(t)
  let signed = 'old'
  server.answering = ({ method, url }) => {
    if (method !== 'GET') return { status: 204 }
    if (url === '/l')
      return {
        body: [
          {
            id: '7',
            doc: letter('7', { attachments: [{ name: 'a.pdf' }] }),
            x: [{ name: 'a.pdf', url: `/f?sig=${signed}` }],
          },
        ],
      }
    return url === '/f?sig=new' ? { body: 'scan' } : { status: 403 }
  }
  const options = `send: { list: { path: /l, items: "", key: id }, at: doc, files: { at: x }, wait: 2m, done: { path: "/l/{key}" } }`
  const look = await polling(t, server, options)
  t.same(
    events(look.gateway),
    [
      ['rest.file-missing', 'HTTP 403'],
      ['source.waiting', '1'],
    ].map((each) => each),
  )
  signed = 'new'
  await look.pass(30_000)
  t.match(look.gateway.items.at(-1), { kind: 'letter' })
  t.ok(server.lines().includes('DELETE /l/7'))
  signed = 'never'
  await look.pass(30_000)
  await look.pass(90_000)
  t.notOk(server.lines().includes('DELETE /l/7'))
  await look.pass(30_000)
  t.match(look.gateway.items.at(-1), { kind: 'fault', problems: [{ code: 'adapter.file.missing' }] })
  t.ok(server.lines().includes('DELETE /l/7'), 'it is in quarantine now')
})

t.test(
  'our own disk fails while a file is fetched: nothing is offered or acknowledged, then all of it',
  async (t) => {
    const server = await peer(t)
    server.answering = ({ method, url }) => {
      if (method !== 'GET') return { status: 204 }
      return url === '/l'
        ? { body: [{ id: '7', doc: letter('7', { attachments: [{ name: 'a.pdf' }] }) }] }
        : { body: 'scan' }
    }
    const look = await polling(
      t,
      server,
      `send: { list: { path: /l, items: "", key: id }, at: doc, files: { path: "/l/{key}/f/{file}" }, done: { path: "/l/{key}" } }`,
    )
    server.lines()
    const { gateway } = look
    const offered = gateway.offered.length
    gateway.failing = gateway.calls + 1
    await look.pass(30_000)
    t.same(server.lines(), ['GET /l', 'GET /l/7/f/a.pdf'])
    t.same([gateway.offered.length, events(gateway)], [offered, [['rest.failed', 'Error']]])
    await look.pass(30_000)
    t.match(gateway.items.at(-1), { kind: 'letter', attachments: [{ name: 'a.pdf', content: { size: 4 } }] })
    t.ok(server.lines().includes('DELETE /l/7'))
  },
)

t.test('files by a path of the profile: the name is one segment, whatever it is', async (t) => {
  const server = await peer(t)
  const name = 'ก ข&?#%2f.pdf'
  server.answering = ({ method, url }) => {
    if (method !== 'GET') return { status: 204 }
    return url === '/l'
      ? { body: [{ id: '7', doc: letter('7', { attachments: [{ name }] }) }] }
      : { body: 'scan' }
  }
  const look = await polling(
    t,
    server,
    `send: { list: { path: /l, items: "", key: id }, at: doc, files: { path: "/l/{key}/f/{file}" }, done: { path: "/l/{key}" } }`,
  )
  t.match(look.gateway.items, [{ kind: 'letter', attachments: [{ name }] }])
  t.same(server.lines(), ['GET /l', `GET /l/7/f/${encodeURIComponent(name)}`, 'DELETE /l/7'])
})

t.test(
  'addresses: no disguise of this machine, its link or a cloud’s metadata is reachable by a name',
  (t) => {
    for (const address of [
      '127.0.0.1',
      '127.255.255.254',
      '0.0.0.0',
      '169.254.169.254',
      '224.0.0.1',
      '255.255.255.255',
      '100.100.100.200',
      '::1',
      '::',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'fe80::1',
      'ff02::1',
      'fd00:ec2::254',
      'x',
    ])
      t.notOk(isReachable(address), address)
    for (const address of ['10.1.2.3', '192.168.0.9', '172.16.0.1', '203.0.113.7', '2001:db8::1', 'fd12::1'])
      t.ok(isReachable(address), address)
    for (const [text, plain, good] of [
      ['https://x.example/api', false, true],
      ['http://x.example', false, false],
      ['http://x.example', true, true],
      ['http://localhost:1', false, true],
      ['http://[::1]:1', false, true],
      ['http://127.1:1', false, true],
      ['http://[::ffff:127.0.0.1]', false, false],
      ['https://u:p@x.example', false, false],
      ['https://x.example/#a', false, false],
      ['ftp://x.example', true, false],
      ['x', true, false],
    ] as const)
      t.equal(originOf(text, plain) !== undefined, good, text)
    const named = (host: string, ...addresses: string[]) =>
      new Promise<unknown>((resolve) => {
        const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
        const fake = ((_: string, __: object, back: (error: null, all: object[]) => void) =>
          back(null, found)) as never
        guardedLookup(fake)(host, { all: true }, (error, all) =>
          resolve(error?.name ?? (all as { address: string }[]).map(({ address }) => address)),
        )
      })
    return Promise.all([
      named('rebind.example', '127.0.0.1'),
      named('rebind.example', '169.254.169.254', '10.0.0.1'),
      named('localhost', '127.0.0.1', '10.0.0.1'),
      named('localhost', '10.0.0.1'),
    ]).then((answers) =>
      t.same(answers, ['Forbidden', ['10.0.0.1'], ['127.0.0.1'], 'Forbidden'], 'T1: DNS rebinding'),
    )
  },
)

t.test('a name that leads to this machine is not asked, though the profile names it', async (t) => {
  const server = await peer(t)
  // Debian resolves the machine's own name to a loopback address; any name of /etc/hosts that does so will do.
  const named = Object.assign(new Peer(), { url: server.url.replace('127.0.0.1', 'ip6-localhost') })
  const look = await polling(t, named, `plain: true, send: { ${list}, ${done} }`)
  t.match(events(look.gateway), [['rest.unavailable', /Forbidden|ENOTFOUND|AggregateError/]])
  t.same(server.lines(), [])
})

t.test('JSON as text: digits stay, keys are found, garbage is none', (t) => {
  const text = readJsonText(
    Buffer.from('\ufeff{"a": {"b": [1, {"c": 123456789012345678901}]}, "d": "x\\"\\u0e01", "e": null}'),
  )
  if (text === undefined) return Promise.reject(new Error('it is JSON'))
  const at = (path: string) => textAt(text, nodeAt(text.root, path))
  t.same(
    [at('a.b.1.c'), at('d'), at('e'), at('a'), at('a.b.2'), at('x.y')],
    ['123456789012345678901', 'x"ก', undefined, undefined, undefined, undefined],
  )
  for (const broken of [
    '',
    '{',
    '[1,]',
    '{"a":1,"a":2}',
    '['.repeat(100) + ']'.repeat(100),
    '['.repeat(100_000),
    '{"a":"\n"}',
    `[${'1,'.repeat(300_000)}1]`,
  ])
    t.equal(readJsonText(Buffer.from(broken)), undefined, broken.slice(0, 20))
  t.equal(readJsonText(Buffer.from([0x22, 0xa1, 0x22])), undefined, 'windows-874 in JSON')
  return Promise.resolve()
})

t.test('X10: hostile JSON is refused before the engine makes anything of it', (t) => {
  const many = 10_000_000
  const parse = t.capture(JSON, 'parse', JSON.parse)
  for (const text of [
    '['.repeat(many),
    ','.repeat(many),
    `[${'1,'.repeat(many)}1]`,
    `[${'{},'.repeat(many)}1]`,
  ])
    t.equal(readJsonText(Buffer.from(text)), undefined, text.slice(0, 5))
  t.equal(parse().length, 0)
  // As many and as deep as may be, and one more.
  const list = (count: number) => readJsonText(Buffer.from(`[${'[],'.repeat(count - 2)}1]`))
  t.ok(list(200_000))
  t.notOk(list(200_001))
  const deep = (levels: number) => readJsonText(Buffer.from('['.repeat(levels) + ']'.repeat(levels)))
  t.ok(deep(17))
  t.notOk(deep(18))
  t.end()
})

t.test('templates: a value is one segment or one parameter, and nothing else', (t) => {
  t.same(addressOf('/a/{key}?x={key}', { key: 'ก/../?&# %2e' }), {
    ok: true,
    text: '/a/%E0%B8%81%2F..%2F%3F%26%23%20%252e?x=%E0%B8%81%2F..%2F%3F%26%23%20%252e',
  })
  for (const key of ['', '.', '..', 'a\nb', 'a\u0000', '\ud800', '\u202e', 'x'.repeat(201)])
    t.same(addressOf('/a/{key}', { key }), { ok: false, place: 'key' }, JSON.stringify(key))
  t.same(addressOf('/a/{toString}', {}), { ok: false, place: 'toString' })
  t.end()
})

t.test('a profile that says it wrongly: every fault, with its place', (t) => {
  const faults = (options: string, more = '') => {
    const read = readProfile(profileOf(options, more), 'x.yaml')
    return read.ok ? [] : read.problems.map((each) => describe(each).replace(/ \[.*/s, ''))
  }
  t.same(faults(`send: { ${list}, ${done} }, ${pushing}`), [])
  t.match(faults(`send: { ${done} }, receive: { path: /in }`), [/list or head/, /key notices/])
  t.match(
    faults(`send: { ${list}, head: { path: /q, key: { at: id } }, done: { path: "/{id}" } }, ${pushing}`),
    [/list or head/, /\{id\}.*\{key\}/],
  )
  t.match(
    faults(
      `send: { ${list}, ${done} }, receive: { path: "/in/{field:รหัส}", headers: { X: "{secret}" } }, notices: { path: "/{x}", upload: { path: "/{number}" } }`,
    ),
    [/\{secret\}/, /\{x\}/, /\{number\}/],
  )
  t.match(
    faults(
      `signIn: { token: s3cret, basic: { user: a, password: s3cret } }, send: { ${list}, ${done} }, ${pushing}`,
    ).join(),
    /a secret stands in the profile/,
  )
  t.match(
    faults(
      `signIn: { token: { env: A }, header: { name: B, value: { env: C } } }, send: { ${list}, ${done} }, ${pushing}`,
    ),
    [/token, basic, header or request/],
  )
  t.notMatch(
    faults(
      `signIn: { token: s3cret, header: { name: X, value: s3cret } }, send: { ${list}, ${done} }, ${pushing}`,
    ).join(),
    /s3cret/,
    'T11',
  )
  t.match(
    faults(
      `send: { ${list}, ${done} }, ${pushing}`.replace(
        'send:',
        'hosts: ["http://files.example", "https://u:p4ss@f.example"], send:',
      ),
    ),
    [/files\.example/, /f\.example/],
  )
  t.match(faults(`send: { ${list} }, ${pushing}`).join(), /done/)
  t.end()
})

const bringing = (adapter: Adapter, parcel: Parcel | string) =>
  adapter.deliver!(
    typeof parcel === 'string'
      ? parcelOf({ letter: fixedLetter({ attachments: [] }) }, parcel, '57')
      : parcel,
    new AbortController().signal,
  )

/** What was brought, and what the adapter made of the answer. */
const parcelWith = (files: readonly [string, Buffer][], id = 'p-1') => {
  const attachments = files.map(
    ([name, content], index): Attachment => ({
      ...fixedLetter().attachments[0]!,
      role: index === 0 ? 'main' : 'enclosure',
      name,
      size: content.length,
      sha256: digest(content),
    }),
  )
  const contents = new Map(files.map(([, content]) => [digest(content), content]))
  return parcelOf({ letter: fixedLetter({ attachments }) }, id, '57', contents)
}

const accept = (id: string, extension: readonly { name: string; value: string }[]): Parcel => ({
  ...parcelOf(
    {
      notice: {
        kind: 'accept',
        from: office('moi'),
        to: office('57'),
        at: start,
        receiveNumber: 'มท 12/2569',
        reason: '',
        about: {
          messageId: messageIdOf(3),
          digest: '0'.repeat(64),
          number: 'ชร 0017.1/12',
          date: '2026-11-20',
          subject: 'ก',
        },
      } as never,
    },
    id,
    '57',
  ),
  about: { messageId: messageIdOf(3), letter: fixedLetter({ extension }) },
})

t.test('a parcel is brought as the profile says: method, path, headers and names of parts', async (t) => {
  const server = await peer(t)
  server.answering = ({ method }) => (method === 'GET' ? { body: [] } : { status: 201, body: { ok: true } })
  const options = `send: { list: { path: /l, items: "", key: id }, ${done} }, receive: { method: PUT, path: "/in/{messageId}?no={number}", headers: { Idempotency-Key: "{parcel}", X-Number: "{number}", X-Tenant: { env: TENANT } }, parts: { document: letter, file: scans } }, notices: { method: PATCH, path: "/letters/{field:รหัส}/{kind}/{receiveNumber}" }`
  const look = await polling(
    t,
    server,
    `\nid: x\n${profileOf(options).slice(1)}`.replace('\nid: x\n', '\n'),
    { TENANT: 'ก/ข'.replace(/[^!-~]/g, 'x') },
  )
  server.asked.length = 0
  t.match(await bringing(look.adapter, parcelWith([['ก.pdf', Buffer.from('scan')]])), { kind: 'taken' })
  const number = encodeURIComponent('ชม 0017.1/492')
  t.match(server.asked[0], {
    method: 'PUT',
    url: `/in/${encodeURIComponent(messageIdOf(7))}?no=${number}`,
    headers: { 'idempotency-key': 'p-1', 'x-number': number, 'x-tenant': 'x/x', 'saraban-parcel': 'p-1' },
    body: /name="letter"[\s\S]*name="scans"; filename="ก\.pdf"/,
  })
  server.asked.length = 0
  t.match(await bringing(look.adapter, accept('p-2', [{ name: 'รหัส', value: '../../900719925474099301' }])), {
    kind: 'taken',
  })
  t.match(
    server.asked,
    [
      {
        method: 'PATCH',
        url: `/letters/..%2F..%2F900719925474099301/accept/${encodeURIComponent('มท 12/2569')}`,
      },
    ],
    'T3',
  )
  t.match(await bringing(look.adapter, accept('p-3', [])), {
    kind: 'refused',
    problem: { code: 'adapter.rest.place-empty', value: '{field:รหัส}' },
  })
  t.equal(server.asked.length, 1, 'nothing was sent')
})

t.test(
  'files ahead of the document: each under its own name, again at every attempt, and then the document alone',
  async (t) => {
    const server = await peer(t)
    const store = new Map<string, string>()
    let [refuses, at] = ['', 200]
    server.answering = ({ method, url, body }) => {
      if (method === 'GET') return { body: [] }
      if (url === refuses) return { status: at }
      if (method === 'PUT') {
        if (store.has(url)) return { status: 409 }
        store.set(url, body)
      }
      return { status: 201 }
    }
    const options = `send: { list: { path: /l, items: "", key: id }, ${done} }, receive: { path: /in, upload: { path: "/files/{parcel}/{file}", headers: { X-For: "{messageId}" } } }, notices: { path: /told }`
    const look = await polling(t, server, `\n${profileOf(options).slice(1)}`)
    const files: [string, Buffer][] = [
      ['a.pdf', Buffer.from('one')],
      ['ข?&.pdf', Buffer.from('two')],
    ]
    const paths = ['/files/p-1/a.pdf', '/files/p-1/%E0%B8%82%3F%26.pdf']
    server.lines()
    ;[refuses, at] = [paths[1]!, 503]
    t.match(await bringing(look.adapter, parcelWith(files)), { kind: 'unavailable', said: 'HTTP 503' })
    t.same(
      server.lines(),
      [`PUT ${paths[0]}`, `PUT ${paths[1]}`],
      'the document does not go before its files',
    )
    ;[refuses, at] = ['/in', 500]
    t.match(await bringing(look.adapter, parcelWith(files)), { kind: 'unavailable' })
    ;[refuses, at] = ['', 0]
    t.match(await bringing(look.adapter, parcelWith(files)), { kind: 'taken' })
    t.same(
      [...store],
      [
        [paths[0], 'one'],
        [paths[1], 'two'],
      ],
    )
    t.match(server.asked.at(-1), { url: '/in', headers: { 'content-type': 'application/json' } })
    ;[refuses, at] = ['/files/p-2/a.pdf', 413]
    t.match(await bringing(look.adapter, parcelWith(files, 'p-2')), {
      kind: 'refused',
      problem: { code: 'adapter.peer.refused' },
    })
    server.answering = (_, { request }) => {
      request.socket.destroy()
      return 'by itself'
    }
    t.match(
      await bringing(look.adapter, parcelWith(files, 'p-3')),
      { kind: 'unavailable' },
      'a file may have arrived: the letter has not',
    )
  },
)

t.test(
  'what the system says in words decides; what nobody said is unknown; a lost answer is, too',
  async (t) => {
    const server = await peer(t)
    const options = (answer: string) =>
      `send: { list: { path: /l, items: "", key: id }, ${done} }, receive: { path: /in, answer: ${answer} }, notices: { path: /told }`
    const coded = await polling(
      t,
      server,
      `\n${profileOf(options('{ at: status.code, taken: ["0", "00"], refused: ["E4"] }')).slice(1)}`,
    )
    const says = async (
      look: typeof coded,
      reply: Parameters<Peer['answering']> extends never ? never : ReturnType<Peer['answering']>,
    ) => {
      server.answering = () => reply
      return bringing(look.adapter, 'p-1')
    }
    t.match(await says(coded, { body: { status: { code: 0 } } }), { kind: 'taken' })
    t.match(await says(coded, { body: { status: { code: 'E4', why: 'ผิด' } } }), {
      kind: 'refused',
      said: /E4.*ผิด/,
    })
    t.match(await says(coded, { status: 422, body: { status: { code: 'E4' } } }), { kind: 'refused' })
    t.match(await says(coded, { body: { status: { code: 'BUSY' } } }), { kind: 'unavailable', said: /BUSY/ })
    t.match(
      await says(coded, { status: 503, headers: { 'retry-after': '7' }, body: { status: { code: '0' } } }),
      { kind: 'unavailable', retryAfter: 7000 },
    )
    t.match(await says(coded, { headers: { 'content-type': 'text/html' }, body: '<html>' }), {
      kind: 'unknown',
      said: /no-answer/,
    })
    const plain = await polling(t, server, `\n${profileOf(options('{ taken: [OK] }')).slice(1)}`)
    t.match(await says(plain, { headers: { 'content-type': 'text/html' }, body: ' OK\r\n' }), {
      kind: 'taken',
    })
    t.match(await says(plain, { body: 'Fatal error' }), { kind: 'unknown' })
    for (const [name, answering] of [
      ['dropped', bytes('')],
      ['half', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nO')],
      ['packed', () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('OK') })],
    ] as [string, Peer['answering']][]) {
      server.answering = answering
      t.match(await bringing(plain.adapter, 'p-1'), { kind: 'unknown' }, name)
    }
    await plain.adapter.stop()
    t.match(await bringing(plain.adapter, 'p-1'), { kind: 'unavailable' }, 'after the end nothing is sent')
  },
)

t.test(
  'TLS: the authority that the profile names, and the name that it says; else nothing is asked',
  async (t) => {
    const asked: string[] = []
    const secure = async (of?: Parameters<typeof serverTls>[0]) => {
      const tls = await serverTls(of)
      const server = createServer({ key: tls.key, cert: tls.certificate }, (request, response) => {
        asked.push(String(request.url))
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2' }).end('[]')
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.teardown(() => {
        server.closeAllConnections()
        server.close()
      })
      const { port } = server.address() as AddressInfo
      return { url: `https://localhost:${port}`, AUTHORITY: tls.authority }
    }
    const poll = 'send: { list: { path: /l, items: "", key: id }, done: { path: "/l/{key}" } }'
    const look = async (
      url: string,
      authority: string,
      options = 'tls: { authority: { env: AUTHORITY } }, ',
    ) => {
      const { gateway, adapter } = await polling(t, Object.assign(new Peer(), { url }), `${options}${poll}`, {
        AUTHORITY: authority,
      })
      await adapter.stop()
      return [events(gateway), asked.splice(0)]
    }
    const [own, other] = [await secure(), await secure({ names: ['other.example'], addresses: [] })]
    t.same(await look(own.url, own.AUTHORITY), [[], ['/l']])
    t.match(await look(own.url, other.AUTHORITY), [[['rest.unavailable', /UNABLE_TO|SELF_SIGNED|CERT/]], []])
    t.match(await look(own.url, 'x', ''), [[['rest.unavailable', /UNABLE_TO|SELF_SIGNED|CERT/]], []])
    t.match(await look(other.url, other.AUTHORITY), [[['rest.unavailable', /ALTNAME/]], []], 'another name')
  },
)
