// Folders by SFTP, on bad days; and who the server is.
import t from 'tap'
import { sftpServer } from '../../src/sandbox/servers/sftp.ts'
import { letterParcel, remoteSuite, stageOn } from './remote-suite.ts'

remoteSuite('sftp', sftpServer)

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
