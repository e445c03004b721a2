// deploy/saraban.service, without starting it: systemd knows all of it, and what it closes off is nothing that a profile may need.
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ensureFolder, writeNew } from '../../src/adapters/transports/folder/files.ts'
import { scratch } from './harness.ts'

const file = readFileSync('deploy/saraban.service', 'utf8')
const options = new Map(
  file
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
)

t.test('what is put into a folder of a profile can be read by its group, and by nobody else', async (t) => {
  const before = process.umask(Number.parseInt(options.get('UMask') ?? '', 8))
  t.teardown(() => process.umask(before))
  const folder = join(scratch(t), 'notices')
  await ensureFolder(folder)
  await writeNew(join(folder, 'notice.csv'), [Buffer.from('1206/2551')])
  t.equal(statSync(folder).mode & 0o777, 0o770)
  t.equal(statSync(join(folder, 'notice.csv')).mode & 0o777, 0o660)
})

t.test('the folders of profiles may stand anywhere, and V8 compiles', (t) => {
  for (const closed of [
    'ProtectHome',
    'PrivateTmp',
    'MemoryDenyWriteExecute',
    'PrivateNetwork',
    'DynamicUser',
  ])
    t.notOk(options.has(closed), closed)
  t.equal(options.get('ProtectSystem'), 'full', 'not strict: that leaves nothing to write')
  t.match(options.get('RestrictAddressFamilies'), /AF_UNIX AF_INET AF_INET6/)
  t.equal(options.get('NoNewPrivileges'), 'true')
  t.end()
})

t.test('a gateway that was given up, or refused its settings, begins anew', (t) => {
  t.equal(options.get('Restart'), 'always')
  // Five starts in ten seconds are too many for systemd, which then gives it up.
  t.ok(Number(options.get('RestartSec')) >= 3)
  t.end()
})

const known = spawnSync('systemd-analyze', ['--version']).status === 0
t.test(
  'systemd knows every line of it',
  { skip: known ? false : 'no systemd-analyze: apt-get install systemd' },
  (t) => {
    const place = join(scratch(t), 'saraban.service')
    writeFileSync(place, file.replace('/usr/local/bin/saraban', process.execPath))
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', place], {
      encoding: 'utf8',
    })
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('saraban.service'))
    t.same(said, [])
    t.end()
  },
)
