// Folders by SFTP, on bad days; and who the server is.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { sftpServer } from '../../src/sandbox/servers/sftp.ts'
import { remoteBadDays } from './remote-bad-days.ts'
import { remoteHanding } from './remote-handing.ts'
import { csv, letterParcel, numbers, row, stageOn } from './remote-stage.ts'
import { remoteTaking } from './remote-taking.ts'
import { remoteWhose } from './remote-whose.ts'

const served = { kind: 'sftp', make: sftpServer }
for (const suite of [remoteTaking, remoteBadDays, remoteWhose, remoteHanding]) suite(served)

t.test('a server that shows another key gets nothing, and the key that it shows is told', async (t) => {
  const server = await sftpServer()
  const other = `SHA256:${'A'.repeat(43)}`
  const { start, pass, deliver, day, reported } = await stageOn(t, server, {
    options: (same) => same.replace(server.hostKey, other),
  })
  await start()
  await pass(10_000)
  const said = `adapter.sftp.host-key`
  const [told] = reported('folder.unavailable')
  t.match(told, { reason: 'EHOSTKEY' })
  for (const each of [server.hostKey, other, said]) t.ok(String(told?.['said']).includes(each), each)
  t.match(await deliver(letterParcel()), { kind: 'unavailable', said: /host key/ })
  t.equal(day.signIns, 0, 'the password was never sent')
})

/** A key pair of a client: PEM, and the same under a passphrase. */
const pairOf = (passphrase?: string): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: {
      ...{ type: 'pkcs1', format: 'pem' },
      ...(passphrase !== undefined && { cipher: 'aes-256-cbc', passphrase }),
    } as { type: 'pkcs1'; format: 'pem' },
  }).privateKey

const passphrase = 'ความลับ-1'
const locked = (key: string): string =>
  createPrivateKey(key).export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString()

const withKey = (options: string): string =>
  options.replace('password: { env: PASSWORD }', 'key: { env: KEY }, passphrase: { env: PASSPHRASE }')

t.test('signed in with a private key instead of a password, with a passphrase and without', async (t) => {
  for (const protect of [true, false]) {
    const server = await sftpServer()
    const key = protect ? locked(server.clientKey) : server.clientKey
    const environment = { KEY: key, PASSPHRASE: passphrase }
    const options = (text: string) =>
      protect ? withKey(text) : withKey(text).replace(/, passphrase: \{[^}]*\}/, '')
    const { start, pass, deliver, day, gateway, drop, visible } = await stageOn(t, server, {
      environment,
      options,
    })
    await start()
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.match(await deliver(letterParcel()), { kind: 'taken' })
    t.same(visible('in'), ['p-77-1-หนังสือ.pdf', 'p-77.csv'])
    t.same([day.signIns, day.connections], [0, 1], 'no password was sent')
  }
})

t.test(
  'a wrong passphrase, no key at all, and a key that the server does not know: said, and nothing is tried on',
  async (t) => {
    const server = await sftpServer()
    t.teardown(() => server.stop())
    const cases = [
      {
        what: 'a wrong passphrase',
        KEY: locked(server.clientKey),
        PASSPHRASE: 'nonsense-1',
        code: 'adapter.sftp.key-unreadable',
      },
      { what: 'no private key', KEY: 'letmein', PASSPHRASE: 'x', code: 'adapter.sftp.key-unreadable' },
      {
        what: 'a key of somebody else',
        KEY: pairOf(passphrase),
        PASSPHRASE: passphrase,
        code: 'adapter.remote.sign-in',
      },
    ]
    for (const { what, code, ...environment } of cases) {
      const { start, pass, deliver, day, gateway, drop, open, reported } = await stageOn(t, server, {
        environment,
        options: withKey,
      })
      const before = day.connections
      await start()
      drop('a.csv', csv(row('ชม 1/2')))
      await pass(30_000)
      const [told, ...more] = reported('folder.unavailable').filter(({ channel }) => channel === 'send')
      t.match(told, { reason: 'EAUTH', said: new RegExp(code.replaceAll('.', '\\.')) }, what)
      t.same(more, [], `${what}: once`)
      t.match(await deliver(letterParcel()), { kind: 'unavailable', retryAfter: Number }, what)
      t.ok(day.connections - before <= 1, `${what}: not again within the minute`)
      t.equal(day.signIns, 0, `${what}: no password was sent`)
      t.same(open(), ['a.csv'])
      const said = JSON.stringify(gateway.reports)
      t.notMatch(said, /PRIVATE KEY|letmein|nonsense|ความลับ/, 'T11')
    }
  },
)
