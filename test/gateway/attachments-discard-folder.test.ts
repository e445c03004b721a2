// What nothing names any more leaves the folder, and never what is kept again at that moment: every order of the steps of two who
// remove, of who keeps, and of a gateway that starts.
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Discarded, discard, grace } from '../../src/gateway/attachments/discard.ts'
import { openAttachmentStore } from '../../src/gateway/attachments/store.ts'
import { scratch } from './harness.ts'

const bytes = Buffer.from('a scan')

async function open(t: Test, folder = join(scratch(t), 'attachments')) {
  const store = await openAttachmentStore(folder)
  const { sha256 } = await store.keep(bytes, 100)
  const path = join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  const aside = join(folder, 'leaving')
  const makeOld = (file: string, days = 3): void => {
    const then = new Date(Date.now() - days * grace)
    utimesSync(file, then, then)
  }
  const leave = (ahead = 0, between?: () => Promise<void>): Promise<Discarded> =>
    discard(folder, path, sha256, Date.now() + ahead, between)
  const leftAside = () => (existsSync(aside) ? readdirSync(aside) : [])
  return { ...{ folder, store, sha256, path, aside }, makeOld, leave, leftAside }
}

t.test('what is old is removed, what was kept since is not', async (t) => {
  const { folder, store, sha256, path, makeOld, leave, leftAside } = await open(t)
  const asked = () => store.discard?.(sha256, Date.now())
  t.equal(await asked(), 'fresh')
  makeOld(path)
  await store.keep(bytes, 100)
  t.equal(await asked(), 'fresh', 'kept again: a letter that names it may be under way')
  makeOld(path)
  t.equal(await asked(), 'removed')
  t.equal(await asked(), 'absent')
  await store.keep(bytes, 100)
  t.equal(await leave(9 * grace), 'fresh', 'by a clock that is ahead of that of the folder')
  makeOld(path)
  t.equal(await leave(-3 * grace), 'fresh', 'by one that is behind')
  t.equal(await leave(9 * grace), 'removed')
  t.same([leftAside(), readdirSync(join(folder, 'incoming'))], [[], []])
})

t.test('what a process that died left aside goes back at the next start', async (t) => {
  const { folder, store, sha256, path, aside, makeOld, leave, leftAside } = await open(t)
  mkdirSync(aside)
  const ofBefore = 'b'.repeat(64)
  writeFileSync(join(aside, ofBefore), 'left aside')
  const lost = 'c'.repeat(64)
  writeFileSync(join(aside, `${lost}.d`), 'aside')
  // Of two the one that was kept later, whichever of them is found first, and never over one that is younger.
  for (const [name, days] of [
    [`${sha256}.1`, 3],
    [`${sha256}.2`, 0],
    [`${sha256}.3`, 2],
  ] as const) {
    writeFileSync(join(aside, name), bytes)
    makeOld(join(aside, name), days)
  }
  makeOld(path)
  await openAttachmentStore(folder)
  t.same([await store.sizeOf(ofBefore), await store.sizeOf(lost)], [10, 5])
  t.equal(await leave(), 'fresh')
  writeFileSync(join(aside, `${sha256}.4`), bytes)
  makeOld(join(aside, `${sha256}.4`))
  await openAttachmentStore(folder)
  t.equal(await leave(), 'fresh')
  t.same(leftAside(), [])
})

type Side = 'one' | 'other' | 'keep' | 'start'

/** Every order of the steps of all sides: how many each has still to take. */
function* orders(left: Readonly<Record<Side, number>>): Generator<readonly Side[]> {
  const sides = (Object.keys(left) as Side[]).filter((side) => left[side] > 0)
  if (sides.length === 0) yield []
  for (const side of sides)
    for (const rest of orders({ ...left, [side]: left[side] - 1 })) yield [side, ...rest]
}

/** Who acts step by step; one that has ended takes no more. */
function stepped(act: (between: () => Promise<void>) => Promise<unknown>): () => Promise<void> {
  let goOn = (): void => undefined
  let paused = (): void => undefined
  const between = () =>
    new Promise<void>((resolve) => {
      goOn = resolve
      paused()
    })
  let acting: Promise<unknown> | undefined
  return () =>
    new Promise((resolve, reject) => {
      paused = resolve
      if (acting === undefined) acting = act(between)
      else goOn()
      acting.then(() => resolve(), reject)
    })
}

for (const left of [
  { one: 4, other: 4, keep: 1, start: 0 },
  { one: 4, other: 0, keep: 1, start: 1 },
  { one: 2, other: 3, keep: 1, start: 1 },
])
  t.test(`what was kept is there: ${JSON.stringify(left)}`, { timeout: 600_000 }, async (t) => {
    const { folder, store, path, makeOld, leave, leftAside } = await open(t)
    const ended = { removed: 0, fresh: 0, absent: 0 }
    for (const order of orders(left)) {
      makeOld(path)
      const removing = () =>
        stepped(async (between) => {
          ended[await leave(0, between)] += 1
        })
      const steps: Record<Side, () => Promise<void>> = {
        one: removing(),
        other: removing(),
        keep: stepped(() => store.keep(bytes, 100)),
        start: stepped(() => openAttachmentStore(folder, 0)),
      }
      for (const side of order) await steps[side]()
      // Those that have begun go on to their end.
      for (const side of ['one', 'other'] as const)
        for (let step = left[side]; step > 0 && step < 4; step += 1) await steps[side]()
      if (!existsSync(path)) {
        t.fail(`it was kept, and is gone: ${order.join(' ')}`)
        await store.keep(bytes, 100)
      } else if (statSync(path).mtimeMs < Date.now() - grace) t.fail(`it is old: ${order.join(' ')}`)
      if (leftAside().length > 0) t.fail(`left aside: ${order.join(' ')}`)
    }
    t.comment(JSON.stringify(ended))
    t.ok(ended.removed > 0 && ended.fresh > 0, 'either was first, now and then')
  })
