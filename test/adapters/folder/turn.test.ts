// Of two words on one letter, in two files, the later counts: an earlier one that cannot be taken yet is not said after it.
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import type { Item } from '../../../src/adapters/contract.ts'
import { stage } from './stage.ts'

const row = (receiveNumber: string, letter = 'มท 0210.3/ว3893', end = '\r\n') =>
  iconv.encode(
    `ลงทะเบียนรับ,${letter},15 พ.ย. 2550,มท,${receiveNumber},16/11/2550 09:30:00,${end}`,
    'windows-874',
  )
const header = iconv.encode('รายการ,ที่หนังสือ,ลงวันที่,หน่วยงาน,เลขรับ,วันเวลา,เหตุผล\r\n', 'windows-874')
const file = (...words: Parameters<typeof row>) => Buffer.concat([header, row(...words)])
const said = (items: readonly Item[]) =>
  items.map((item) => (item.kind === 'notice' ? item.draft.receiveNumber : item.kind))

t.test(
  'what could not be committed comes before what was said after it, and holds up no other letter',
  async (t) => {
    const { gateway, pass, start, path } = await stage(t)
    await start()
    writeFileSync(path('send-notices', '1.csv'), file('1/2550'))
    writeFileSync(path('send-notices', '2.csv'), file('2/2550', 'มท ๐๒๑๐.๓/ว๓๘๙๓'))
    writeFileSync(path('send-notices', '3.csv'), file('3/2550', 'มท 0210.3/12'))
    gateway.failing = 1
    await pass(20_000)
    t.same(said(gateway.items), ['3/2550', '1/2550', '2/2550'])
  },
)

t.test('a row without an end is given its time, and what was said after it too', async (t) => {
  const { gateway, pass, start, path } = await stage(t)
  await start()
  writeFileSync(path('send-notices', '1.csv'), file('1/2550', undefined, ''))
  writeFileSync(path('send-notices', '2.csv'), file('2/2550'))
  await pass(30_000)
  t.same(said(gateway.items), ['1/2550', '2/2550'])
})

t.test('what could not be read in its turn is for a person when a later word was taken', async (t) => {
  const { gateway, path, pass, start } = await stage(t)
  const root = process.getuid?.() === 0
  const folder = path('send-notices')
  const outside = join(folder, '..', 'outside')
  const nobody = 65_534
  /** Root may read everything, so that a run as root is another user's meanwhile. */
  const asRoot = (act: () => void): void => {
    if (root) process.seteuid?.(0)
    act()
    if (root) process.seteuid?.(nobody)
  }
  if (root) {
    for (const name of ['.', 'send', 'send-notices', 'receive', 'notices'])
      chownSync(path(name), nobody, nobody)
    t.teardown(() => process.seteuid?.(0))
  }
  asRoot(() => undefined)
  await start()
  asRoot(() => {
    mkdirSync(outside)
    for (const [name, bytes, mode] of [
      ['1.csv', file('1/2550'), 0],
      ['2.csv', file('2/2550', 'มท 0210.3/12'), 0],
      ['3.csv', file('3/2550'), 0o644],
    ] as const) {
      writeFileSync(join(outside, name), bytes)
      chmodSync(join(outside, name), mode)
      renameSync(join(outside, name), join(folder, name))
    }
  })
  await pass(30_000)
  t.same(said(gateway.items), ['3/2550'])
  asRoot(() => {
    const claimed = join(folder, '.saraban', 'claimed')
    for (const id of readdirSync(claimed))
      for (const name of readdirSync(join(claimed, id, 'document')))
        chmodSync(join(claimed, id, 'document', name), 0o644)
  })
  await pass(30_000)
  t.match(
    gateway.offered.map(({ name, doubts }) => [name, doubts?.map(({ code, value }) => [code, value])]),
    [
      ['3.csv', undefined],
      ['1.csv', [['adapter.folder.overtaken', 'มท 0210.3/ว3893']]],
      ['2.csv', undefined],
    ],
  )
  asRoot(() => {
    const done = join(folder, 'done')
    const [id = ''] = readdirSync(done).filter(
      (each) => readdirSync(join(done, each, 'document'))[0] === '1.csv',
    )
    appendFileSync(join(done, id, 'document', '1.csv'), row('9/2550', 'มท 0210.3/99'))
  })
  await pass(30_000)
  const again = gateway.offered.at(-1)
  t.equal(again?.name, '1.csv', 'its writer goes on')
  t.same(
    again?.doubts?.map(({ code }) => code),
    ['adapter.folder.overtaken'],
  )
})
