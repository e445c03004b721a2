// How the gateway proves itself to a REST server, and to which servers it speaks at all.
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { done, letter, list, Peer, peer, polling } from './peer.ts'
import { bytes, digest, events } from './stage.ts'

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
      ['cut off', bytes('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx'), /./],
      [
        'packed (T4)',
        () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(scan) }),
        /Content-Encoding: gzip/,
      ],
      ['busy', () => ({ status: 503 }), /HTTP 503/],
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

t.test('a name that leads to this machine is not asked, though the profile names it', async (t) => {
  const server = await peer(t)
  // Debian resolves the machine's own name to a loopback address; any name of /etc/hosts that does so will do.
  const named = Object.assign(new Peer(), { url: server.url.replace('127.0.0.1', 'ip6-localhost') })
  const look = await polling(t, named, `plain: true, send: { ${list}, ${done} }`)
  t.match(events(look.gateway), [['rest.unavailable', /Forbidden|ENOTFOUND|AggregateError/]])
  t.same(server.lines(), [])
})
