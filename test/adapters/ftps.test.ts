// Folders by FTP over TLS: its bad days, and whom the gateway shows its password.
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { ftpServer } from '../../src/sandbox/servers/ftp.ts'
import type { RemoteServer } from '../../src/sandbox/servers/remote.ts'
import { serverTls } from '../servers/tls.ts'
import { remoteBadDays } from './remote-bad-days.ts'
import { remoteHanding } from './remote-handing.ts'
import { csv, letterParcel, numbers, row, stageOn } from './remote-stage.ts'

// Each of its verbs opens a connection of its own, and shakes hands on it.
t.setTimeout(900_000)

const tls = await serverTls()
const secure = (kind: 'explicit' | 'implicit') =>
  ftpServer({ tls: kind, key: tls.key, cert: tls.certificate })

for (const kind of ['explicit', 'implicit'] as const) {
  const environment = { CA: tls.authority }
  const served = { kind: `ftps, ${kind}`, make: () => secure(kind), step: 43, environment }
  for (const suite of [remoteBadDays, remoteHanding]) suite(served)
}

for (const kind of ['explicit', 'implicit'] as const)
  t.test(
    `ftp over TLS, ${kind}: letters and scans go both ways, and nothing goes in the clear`,
    async (t) => {
      const server = await secure(kind)
      const tapped = await throughProxy(t, server)
      const { start, pass, deliver, gateway, drop, done, on, visible, day } = await stageOn(t, tapped, {
        environment: { CA: tls.authority },
      })
      await start()
      const scan = Buffer.alloc(300_000, 'scan ')
      drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
      drop('a.pdf', scan)
      await pass(10_000)
      t.same(numbers(gateway.items), ['ชม 1/2'])
      t.ok([...gateway.kept.values()].some((bytes) => bytes.equals(scan)))
      t.equal(done().length, 1)
      t.match(await deliver(letterParcel()), { kind: 'taken' })
      t.equal(readFileSync(on('in', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
      t.same(visible('in'), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
      t.equal(day.signIns, 1)
      const seen = Buffer.concat(tapped.sent).toString('latin1')
      t.ok(seen.length > 1000)
      t.notMatch(seen, /PASS|correct|letters\.csv/)
    },
  )

t.test('ftp over TLS: a certificate that is not good gets no password', async (t) => {
  const stranger = await serverTls()
  const elsewhere = await serverTls({ names: ['ftp.example.go.th'], addresses: [] })
  const cases = [
    { what: 'of an unknown authority', server: await secure('explicit'), CA: stranger.authority },
    { what: 'of an unknown authority, implicit', server: await secure('implicit'), CA: stranger.authority },
    {
      what: 'of another name',
      server: await ftpServer({ tls: 'explicit', key: elsewhere.key, cert: elsewhere.certificate }),
      CA: elsewhere.authority,
    },
  ]
  for (const { what, server, CA } of cases) {
    const { start, pass, deliver, day, drop, open, reported } = await stageOn(t, server, {
      environment: { CA },
    })
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(30_000)
    const told = reported('folder.unavailable').filter(({ channel }) => channel === 'send')
    t.match(told, [{ reason: 'ECERTIFICATE', said: /adapter\.ftp\.certificate/ }], what)
    t.match(await deliver(letterParcel()), { kind: 'unavailable', retryAfter: Number }, what)
    t.same([day.signIns, day.connections, open()], [0, 1, ['a.csv']], `${what}: not again within the minute`)
  }
})

t.test('ftp over TLS: a server that has none gets no password', async (t) => {
  const server = await ftpServer({ tls: 'none' })
  const { start, pass, day, reported } = await stageOn(t, server, {
    environment: { CA: tls.authority },
    options: (text) => text.replace('plain: true', 'ca: { env: CA }'),
  })
  await start()
  await pass(4000)
  t.match(reported('folder.unavailable')[0], { said: /adapter\.remote\.unreachable/ })
  t.equal(day.signIns, 0)
})

/** The server behind a wire that is listened to: `sent` is what the gateway said on its control connections. */
async function throughProxy(
  t: Test,
  server: RemoteServer,
): Promise<RemoteServer & { readonly sent: Buffer[] }> {
  const sent: Buffer[] = []
  const wire = createServer((client) => {
    const onwards = connect(server.port, '127.0.0.1')
    client.on('data', (bytes) => sent.push(bytes))
    client.pipe(onwards).pipe(client)
    for (const [one, other] of [
      [client, onwards],
      [onwards, client],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  t.teardown(() => wire.close())
  const { port } = wire.address() as AddressInfo
  return { ...server, sent, port, options: server.options.replace(`port: ${server.port}`, `port: ${port}`) }
}
