import t from 'tap'
import { messageIdOf } from '../message-ids.ts'
import { TestGateway } from '../stage.ts'
import { done, letter, list, peer, polling } from './peer.ts'
import { events } from './stage.ts'

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
