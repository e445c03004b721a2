// Two provinces and a ministry, and a gateway that takes what they offer.
import { createHash } from 'node:crypto'
import type { Item, Taken } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  makeTrust,
  moi,
  openGateway,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  type TestGateway,
} from './harness.ts'

export const trust = await makeTrust([chiangMai, chiangRai, moi])

export type Tap = Parameters<typeof scratch>[0]

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

export const number = (printed: string) => mustBe(readLetterNumber(printed)).number

export async function open(t: Tap, folder = scratch(t), clock = new HandClock()) {
  const province = new ScriptedAdapter(chiangMai)
  const other = new ScriptedAdapter(chiangRai)
  const ministry = new ScriptedAdapter(moi, { receipts: true })
  const gateway = await openGateway(folder, trust, [province, other, ministry], clock)
  t.after(() => gateway.close())
  const offer = (
    adapter: ScriptedAdapter,
    items: readonly Item[],
    bytes = JSON.stringify(items.length),
    sender: 'gone' | 'waits' = 'gone',
  ) => {
    adapter.items = items
    return take(gateway.desk, systemOf(adapter), source(bytes, sender), (each) => adapter.read(each))
  }
  return { gateway, province, other, ministry, offer, folder, clock }
}

export const count = async (gateway: TestGateway, table: string): Promise<number> =>
  Number((await gateway.desk.database.committed.one<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))?.n)

export const codes = (taken: Taken | undefined): string[] =>
  taken !== undefined && 'problems' in taken ? taken.problems.map(({ code }) => code) : []
