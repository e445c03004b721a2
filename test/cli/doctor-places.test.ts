// `saraban doctor` of the places that channels name: which they are, whether each can be reached, and whether its clock differs.
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { placesIn } from '../../src/gateway/places.ts'
import { jsonProfile } from '../gateway/installation.ts'
import { opened } from './doctor-stage.ts'

t.test('offices that cannot be reached, and a clock that differs', async (t) => {
  const installation = await opened(t)
  const { folder } = installation
  const send = join(folder, 'send')
  mkdirSync(send)
  let date = Date.now()
  const server = createServer((_request, response) => {
    response.sendDate = false
    response.writeHead(404, { date: new Date(date).toUTCString() }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/letters`
  const profile = jsonProfile('50') as Readonly<Record<string, object>>
  installation.profile('json-50.yaml', {
    ...profile,
    send: { transport: { kind: 'folder', path: send, pattern: '*.json' }, document: 'letter' },
    receive: { transport: { kind: 'http-out', url }, document: 'letter' },
    notices: { transport: { kind: 'http-out', url }, document: 'notice' },
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  t.same((await installation.doctor()).wrong, [])
  date -= 120_000
  const differs = await installation.doctor()
  t.same(differs.wrong, ['doctor.clock'])
  t.match(
    differs.out,
    /json-50: the clock of this machine and that of “http:\/\/127.0.0.1:\d+” differ by 1[12]\d seconds/,
  )
  date = Date.now()
  rmSync(send, { recursive: true })
  const gone = await installation.doctor()
  t.same(gone.wrong, ['doctor.unreachable'], 'once, though the gateway tells it too')
  t.match(gone.out, `“${send}” cannot be reached: ENOENT`)
  mkdirSync(send)
  server.close()
  server.closeAllConnections()
  t.same((await installation.doctor()).wrong, ['doctor.unreachable'])
})

t.test('the places of channels', (t) => {
  const channels = {
    send: { transport: { kind: 'sftp', host: 'files.example', path: '/out' } },
    receive: { transport: { kind: 'sql', connection: { engine: 'mysql', host: 'db.example' } } },
    notices: {
      transport: {
        kind: 'mailbox',
        imap: { host: 'imap.example' },
        smtp: { host: 'smtp.example', port: 25 },
      },
    },
    sendNotices: { transport: { kind: 'folder', path: 'in' } },
  }
  t.same(placesIn(channels, '/data'), [
    { kind: 'server', host: 'files.example', port: 22 },
    { kind: 'server', host: 'db.example', port: 3306 },
    { kind: 'server', host: 'imap.example', port: 993 },
    { kind: 'server', host: 'smtp.example', port: 25 },
    { kind: 'folder', path: '/data/in' },
  ])
  t.same(
    placesIn(
      { send: { transport: { kind: 'soap-out', url: 'https://a.example/b', tls: { key: 'K', x: 1 } } } },
      '/',
    ),
    [{ kind: 'address', url: 'https://a.example/b', tls: { key: 'K' } }],
  )
  t.end()
})
