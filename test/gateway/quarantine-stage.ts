// A gateway of which something is in quarantine: what the tests of the quarantine share.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Adapter, Item } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import type { Desk } from '../../src/gateway/desk.ts'
import { type ReaderOf, type RetryRequest, retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { newestSent } from '../../src/gateway/journal/letters.ts'
import { dismissQuarantined, listQuarantine, quarantinedById } from '../../src/gateway/journal/quarantine.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { verbsFor } from '../../src/gateway/verbs.ts'
import type { Clock } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { csv, environment, row } from '../adapters/chiang-mai.ts'
import { adapterOf, TestClock } from '../adapters/stage.ts'
import { sarabanIn } from '../cli/operator.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  HandClock,
  makeTrust,
  moi,
  openGateway,
  rest,
  ScriptedAdapter,
  scratch,
  systemOf,
} from './harness.ts'
import { logTo } from './installation.ts'
import { besideIt, type Place } from './store-settings.ts'

export const trust = await makeTrust([chiangMai, moi])
export const text = readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
/** The profile after its table of urgencies was mended: before, 9 means nothing to it. */
export const mended = text.replace(/"2": urgent/, '"2": urgent, "9": urgent')
export const inUtf8 = text.replaceAll('charset: windows-874', 'charset: utf-8')
export const nine = (number: string, file = '') => row(number, file).replace(',1,,,,มท', ',9,,,,มท')

/** Who orders, and why. */
export const reason = { by: 'สมชาย', why: 'แก้ตารางแล้ว' }

/** A person dismisses a place; false when it does not wait any more. */
export async function dismiss({ database, clock }: Pick<Desk, 'database' | 'clock'>, id: string) {
  const row = await quarantinedById(database.committed, id)
  const words = { by: 'somchai', why: 'no letter' }
  return (
    row !== undefined &&
    database.write((transaction) => dismissQuarantined(transaction, row, words, clock.now()))
  )
}

export const saraban = (clock: Clock, place: Place, ...words: string[]) =>
  sarabanIn(place.environment, clock, 'quarantine', ...words, ...place.words)

export const adapterBy = (yaml: string, shared: string, clock = new TestClock()) =>
  adapterOf(mustBe(readProfile(yaml, 'chiang-mai-csv.yaml')), clock, environment, shared)

/** Chiang Mai's folders at a gateway; `data` and `shared` may be those that another one left behind. */
export async function open(t: Test, yaml = text, { data = scratch(t), shared = scratch(t) } = {}) {
  for (const name of ['send', 'send-notices', 'receive', 'notices'])
    mkdirSync(join(shared, name), { recursive: true })
  const clock = new TestClock()
  const adapter = adapterBy(yaml, shared, clock)
  const gateway = await openGateway(data, trust, [adapter, new ScriptedAdapter(moi)])
  const { desk, dispatch, queue, present, underWay } = gateway
  const verbs = verbsFor({
    ...{ system: systemOf(adapter), adapter, desk, dispatch, log: logTo([]), present, underWay },
    metrics: createMetrics(desk.database, queue, present),
    installation: 'the one installation',
  })
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await adapter.stop()
    await gateway.close()
  }
  t.teardown(close)
  const { committed } = desk.database
  return {
    ...{ gateway, desk, adapter, data, shared, clock, close, committed },
    drop: (name: string, bytes: Buffer | string) => writeFileSync(join(shared, 'send', name), bytes),
    async run(milliseconds = 10_000) {
      await adapter.start({ ...verbs, clock })
      for (let left = milliseconds; left > 0; left -= 2000) {
        clock.pass(2000)
        while (clock.waiting < 2) await rest(1)
      }
    },
    waiting: () => listQuarantine(committed, 100),
    sent: () => newestSent(committed, chiangMai, 100),
    saraban: async (...words: string[]) => saraban(clock, await besideIt(data), ...words),
    /** As the gateway does it: by the profile as it is now. */
    retry: (ids: readonly string[], by: Adapter = adapter, said: Partial<RetryRequest> = {}) =>
      retryQuarantined(desk, readerOf(by), { ...reason, ids, believe: false, ...said }),
  }
}

export const readerOf =
  (adapter: Adapter): ReaderOf =>
  () => ({ system: systemOf(adapter), read: (source) => adapter.read(source) })

/** Three letters, the second with a scan and a code that the profile does not know. */
export async function quarantined(t: Test) {
  const opened = await open(t)
  opened.drop('a.pdf', 'THE SCAN')
  opened.drop('three.csv', csv(row('ชม 1/1'), nine('ชม 1/2', 'a.pdf'), row('ชม 1/3')))
  await opened.run()
  t.equal((await opened.sent()).length, 2, 'its neighbours are taken')
  return opened
}

/** A gateway whose province reads what the test says. */
export async function openScripted(t: Test) {
  const folder = scratch(t)
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(folder, trust, [province, new ScriptedAdapter(moi)], clock)
  t.teardown(() => gateway.close())
  const { desk } = gateway
  return { folder, clock, province, desk, committed: desk.database.committed }
}

export const fault = (row: number): Item => ({
  kind: 'fault',
  position: `row ${row}`,
  problems: [problem('adapter.field.code-unknown', 'kind', 'x')],
})
