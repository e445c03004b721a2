// A document that the gateway's user may not read: the system's own rights, on a real disk. Root may read everything, so that a
// run as root is another user's meanwhile.
import { chmodSync, chownSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { csv, row } from '../chiang-mai.ts'
import { stage } from './stage.ts'

const root = process.getuid?.() === 0
const nobody = 65_534

t.test('a document that may not be read holds up no other, and its place is told until it may', async (t) => {
  const { gateway, path, pass, start, claims, done } = await stage(t)
  const send = path('send')
  if (root) {
    for (const name of ['.', 'send', 'send-notices', 'receive', 'notices'])
      chownSync(path(name), nobody, nobody)
    process.seteuid?.(nobody)
    t.teardown(() => process.seteuid?.(0))
  }
  await start()
  const outside = join(send, '..', 'outside')
  if (root) process.seteuid?.(0)
  mkdirSync(outside, { recursive: true })
  for (const [name, mode] of [
    ['closed.csv', 0o000],
    ['open.csv', 0o644],
  ] as const) {
    writeFileSync(join(outside, name), csv(row(name === 'open.csv' ? 'ชม 1/2' : 'ชม 1/3')))
    chmodSync(join(outside, name), mode)
    renameSync(join(outside, name), join(send, name))
  }
  if (root) process.seteuid?.(nobody)
  await pass(30_000)
  t.match(gateway.items, [{ kind: 'letter', draft: { number: { printed: 'ชม 1/2' } } }])
  const told = (): string[] => gateway.reports.map(({ event }) => event)
  t.same(
    told().sort(),
    ['folder.not-taken', 'folder.unavailable'],
    'each once, however often it is looked at',
  )
  t.match(gateway.reports.at(-1), { facts: { reason: 'EACCES' } })

  const [closed = ''] = claims()
  if (root) process.seteuid?.(0)
  chmodSync(join(send, '.saraban', 'claimed', closed, 'document', 'closed.csv'), 0o644)
  if (root) process.seteuid?.(nobody)
  await pass(10_000)
  t.equal(gateway.items.length, 2)
  t.equal(done().length, 2)
  t.equal(told().at(-1), 'folder.available')
})
