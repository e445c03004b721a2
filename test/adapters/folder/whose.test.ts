import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { folderProof } from '../../../src/adapters/transports/folder/proof.ts'
import { csv, row } from '../chiang-mai.ts'
import { sharedMarks } from '../stage.ts'
import { numbers, stage } from './stage.ts'

t.test('of gateways that mark a new folder together all know it by one mark', async (t) => {
  for (let count = 0; count < 20; count += 1) {
    const [path, marks] = [t.testdir(), sharedMarks()]
    const proofs = await Promise.all([0, 1, 2].map(() => folderProof(path, 'in')(marks)))
    t.same(proofs, ['ours', 'ours', 'ours'])
    t.same(readdirSync(join(path, '.saraban')), ['folder'], 'nothing is left behind')
  }
})

t.test('whoever looks into a folder that is not the one says so, and takes nothing', async (t) => {
  const marks = sharedMarks()
  const one = await stage(t)
  one.gateway.marks = marks
  one.gateway.installation = 'installation'
  await one.start()
  const bare = await stage(t)
  bare.gateway.marks = marks
  bare.gateway.installation = 'installation'
  await bare.start()
  const told = () => bare.gateway.reports.filter(({ facts }) => facts['channel'] === 'send')
  t.match(told(), [{ event: 'folder.unavailable', facts: { reason: /adapter\.folder\.other/ } }])
  bare.drop('A.csv', csv(row('ชม 1/2')))
  await bare.pass(20_000)
  t.same(bare.gateway.offered, [])
  t.same(readdirSync(bare.path('send')), ['A.csv'], 'nothing is left in it')
  t.equal(told().length, 1, 'once')
  // The share goes away under a gateway that has long looked into it.
  renameSync(one.path('send'), one.path('share'))
  mkdirSync(one.path('send'))
  await one.pass(4000)
  t.match(one.gateway.reports.at(-1), { event: 'folder.unavailable', facts: { channel: 'send' } })
  rmSync(one.path('send'), { recursive: true })
  renameSync(one.path('share'), one.path('send'))
  one.drop('B.csv', csv(row('ชม 1/3')))
  await one.pass(20_000)
  t.match(one.gateway.reports.at(-1), { event: 'folder.available', facts: { channel: 'send' } })
  t.same(numbers(one.gateway.items), ['ชม 1/3'])
  // One word of a person is enough where the folder is another one, and another gateway's.
  const foreign = await stage(t)
  foreign.gateway.installation = 'another installation'
  foreign.gateway.marks = sharedMarks()
  await foreign.start()
  writeFileSync(foreign.path('send', '.saraban', 'accept'), '')
  const moved = await stage(t, foreign.root)
  moved.gateway.installation = 'installation'
  moved.gateway.marks = marks
  await moved.start()
  t.same(
    moved.gateway.reports.filter(({ facts }) => facts['channel'] === 'send'),
    [],
  )
  t.notOk(existsSync(moved.path('send', '.saraban', 'accept')), 'it counts once')
})
