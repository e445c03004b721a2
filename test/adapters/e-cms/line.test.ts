// Bad days of the line to a server of the exchange, and a profile that cannot be.
import { once } from 'node:events'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import t from 'tap'
import type { Adapter, Outcome } from '../../../src/adapters/contract.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../../../src/gateway/trust/authority.ts'
import { systemRandom } from '../../../src/letter/time.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { TestGateway } from '../stage.ts'
import { adapterOf, parcel, profileOf, serve, signal, soap, taken } from './server.ts'

t.test('bad days of the line', async (t) => {
  const gateway = new TestGateway()
  const opened: Adapter[] = []
  t.teardown(() => Promise.all(opened.map((each) => each.stop())))
  const bring = async (url: string, options: object = {}): Promise<Outcome | undefined> => {
    const adapter = adapterOf(gateway, url, options)
    opened.push(adapter)
    return adapter.deliver?.(parcel(), signal)
  }
  const sockets = async (act: (socket: Socket, bytes: string) => void): Promise<string> => {
    const server = createTcpServer((socket) => {
      let bytes = ''
      socket.on('error', () => socket.destroy())
      socket.on('data', (data) => {
        bytes += data.toString('latin1')
        act(socket, bytes)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ecms`
  }
  t.match(await bring('http://127.0.0.1:1/ecms'), { kind: 'unavailable' }, 'nobody is there')
  const afterLast = await sockets((socket, bytes) => {
    if (bytes.includes('</SOAP-ENV:Envelope>')) socket.destroy()
  })
  t.match(await bring(afterLast), { kind: 'unknown' }, 'dropped after the last byte')
  const half = await sockets((socket, bytes) => {
    if (bytes.includes('</SOAP-ENV:Envelope>'))
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n${soap(taken)}`)
  })
  t.match(await bring(half), { kind: 'unknown' }, 'half an answer, though it reads like a whole one')
  const slow = await serve(t, () => undefined)
  t.match(await bring(slow.url, { within: '300ms' }), { kind: 'unknown', said: /TIMEOUT/ }, 'slow')
  const endless = await serve(t, () => ({
    body: soap(taken).replace('</S:Body>', `${' '.repeat(2 ** 21)}</S:Body>`),
  }))
  t.match(await bring(endless.url), { kind: 'unknown', said: /more than 1048576 bytes/ })
  const trickling = await serve(t, (_asked, response) => {
    response.writeHead(200)
    response.write('<')
    return undefined
  })
  const call = bring(trickling.url)
  while (gateway.clock.waiting === 0 || trickling.asked.length === 0)
    await new Promise((done) => setImmediate(done))
  gateway.clock.pass(15 * 60_000)
  t.match(await call, { kind: 'unknown', said: 'AbortError ' }, 'a quarter of an hour is the end')
})

t.test('TLS: the server must be known, and knows the gateway by its certificate', async (t) => {
  const now = Date.now()
  const authority = await createAuthority(now, systemRandom)
  const issue = async (names: string[]) => {
    const key = await newKey()
    const kind = { kind: 'server' as const, names, addresses: ['127.0.0.1'] }
    return {
      key: keyToPem(key),
      certificate: issueCertificate(authority, key, kind, now, systemRandom).toString(),
    }
  }
  const [own, client] = [await issue(['localhost']), await issue(['gateway'])]
  const ca = authority.certificate.toString()
  const server = createTlsServer(
    { key: own.key, cert: own.certificate, ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => void request.resume().once('end', () => response.end(soap(taken))),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/ecms`
  const environment = { KEY: client.key, CERT: client.certificate, CA: ca }
  const tls = { key: { env: 'KEY' }, certificate: { env: 'CERT' }, authority: { env: 'CA' } }
  const [mutual, stranger] = [{ tls }, {}].map((options) =>
    adapterOf(new TestGateway(), url, options, {}, environment),
  )
  t.teardown(() => Promise.all([mutual?.stop(), stranger?.stop()]))
  t.match(await mutual?.deliver?.(parcel(), signal), { kind: 'taken' })
  t.match(await stranger?.deliver?.(parcel(), signal), { kind: 'unavailable' })
})

t.test('a profile that cannot be', (t) => {
  const faults = (url: string, options: object, format?: object) => {
    const profile = profileOf(url, options, format)
    return profile.ok ? [] : profile.problems.map(({ code, path }) => `${path} ${code}`)
  }
  t.same(faults('https://ecms.example/ws', {}), [])
  t.same(faults('http://10.92.0.5/ws', {}), ['send.transport.url adapter.profile.value-wrong'])
  t.same(faults('http://10.92.0.5/ws', { plain: true }), [])
  t.same(faults('https://u:p@ecms.example/ws', {}), ['send.transport.url adapter.profile.value-wrong'])
  t.same(faults('https://ecms.example/ws', { user: 'x' }), ['send.transport adapter.profile.key-missing'])
  t.match(faults('https://ecms.example/ws', { user: 'x', password: 'plain' }), [/password/])
  const other = JSON.stringify(mustBe(profileOf('https://a.example/', {}))).includes('untold')
  t.notOk(other, 'a recall can be said: nothing has to be declared untold')
  t.end()
})
