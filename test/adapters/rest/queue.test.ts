import { gzipSync } from 'node:zlib'
import t from 'tap'
import { done, letter, list, peer, polling, profileOf, pushing } from './peer.ts'
import { bringing, bytes, events } from './stage.ts'

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
