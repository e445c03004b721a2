import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Adapter, Item } from '../../../src/adapters/contract.ts'
import { environment } from '../chiang-mai.ts'
import { adapterOf, shipped, TestGateway } from '../stage.ts'

export const signal = new AbortController().signal

export async function stage(
  t: Test,
  root = mkdtempSync(join(tmpdir(), 'saraban-folder-')),
  profile = shipped('chiang-mai-csv'),
) {
  for (const name of ['send', 'send-notices', 'receive', 'notices'])
    mkdirSync(join(root, name), { recursive: true })
  const gateway = new TestGateway()
  const make = () => adapterOf(profile, gateway.clock, environment, root)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    rmSync(root, { recursive: true, force: true })
  })
  /** Lets time pass, and the looks that are due finish. */
  const pass = async (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 2000) {
      gateway.clock.pass(Math.min(2000, left))
      // Two folders look; a look that has ended waits for the clock again.
      while (gateway.clock.waiting < 2) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    root,
    gateway,
    pass,
    path: (...parts: string[]) => join(root, ...parts),
    drop: (name: string, bytes: string | Buffer) => writeFileSync(join(root, 'send', name), bytes),
    open: () =>
      readdirSync(join(root, 'send'))
        .filter((name) => !name.startsWith('.') && name !== 'done')
        .sort(),
    done: () =>
      existsSync(join(root, 'send', 'done')) ? readdirSync(join(root, 'send', 'done')).sort() : [],
    claims: () => readdirSync(join(root, 'send', '.saraban', 'claimed')),
    start: () => adapter.start(gateway.verbs(adapter)),
    restart: async (meanwhile: () => void = () => undefined) => {
      await adapter.stop()
      meanwhile()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
    },
    deliver: (parcel: Parameters<NonNullable<Adapter['deliver']>>[0]) =>
      adapter.deliver!({ ...parcel, ...(gateway.marks && { marks: gateway.marks }) }, signal),
  }
}

export const numbers = (items: readonly Item[]) =>
  items.map((item) =>
    item.kind === 'letter'
      ? item.draft.number?.printed
      : item.kind === 'fault'
        ? item.problems.map(({ code }) => code).join()
        : item.kind,
  )

/** Bytes of a disk that is full after the first. */
export async function* failing() {
  yield Buffer.from('a')
  throw Object.assign(new Error('full'), { code: 'ENOSPC' })
}
