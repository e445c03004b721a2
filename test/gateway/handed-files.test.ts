// The exact bytes that came and went by SFTP and FTP.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ftpServer } from '../../src/sandbox/servers/ftp.ts'
import { sftpServer } from '../../src/sandbox/servers/sftp.ts'
import { csv, profileText, row } from '../adapters/remote-stage.ts'
import { exchange } from './handed-stage.ts'
import { chiangMai } from './harness.ts'

t.setTimeout(600_000)

for (const [kind, open] of [
  ['sftp', sftpServer],
  ['ftp', () => ftpServer({ tls: 'none' })],
] as const)
  t.test(`${kind}: what lies on the server is what was recorded`, async (t) => {
    const server = await open()
    t.teardown(() => server.stop())
    // With a blank that no writer of ours would leave, and without its last line’s end.
    const bytes = Buffer.from(csv(row(' ชม 0017.1/7').replace('มท', 'ชร')).trimEnd())
    const folders = { letter: join(server.root, 'in'), notice: join(server.root, 'status') }
    await exchange(t, {
      office: chiangMai,
      profile: profileText(server.options).replace('every: 2s, settle: 5s', 'every: 1s, settle: 1s'),
      environment: { PASSWORD: 'correct' },
      letter: {
        ...{ number: 'ชม 0017.1/7', date: '2008-01-01' },
        hand: () => writeFileSync(join(server.root, 'out', 'a.csv'), bytes),
      },
      came: (t, came) => t.same(came, bytes),
      went: (content, went) => {
        const folder = folders[content]
        const [name, ...more] = existsSync(folder)
          ? readdirSync(folder).filter((each) => each.endsWith('.csv'))
          : []
        if (name === undefined || more.length > 0) return false
        return went === undefined || readFileSync(join(folder, name)).equals(went)
      },
    })
  })
