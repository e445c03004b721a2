// A share that did what it was asked and says that it could not: the answer was lost, the next one is to a question that is asked again
// (rename(2), BUGS: NFS; CIFS says EIO).
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fixedLetter } from '../../letter/arbitrary.ts'
import { csv, row } from '../chiang-mai.ts'
import { parcelOf } from '../stage.ts'
import { numbers, stage } from './stage.ts'

type Verb = 'rename' | 'link'
const real = { rename: files.rename, link: files.link, rmdir: files.rmdir }

/** The disk does each rename or link that `isOne` picks, and then says `code`. */
function losing(
  t: Test,
  verb: Verb,
  code: string,
  isOne: (to: string) => boolean,
): { readonly lost: string[] } {
  const lost: string[] = []
  files[verb] = async (from, to) => {
    await real[verb](from, to)
    if (!isOne(String(to))) return
    lost.push(String(to))
    throw Object.assign(new Error(code), { code })
  }
  syncBuiltinESMExports()
  t.teardown(restore)
  return { lost }
}

function restore(): void {
  Object.assign(files, real)
  syncBuiltinESMExports()
}

for (const code of ['ENOENT', 'EIO', 'EEXIST'])
  t.test(
    `${code} of a rename that was done: letter and scan are offered once, whatever was renamed`,
    async (t) => {
      const { gateway, drop, pass, start, claims, done } = await stage(t)
      const { lost } = losing(t, 'rename', code, (to) => !to.includes('/owner'))
      await start()
      drop('a.pdf', 'abc')
      drop('A.csv', csv(row('ชม 1/2', 'a.pdf')))
      await pass(30_000)
      t.ok(lost.some((to) => to.endsWith('/document/A.csv')))
      t.same(numbers(gateway.items), ['ชม 1/2'])
      t.match(gateway.items[0], { attachments: [{ name: 'a.pdf' }] })
      t.same([claims().length, done().length], [0, 1])
      t.same(gateway.reports, [], 'and nobody is told of trouble')
    },
  )

t.test('a document that comes while its claim is thought empty is kept, and offered', async (t) => {
  const { gateway, pass, start, path, done } = await stage(t)
  const claim = path('send', '.saraban', 'claimed', '2026-11-23-000000-9')
  for (const part of ['document', 'beside']) mkdirSync(join(claim, part), { recursive: true })
  files.rmdir = async (place) => {
    if (String(place) === join(claim, 'document') && !existsSync(join(claim, 'document', 'late.csv')))
      writeFileSync(join(claim, 'document', 'late.csv'), csv(row('ชม 1/2')))
    return real.rmdir(place)
  }
  syncBuiltinESMExports()
  t.teardown(restore)
  await start()
  await pass(20_000)
  t.same(numbers(gateway.items), ['ชม 1/2'])
  t.equal(done().length, 1)
})

const abc = new Map([
  ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', Buffer.from('abc')],
])
const parcel = (attempt: number) => ({ ...parcelOf({ letter: fixedLetter() }, 'p-77', '50', abc), attempt })

for (const [verb, code] of [
  ['link', 'EEXIST'],
  ['link', 'EIO'],
  ['rename', 'ENOENT'],
  ['rename', 'EIO'],
] as const)
  t.test(`handing over: ${code} of each ${verb} that was done: it stands there once, whole`, async (t) => {
    const { deliver, path } = await stage(t)
    const { lost } = losing(t, verb, code, (to) => to.includes('p-77'))
    let last = await deliver(parcel(1))
    const early = last
    for (let attempt = 2; last.kind !== 'taken' && attempt < 5; attempt += 1)
      last = await deliver(parcel(attempt))
    t.ok(lost.length > 0)
    t.equal(last.kind, 'taken')
    if (verb === 'link') t.equal(early.kind, 'taken', 'at the first attempt')
    t.same(
      readdirSync(path('receive'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
      ['p-77-1-หนังสือ.pdf', 'p-77.csv'],
    )
    t.equal(readFileSync(path('receive', 'p-77-1-หนังสือ.pdf'), 'utf8'), 'abc')
    t.same(readdirSync(path('receive', '.saraban')), ['folder', 'p-77.done'])
  })
