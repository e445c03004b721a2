// What an order to try again leaves in quarantine, and what its answer says of it.
import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { AttachmentDamaged, AttachmentsUnavailable } from '../../src/gateway/attachments/store.ts'
import { carryOut } from '../../src/gateway/carry-out.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { largestRead, type ReaderOf, retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { newestSent } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { problem } from '../../src/problem/problem.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { chiangMai, letterItem, plainLetter, ScriptedAdapter, source, systemOf } from './harness.ts'
import { fault, open, openScripted, readerOf, reason, trust } from './quarantine-stage.ts'

t.setTimeout(600_000)

t.test('what is doubted is not taken with all the others, only when a person believes it', async (t) => {
  const { desk, waiting, retry, sent } = await open(t)
  const province = new ScriptedAdapter(chiangMai)
  province.items = [letterItem(plainLetter())]
  const doubts = [problem('adapter.column.missing', 'From', 'somebody@else')] as const
  await take(desk, systemOf(province), { ...source('a mail'), doubts }, async () => [
    { kind: 'fault', position: 'letter', problems: doubts },
  ])
  const [place] = await waiting()
  t.match(place, { doubted: true })
  t.match(await retry([place!.id], province), [{ became: 'doubted' }])
  t.equal((await waiting()).length, 1)
  t.match(await retry([place!.id], province, { believe: true }), [{ became: 'taken' }])
  t.equal((await sent()).length, 1)
})

t.test('what is too large to be read at one time stays, and is not read', async (t) => {
  const { desk, waiting, sent } = await open(t)
  const province = new ScriptedAdapter(chiangMai)
  province.items = [letterItem(plainLetter())]
  // As a transport leaves it whose `limit` it is beyond: kept whole with the attachments, and not read.
  const large = Buffer.alloc(100_000, 'large')
  const unread = await desk.attachments.keep(large, large.length)
  const problems = [problem('adapter.document.too-large', '', undefined, { limit: 1000 })] as const
  const offered = { ...source('a large one'), bytes: Buffer.alloc(0), unread }
  await take(desk, systemOf(province), offered, async () => [{ kind: 'fault', position: 'letter', problems }])
  const [place] = await waiting()
  const order = { ids: [place!.id], by: 'สมชาย', why: 'read it all the same', believe: false }
  const larger = {
    ...desk.attachments,
    sizeOf: async () => largestRead + 1,
    open: () => t.fail('it is not read') as never,
  }
  t.match(await retryQuarantined({ ...desk, attachments: larger }, readerOf(province), order), [
    { became: 'too-large' },
  ])
  t.equal((await waiting()).length, 1)
  let read: Buffer | undefined
  const noting: ReaderOf = () => ({
    system: systemOf(province),
    read: async (given) => {
      read = given.bytes
      return province.read(given)
    },
  })
  t.match(await retryQuarantined(desk, noting, order), [{ became: 'taken' }])
  t.ok(read?.equals(large), 'a smaller one is read, whole')
  t.equal((await sent()).length, 1)
})

t.test(
  'a source that fails stays, and hinders none behind it; a store that is away ends the order',
  async (t) => {
    const { province, desk, committed } = await openScripted(t)
    for (const name of ['first', 'second', 'third'])
      await take(desk, systemOf(province), source(name), async () => [fault(1), fault(2)])
    const ids = (await listQuarantine(committed, 10)).map(({ id }) => id)
    const order = { ...reason, ids, believe: false }
    const second = Buffer.from('second')
    const reads =
      (error: Error): ReaderOf =>
      () => ({
        system: systemOf(province),
        read: async ({ bytes }) => {
          if (bytes.equals(second)) throw error
          const at = bytes.equals(Buffer.from('first')) ? 1 : 2
          return [1, 2].map((row) =>
            letterItem(
              plainLetter({ number: mustBe(readLetterNumber(`ชม ${at}/${row}`)).number }),
              `row ${row}`,
            ),
          )
        },
      })
    const away = new AttachmentsUnavailable('the bucket is away')
    await t.rejects(retryQuarantined(desk, reads(away), order), { name: 'AttachmentsUnavailable' })
    const told: unknown[] = []
    const damaged = new AttachmentDamaged('0'.repeat(64))
    const retried = await retryQuarantined(desk, reads(damaged), order, (error) => void told.push(error))
    const ofSecond = retried.filter(({ became }) => became === 'failed')
    t.match(ofSecond, [{ codes: ['AttachmentDamaged'] }, { codes: ['AttachmentDamaged'] }])
    t.same(told, [damaged])
    t.equal((await listQuarantine(committed, 10)).length, 2, 'all others left')
    t.equal((await newestSent(committed, chiangMai, 10)).length, 4)
    t.match(
      await committed.all(
        "SELECT facts FROM events WHERE name = 'quarantine.retried' AND facts LIKE '%failed%'",
      ),
      [{ facts: /"codes":"AttachmentDamaged"/ }, {}],
    )
  },
)

t.test(
  'of a source that fails on the way, what was replaced is told as that, and what came in its place',
  async (t) => {
    const { province, desk, committed } = await openScripted(t)
    const problems = [problem('adapter.column.missing', 'line 3', 'ลงวันที่')] as const
    const lines = { kind: 'fault', position: 'lines 3-4', problems } as const
    await take(desk, systemOf(province), source('all'), async () => [fault(1), lines])
    const rows = await listQuarantine(committed, 10)
    const ids = ['row 1', 'lines 3-4'].map((at) => rows.find(({ position }) => position === at)!.id)
    const reader: ReaderOf = () => ({
      system: systemOf(province),
      read: async () => [
        { kind: 'waiting', position: 'row 1', files: ['a.pdf'] } as unknown as Item,
        letterItem(plainLetter(), 'line 3'),
      ],
    })
    const retried = await retryQuarantined(desk, reader, { ...reason, ids, believe: false })
    t.match(
      retried.map(({ position, became }) => [position, became]),
      [
        ['row 1', 'failed'],
        ['lines 3-4', 'replaced'],
        ['line 3', 'failed'],
      ],
    )
    const waiting = (await listQuarantine(committed, 10)).map(({ position }) => position)
    t.same(waiting.sort(), ['line 3', 'row 1'], 'each that stays is told of')
  },
)

t.test('what cannot be sealed now stays, told by its own word; nothing is wrong with it', async (t) => {
  const { clock, province, desk, committed } = await openScripted(t)
  await take(desk, systemOf(province), source('all'), async () => [fault(1), fault(2)])
  const ids = (await listQuarantine(committed, 10)).map(({ id }) => id)
  const order = { ...reason, ids, believe: false }
  clock.jump(Date.parse(trust.signers.get(chiangMai)?.certificate.validTo ?? '') + 60_000 - clock.now())
  const reader: ReaderOf = () => ({
    system: systemOf(province),
    read: async () => [letterItem(plainLetter(), 'row 1'), fault(2)],
  })
  const retried = await retryQuarantined(desk, reader, order, (error) => t.fail(String(error)))
  t.same(
    new Map(retried.map(({ position, became, codes }) => [position, [became, codes]])),
    new Map<string, unknown>([
      ['row 1', ['unsealable', ['seal.certificate']]],
      ['row 2', ['quarantined', ['adapter.field.code-unknown']]],
    ]),
  )
})

t.test('an answer counts all places, those of which it does not tell too', async (t) => {
  const { province, desk, committed } = await openScripted(t)
  const items = Array.from({ length: 1_002 }, (_, row) => fault(row))
  await take(desk, systemOf(province), source('all'), async () => items)
  province.items = items
  const ids = (await listQuarantine(committed, 2_000)).map(({ id }) => id)
  const system = { system: systemOf(province), adapter: province }
  const able = { desk, atWork: { systems: new Map([[chiangMai, system]]) }, failed: t.fail }
  const order = { ...reason, kind: 'retry', ids, believe: false } as const
  const answer = (await carryOut(able as never, order)) as { readonly places: readonly object[] }
  t.match(answer, { kind: 'retried', count: 1_002, stay: 1_002 })
  t.equal(answer.places.length, 1_000)
})
