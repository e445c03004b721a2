import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Parcel } from '../../../src/adapters/contract.ts'
import type { Attachment } from '../../../src/letter/letter.ts'
import { fixedLetter, office } from '../../letter/arbitrary.ts'
import { serverTls } from '../../servers/tls.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, start } from '../stage.ts'
import { done, Peer, peer, polling, profileOf } from './peer.ts'
import { bringing, bytes, digest, events } from './stage.ts'

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
