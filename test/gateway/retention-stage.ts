// A gateway of which what is old is to leave: what the tests of the retention share.
import type { Test } from 'tap'
import { newId } from '../../src/gateway/desk.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { type RunParts, runRetention } from '../../src/gateway/retention/run.ts'
import { usualRetention } from '../../src/gateway/settings/retention.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  renewAuthority,
  renewCertificates,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
} from './harness.ts'

export const day = 86_400_000
export const year = 365.25 * day
const trust = await makeTrust([chiangMai, moi])
export const keep = usualRetention().keep

export async function opened(t: Test, idle = false) {
  const folder = scratch(t)
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const ministry = new ScriptedAdapter(moi)
  ministry.answer = async (parcel) => {
    const bytes = Buffer.from(`as handed over: ${parcel.envelope.messageId}`)
    await parcel.record?.({ bytes, mediaType: 'text/plain', extension: 'txt', files: [] })
    return { kind: 'taken', answer: Buffer.from('thanks') }
  }
  const gateway = await openGateway(folder, trust, [province, ministry], clock)
  t.teardown(() => gateway.close())
  if (!idle) await gateway.dispatch.start()
  const { desk } = gateway
  const { database } = desk
  let { authority } = trust
  const send = async (number: number, scan?: string, changes: Partial<Letter> = {}, name = `${number}`) => {
    const { number: read } = mustBe(readLetterNumber(`ชม 0017.1/${number}`))
    const item = letterItem(plainLetter({ number: read, ...changes }))
    const content = { kind: 'bytes', bytes: Buffer.from(scan ?? '') } as const
    const attachment = { name: 'scan.pdf', mediaType: 'application/pdf', role: 'main', content } as const
    province.items = [{ ...item, ...(scan !== undefined && { attachments: [attachment] }) } as typeof item]
    authority = await renewAuthority(desk, authority, clock.now())
    renewCertificates(desk, { authority }, clock.now())
    const [taken] = await take(desk, systemOf(province), source(name), (each) => province.read(each))
    await rest()
    await clock.advance(1_000)
    return taken
  }
  const parts = (changes: Partial<RunParts> = {}): RunParts => ({
    ...{ database, clock, keep, newId, discard: desk.attachments.discard, stopped: () => false },
    ...changes,
  })
  const run = (changes: Partial<RunParts> = {}) => runRetention(parts(changes), 'test', async () => true)
  const count = async (table: string, where = '1 = 1'): Promise<number> => {
    const row = await database.committed.one<{ count: number }>(
      `SELECT COUNT(*) AS count FROM ${table} WHERE ${where}`,
    )
    return Number(row?.count)
  }
  const files = async () => (await desk.attachments.list('', 1000)).map(({ sha256 }) => sha256)
  return { folder, clock, province, ministry, gateway, desk, database, send, parts, run, count, files }
}
