// A claim is its channel's, whatever the profile's pattern is by the time that it is found again.
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { readProfile } from '../../../src/adapters/profile.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { stage } from './stage.ts'

const profileOf = (pattern: string, id = 'json', notices = 'path: send-notices') =>
  mustBe(
    readProfile(
      `id: ${id}
office: "50"
title: x
origin: self-built
documents: { l: { format: { kind: json } }, n: { format: { kind: json } } }
send: { transport: { kind: folder, path: send, pattern: "${pattern}" }, document: l }
sendNotices: { transport: { kind: folder, ${notices} }, document: n }
receive: { transport: { kind: folder, path: receive }, document: l }
notices: { transport: { kind: folder, path: notices }, document: n }
`,
      'j.yaml',
    ),
  )

const letter = JSON.stringify({
  ...{ number: 'ชม 1/2', date: '2026-11-20', subject: 'ก', from: '50', to: 'moi' },
  attachments: [{ name: 'scan.pdf' }],
})

/** A claim that waits for its scan, of a profile whose pattern is `*.txt`; and what is started on its folder since. */
async function claimed(t: Test, name = 'a.txt') {
  const before = await stage(t, undefined, profileOf('*.txt'))
  await before.start()
  before.drop(name, letter)
  await before.pass(10_000)
  const [id = ''] = before.claims()
  t.match(id, /^[\d-]+-1\.[0-9a-f]{8}$/)
  const unsigned = id.replace(/\..*/, '')
  return {
    id,
    /** As an earlier version named it. */
    forgetSign: () =>
      renameSync(before.path('send/.saraban/claimed', id), before.path('send/.saraban/claimed', unsigned)),
    next: async (profile: ReturnType<typeof profileOf>) => {
      const { root, gateway, pass, start, path } = await stage(t, before.root, profile)
      await start()
      await pass(4000)
      writeFileSync(path('send', 'scan.pdf'), 'abc')
      await pass(20_000)
      const items = gateway.items.map(({ kind }) => kind)
      return { root, gateway, items, done: () => readdirSync(path('send', 'done')) }
    },
  }
}

t.test('a pattern that is mended leaves no claim behind', async (t) => {
  const { id, next } = await claimed(t)
  const { items, done, gateway } = await next(profileOf('*.csv'))
  t.equal(items.at(-1), 'letter')
  t.same(done(), [id])
  t.notOk(gateway.reports.some(({ event }) => event === 'folder.refused'))
})

t.test('one of an earlier version goes by the pattern; where that fits no more it is told', async (t) => {
  for (const pattern of ['*.txt', '*.csv']) {
    const { forgetSign, next } = await claimed(t)
    forgetSign()
    const { items, gateway } = await next(profileOf(pattern))
    const fits = pattern === '*.txt'
    t.equal(items.at(-1), fits ? 'letter' : undefined, pattern)
    t.equal(gateway.reports.filter(({ event }) => event === 'folder.refused').length, fits ? 0 : 1)
  }
})

t.test('of two channels in one folder each takes its own claims', async (t) => {
  for (const [signed, name, pattern, notices, kind] of [
    [true, 'a.txt', '*.csv', '*.txt', 'letter'],
    [false, 'a.txt', '*.csv', '*.txt', 'notice'],
  ] as const) {
    const { forgetSign, next } = await claimed(t, name)
    if (!signed) forgetSign()
    const { gateway } = await next(profileOf(pattern, 'json', `path: send, pattern: "${notices}"`))
    const what = JSON.stringify([signed, pattern, notices])
    t.same([...new Set(gateway.offered.map(({ document }) => document))], [kind], what)
    t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 1, what)
  }
})

t.test('a claim of a profile that had another id is taken where its name fits', async (t) => {
  const { next } = await claimed(t)
  const { items, gateway } = await next(profileOf('*.txt', 'another'))
  t.equal(items.at(-1), 'letter')
  t.notOk(gateway.reports.some(({ event }) => event === 'folder.refused'))
})

t.test('one whose name does not fit either is told once, and left alone', async (t) => {
  const { id, next } = await claimed(t)
  const { items, gateway } = await next(profileOf('*.csv', 'another'))
  t.same(items, [])
  t.match(
    gateway.reports.filter(({ event }) => event === 'folder.refused'),
    [{ facts: { claim: id, reason: /claimed for a profile/ } }],
  )
  t.equal(gateway.reports.filter(({ event }) => event === 'folder.refused').length, 1)
})
