import t from 'tap'
import { guardedLookup, isReachable, originOf } from '../../../src/adapters/transports/rest/addresses.ts'
import { letter, peer, polling } from './peer.ts'
import { bytes, events } from './stage.ts'

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

for (const [how, passes, refuse] of [
  ['500', false, () => ({ status: 500 })],
  ['501', false, () => ({ status: 501 })],
  ['503', true, () => ({ status: 503 })],
  ['429', true, () => ({ status: 429, headers: { 'retry-after': '60' } })],
  ['packed', false, () => ({ headers: { 'content-encoding': 'gzip' }, body: 'scan' })],
  ['no length', false, bytes('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf')],
  ['cut off', true, bytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')],
] as const)
  t.test(
    `a file that is never given (${how}) holds up no other, and is a person’s after ${passes ? 'a day' : 'the wait'}`,
    async (t) => {
      const server = await peer(t)
      let gone: readonly string[] = []
      server.answering = (asked, made) => {
        const { method, url } = asked
        if (method !== 'GET') {
          gone = [...gone, url]
          return { status: 204 }
        }
        if (url !== '/l') return refuse(asked, made)
        const attached = (id: string) => (id === '1' ? { attachments: [{ name: 'a.pdf' }] } : {})
        const waits = ['1', '2', '3'].filter((id) => !gone.includes(`/l/${id}`))
        return { body: waits.map((id) => ({ id, doc: letter(id, attached(id)) })) }
      }
      const look = await polling(
        t,
        server,
        `send: { list: { path: /l, items: "", key: id }, at: doc, files: { path: "/l/{key}/f/{file}" }, wait: 2m, done: { path: "/l/{key}" } }`,
      )
      t.same(gone, ['/l/2', '/l/3'], 'at the first look')
      t.notOk(look.gateway.reports.some(({ event }) => event === 'rest.unavailable'))
      await look.pass(60_000)
      await look.pass(30_000)
      t.same(gone, ['/l/2', '/l/3'])
      await look.pass(60_000)
      if (passes) {
        t.same(gone, ['/l/2', '/l/3'], 'a server that is busy for a while is no fault of the letter')
        await look.pass(86_400_000)
        await look.pass(120_000)
      }
      t.match(look.gateway.items.at(-1), { kind: 'fault', problems: [{ code: 'adapter.file.missing' }] })
      t.same(gone, ['/l/2', '/l/3', '/l/1'])
      t.equal(
        look.gateway.reports.filter(({ event }) => event === 'rest.file-missing').length,
        1,
        'told once',
      )
    },
  )

t.test('the head of a queue whose file is never given makes way after the wait', async (t) => {
  const server = await peer(t)
  const queue = ['1', '2']
  server.answering = ({ method, url }) => {
    if (method !== 'GET') {
      queue.shift()
      return { status: 204 }
    }
    if (url !== '/h') return { status: 500 }
    const [id] = queue
    if (id === undefined) return { status: 204 }
    return { body: { id, doc: letter(id, id === '1' ? { attachments: [{ name: 'a.pdf' }] } : {}) } }
  }
  const look = await polling(
    t,
    server,
    `send: { head: { path: /h, key: { at: id } }, at: doc, files: { path: "/f/{key}/{file}" }, wait: 2m, done: { path: "/h/{key}" } }`,
  )
  await look.pass(60_000)
  t.same(queue, ['1', '2'])
  await look.pass(60_000)
  t.same(queue, [])
  t.match(look.gateway.items.slice(-2), [{ kind: 'fault' }, { kind: 'letter' }])
})

t.test(
  'a dead server among those of the files is asked once a look, and holds up no other document',
  async (t) => {
    const server = await peer(t)
    const dead = await peer(t)
    dead.server.close()
    let gone: readonly string[] = []
    server.answering = ({ method, url }) => {
      if (method !== 'GET') gone = [...gone, url]
      if (method !== 'GET') return { status: 204 }
      if (url !== '/l') return { body: 'scan' }
      const row = (id: string, at: string) => ({
        id,
        doc: letter(id, { attachments: [{ name: 'a.pdf' }] }),
        x: [{ name: 'a.pdf', url: `${at}/f` }],
      })
      return { body: [row('1', dead.url), row('2', dead.url), row('3', server.url)] }
    }
    await polling(
      t,
      server,
      `hosts: ["${dead.url}"], send: { list: { path: /l, items: "", key: id }, at: doc, files: { at: x }, wait: 2m, done: { path: "/l/{key}" } }`,
    )
    t.same(gone, ['/l/3'])
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
