// The quarantine with a real journal and real folders: listed, shown, tried again by a mended profile, dismissed; and the promise
// is kept whichever write fails, wherever the process dies, and however many try at once.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import type { Adapter, Item } from '../../src/adapters/contract.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { run } from '../../src/cli/program.ts'
import { AttachmentDamaged, AttachmentsUnavailable } from '../../src/gateway/attachments/store.ts'
import { carryOut } from '../../src/gateway/carry-out.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { largestRead, type ReaderOf, retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { JournalUnavailable } from '../../src/gateway/journal/database.ts'
import { newestSent } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { verbsFor } from '../../src/gateway/verbs.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import type { Clock } from '../../src/letter/time.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import { csv, environment, row } from '../adapters/chiang-mai.ts'
import { adapterOf, TestClock } from '../adapters/stage.ts'
import { mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
} from './harness.ts'
import { inboxProfile, logTo, makeInstallation } from './installation.ts'
import { journalBeside } from './journal-engine.ts'
import { besideIt, type Place } from './store-settings.ts'

t.setTimeout(600_000)

const trust = await makeTrust([chiangMai, moi])
const text = readFileSync('profiles/chiang-mai-csv.yaml', 'utf8')
/** The profile before its table of urgencies was mended: 9 means nothing to it. */
const mended = text.replace(/"2": urgent/, '"2": urgent, "9": urgent')
const profileOf = (yaml: string) => mustBe(readProfile(yaml, 'chiang-mai-csv.yaml'))
const nine = (number: string, file = '') => row(number, file).replace(',1,,,,มท', ',9,,,,มท')

t.test('the mended profile knows a value that the shipped one does not', (t) => {
  t.not(mended, text)
  t.match(nine('ชม 1/1'), ',9,')
  t.end()
})

async function saraban(clock: Clock, place: Place, ...words: string[]) {
  let [out, err] = ['', '']
  const code = await run(['quarantine', ...words, ...place.words], {
    write: (said) => {
      out += said
    },
    complain: (said) => {
      err += said
    },
    environment: place.environment,
    clock,
    random: systemRandom,
    untilEnded: async () => undefined,
  })
  return { code, out, err }
}

/** Chiang Mai's folders at a gateway; `data` and `shared` may be those that another one left behind. */
async function open(t: Test, yaml = text, { data = scratch(t), shared = scratch(t) } = {}) {
  for (const name of ['send', 'send-notices', 'receive', 'notices'])
    mkdirSync(join(shared, name), { recursive: true })
  const clock = new TestClock()
  const adapter = adapterOf(profileOf(yaml), clock, environment, shared)
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
    retry: (ids: readonly string[], by: Adapter = adapter, believe = false) =>
      retryQuarantined(desk, readerOf(by), { ids, by: 'สมชาย', why: 'แก้ตารางแล้ว', believe }),
  }
}

const readerOf =
  (adapter: Adapter): ReaderOf =>
  () => ({ system: systemOf(adapter), read: (source) => adapter.read(source) })

const mendedAdapter = (shared: string) => adapterOf(profileOf(mended), new TestClock(), environment, shared)

/** Three letters, the second with a scan and a code that the profile does not know. */
async function quarantined(t: Test) {
  const opened = await open(t)
  opened.drop('a.pdf', 'THE SCAN')
  opened.drop('three.csv', csv(row('ชม 1/1'), nine('ชม 1/2', 'a.pdf'), row('ชม 1/3')))
  await opened.run()
  t.equal((await opened.sent()).length, 2, 'its neighbours are taken')
  return opened
}

t.test(
  'list, and show: reasons in both languages, what was understood, the bytes with their places',
  async (t) => {
    const { saraban, waiting, clock, shared } = await quarantined(t)
    const [place] = await waiting()
    t.match(place, { office: '50', state: 'waiting', position: 'line 3', number: 'ชม 1/2', doubted: false })
    const listed = await saraban('list')
    t.match(listed.out, /^waiting, by cause\n {5}1 {2}adapter\.field\.code-unknown\n\n/)
    t.match(
      listed.out,
      new RegExp(`${place!.id.slice(-12)}  \\d+ min  50  chiang-mai-csv  three\\.csv  line 3  ที่ ชม 1/2`),
    )
    t.match(
      (await saraban('list', '--cause', 'letter.conflict')).out,
      /^waiting, by cause\n.*\n$/,
      'none of that',
    )
    t.match(
      (await saraban('list', '--cause', 'adapter.field.code-unknown', '--office', '50')).out,
      'three.csv',
    )
    t.notMatch((await saraban('list', '--office', '57')).out, 'three.csv')
    t.notMatch((await saraban('list', '--older', '1d')).out, 'three.csv')
    clock.pass(2 * 86_400_000)
    t.match((await saraban('list', '--older', '1d')).out, /three\.csv/)
    t.equal((await saraban('list', '--cause', 'no.such')).code, 2)

    const shown = await saraban('show', place!.id.slice(-8))
    t.equal(shown.code, 0, shown.err)
    for (const expected of [
      /column ความเร็ว: 9\n/,
      /column ที่หนังสือ: ชม 1\/2\n/,
      /number = ชม 1\/2\n/,
      /date = 2008-01-01\n/,
      /subject = เรื่อง\n/,
      /\[adapter\.field\.code-unknown\]\n {4}what to do: /,
      /วิธีแก้: /,
      /three\.csv: \d+ bytes, sha256 [0-9a-f]{64}\n {2}\(shown as windows-874\)\n {2}line 1, byte 0: ที่หนังสือ,/,
      /line 3, byte \d+: ชม 1\/2,/,
      /with it came the file a\.pdf: 8 bytes/,
    ])
      t.match(shown.out, expected)
    t.notMatch(shown.out, /urgency = /, 'what could not be read is not made up')
    const json = JSON.parse((await saraban('show', place!.id, '--json')).out) as {
      bytes: { base64: string }[]
    }
    t.match(json, { problems: [{ message: { en: /./, th: /[ก-๙]/ }, remedy: { th: /[ก-๙]/ } }] })
    t.match(iconv.decode(Buffer.from(json.bytes[0]!.base64, 'base64'), 'windows-874'), /ชม 1\/2/)
    const saved = join(shared, 'saved')
    await saraban('show', place!.id, '--save', saved)
    t.equal(readdirSync(saved).length, 1)
    t.equal((await saraban('show', 'abcdef')).code, 1)
  },
)

t.test('hostile bytes cannot steer the terminal, and what is no text is shown in hexadecimal', async (t) => {
  const { drop, run, waiting, saraban } = await open(t)
  drop('evil.csv', Buffer.from('\u001b]0;owned\u0007\u202e,\u001b[2J\r\n'))
  drop(
    'zip.csv',
    Buffer.concat([Buffer.from('PK\u0003\u0004\u0000\u0000\n'), Buffer.alloc(40, 7), Buffer.from('\n')]),
  )
  await run()
  const places = await waiting()
  t.equal(places.length, 2)
  for (const { id } of places) {
    const { out } = await saraban('show', id)
    t.notMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    t.match(out, /byte 0: 1b 5d 30 3b|byte 0: 50 4b 03 04 00 00 0a/)
  }
  t.notMatch((await saraban('list')).out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

t.test('secret letters only when asked for', async (t) => {
  const folder = scratch(t)
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(folder, trust, [province, new ScriptedAdapter(moi)], clock)
  t.teardown(() => gateway.close())
  const offer = (subject: string) => {
    province.items = [letterItem(plainLetter({ secrecy: 'secret', subject }))]
    return take(gateway.desk, systemOf(province), source(subject), (each) => province.read(each))
  }
  await offer('ลับ')
  await offer('ลับ แก้ไข')
  const [place] = await listQuarantine(gateway.desk.database.committed, 10)
  t.match(place, { secrecy: 'secret', problems: [{ code: 'letter.conflict' }] })
  const beside = await besideIt(folder)
  const shown = await saraban(clock, beside, 'show', place!.id)
  t.equal(shown.code, 1)
  t.match(shown.err, /cli\.quarantine\.secret/)
  t.notMatch(shown.out + shown.err + (await saraban(clock, beside, 'list')).out, 'แก้ไข')
  t.match((await saraban(clock, beside, 'show', place!.id, '--secret')).out, /subject = ลับ แก้ไข\n/)
})

t.test(
  'retry: taken under its handing-over, with the file that its system took away; once, however often',
  async (t) => {
    const { retry, waiting, sent, shared, committed, saraban } = await quarantined(t)
    const [place] = await waiting()
    t.match(await retry([place!.id]), [{ became: 'quarantined', codes: ['adapter.field.code-unknown'] }])
    t.equal((await waiting()).length, 1, 'nothing was mended yet')
    rmSync(join(shared, 'send'), { recursive: true })
    const better = mendedAdapter(shared)
    const both = await Promise.all([retry([place!.id], better), retry([place!.id], better)])
    t.same(
      both
        .flat()
        .map(({ became }) => became)
        .sort(),
      ['known', 'taken'],
      'two at once',
    )
    t.same(await retry([place!.id], better), [], 'it is gone from there')
    t.same(await waiting(), [])
    const letters = await sent()
    t.equal(letters.length, 3)
    const story = await storyOf(committed, both.flat()[0]!.messageId ?? '')
    t.match(story?.letter, { urgency: 'urgent', attachments: [{ name: 'a.pdf', size: 8 }] })
    t.match(
      story?.events.filter(({ name }) => name === 'quarantine.retried').map(({ facts }) => facts),
      [
        { became: 'quarantined', by: 'สมชาย', why: 'แก้ตารางแล้ว' },
        { became: /taken|known/ },
        { became: /taken|known/ },
      ],
    )
    const [envelope] = await committed.all<{ handover: string; position: string }>(
      'SELECT handover, position FROM envelopes WHERE message_id = ?',
      story!.messageId,
    )
    t.match(envelope, { position: 'line 3', handover: /^chiang-mai-csv \S+ [0-9a-f]{64}$/ })
    t.match(
      (await saraban('list', '--state', 'taken')).out,
      /taken at .* by สมชาย: แก้ตารางแล้ว \(saraban messages show /,
    )
  },
)

t.test('a document that could not be read at all comes back as its letters', async (t) => {
  const utf8 = iconv.decode(csv(row('ชม 1/1'), nine('ชม 1/2')), 'windows-874')
  const { drop, run, waiting, retry, sent, shared, committed } = await open(t)
  drop('utf8.csv', utf8)
  await run()
  const [document, ...none] = await waiting()
  t.match(document, { position: 'document', problems: [{ code: 'adapter.charset.contradicted' }] })
  t.same(none, [])
  const inUtf8 = adapterOf(
    profileOf(text.replaceAll('charset: windows-874', 'charset: utf-8')),
    new TestClock(),
    environment,
    shared,
  )
  t.match(await retry([document!.id], inUtf8), [
    { became: 'replaced' },
    { position: 'line 2', became: 'taken' },
    { position: 'line 3', became: 'quarantined' },
  ])
  t.equal((await sent()).length, 1)
  const left = await waiting()
  t.match(left, [
    { position: 'line 3', problems: [{ code: 'adapter.field.code-unknown' }], handover: document!.handover },
  ])
  t.match(await committed.all("SELECT state FROM quarantine WHERE position = 'document'"), [
    { state: 'replaced' },
  ])
  // A profile by which nothing stands there any more loses nothing.
  const skipping = adapterOf(
    profileOf(mended.replaceAll('charset: windows-874', 'charset: utf-16le')),
    new TestClock(),
    environment,
    shared,
  )
  const after = await retry([left[0]!.id], skipping)
  t.not(after[0]?.became, 'taken')
  t.ok((await waiting()).length >= 1)
})

t.test('places that a mended profile reads anew: what was taken before is not among them', async (t) => {
  const { desk, waiting, retry, sent, committed } = await open(t)
  const province = new ScriptedAdapter(chiangMai)
  const at = (line: number) =>
    letterItem(plainLetter({ number: mustBe(readLetterNumber(`ชม 0017.1/${line}`)).number }), `line ${line}`)
  const problems = [problem('adapter.column.missing', 'line 3', 'ลงวันที่')] as const
  province.items = [at(2), { kind: 'fault', position: 'lines 3-4', problems }]
  await take(desk, systemOf(province), source('three lines'), (each) => province.read(each))
  const [place] = await waiting()
  t.match(place, { position: 'lines 3-4' })
  province.items = [at(2), at(3), at(4)]
  const became = (await retry([place!.id], province)).map((each) => [each.position, each.became])
  t.same(became, [
    ['lines 3-4', 'replaced'],
    ['line 3', 'taken'],
    ['line 4', 'taken'],
  ])
  t.same(await waiting(), [])
  t.equal((await sent()).length, 3)
  const places = await committed.all<{ position: string }>('SELECT position FROM quarantine')
  t.same(places.map(({ position }) => position).sort(), ['line 3', 'line 4', 'lines 3-4'])
})

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
  t.match(await retry([place!.id], province, true), [{ became: 'taken' }])
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
    const province = new ScriptedAdapter(chiangMai)
    const gateway = await openGateway(scratch(t), trust, [province, new ScriptedAdapter(moi)])
    t.teardown(() => gateway.close())
    const { desk } = gateway
    const { committed } = desk.database
    const problems = [problem('adapter.field.code-unknown', 'kind', 'x')] as const
    const fault = (row: number): Item => ({ kind: 'fault', position: `row ${row}`, problems })
    for (const name of ['first', 'second', 'third'])
      await take(desk, systemOf(province), source(name), async () => [fault(1), fault(2)])
    const ids = (await listQuarantine(committed, 10)).map(({ id }) => id)
    const order = { ids, by: 'สมชาย', why: 'แก้ตารางแล้ว', believe: false }
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

t.test('what cannot be sealed now stays, told by its own word; nothing is wrong with it', async (t) => {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(scratch(t), trust, [province, new ScriptedAdapter(moi)], clock)
  t.teardown(() => gateway.close())
  const { desk } = gateway
  const problems = [problem('adapter.field.code-unknown', 'kind', 'x')] as const
  const fault = (row: number): Item => ({ kind: 'fault', position: `row ${row}`, problems })
  await take(desk, systemOf(province), source('all'), async () => [fault(1), fault(2)])
  const ids = (await listQuarantine(desk.database.committed, 10)).map(({ id }) => id)
  const order = { ids, by: 'สมชาย', why: 'แก้ตารางแล้ว', believe: false }
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
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(scratch(t), trust, [province, new ScriptedAdapter(moi)])
  t.teardown(() => gateway.close())
  const { desk } = gateway
  const problems = [problem('adapter.field.code-unknown', 'kind', 'x')] as const
  const positions = Array.from({ length: 1_002 }, (_, at) => `row ${at}`)
  const items = positions.map((position): Item => ({ kind: 'fault', position, problems }))
  await take(desk, systemOf(province), source('all'), async () => items)
  province.items = items
  const ids = (await listQuarantine(desk.database.committed, 2_000)).map(({ id }) => id)
  const system = { system: systemOf(province), adapter: province }
  const able = { desk, atWork: { systems: new Map([[chiangMai, system]]) }, failed: t.fail }
  const order = { kind: 'retry', ids, by: 'สมชาย', why: 'แก้ตารางแล้ว', believe: false } as const
  const answer = (await carryOut(able as never, order)) as { readonly places: readonly object[] }
  t.match(answer, { kind: 'retried', count: 1_002, stay: 1_002 })
  t.equal(answer.places.length, 1_000)
})

t.test(
  'what waits when the same source is handed over again, and read this time, leaves by itself',
  async (t) => {
    const first = await quarantined(t)
    await first.close()
    const { drop, run, waiting, sent } = await open(t, mended, first)
    drop('a.pdf', 'THE SCAN')
    drop('again.csv', csv(row('ชม 1/1'), nine('ชม 1/2', 'a.pdf'), row('ชม 1/3')))
    t.equal((await waiting()).length, 1)
    await run()
    t.equal((await sent()).length, 3)
    t.same(await waiting(), [])
  },
)

t.test('dismissed: listed as that, never deleted, and it comes back only for another reason', async (t) => {
  const { saraban, waiting, committed, retry, shared } = await quarantined(t)
  const [place] = await waiting()
  t.equal((await saraban('dismiss', place!.id, '--by', ' ', '--why', 'x')).code, 2)
  const done = await saraban('dismiss', place!.id.slice(-8), '--by', 'สมชาย', '--why', 'แฟ้มทดสอบ')
  t.equal(done.code, 0, done.err)
  t.same(await waiting(), [])
  t.match((await saraban('list')).out, /^nothing waits in quarantine\n$/)
  t.match(
    (await saraban('list', '--state', 'dismissed')).out,
    /three\.csv .*dismissed at .* by สมชาย: แฟ้มทดสอบ/,
  )
  t.equal((await saraban('dismiss', place!.id, '--by', 'a', '--why', 'b')).code, 1, 'not twice')
  t.match((await saraban('show', place!.id)).out, /ชม 1\/2/)
  t.match(await committed.all("SELECT facts FROM events WHERE name = 'quarantine.dismissed'"), [
    { facts: /"by":"สมชาย","why":"แฟ้มทดสอบ"/ },
  ])
  t.match(
    await retry([place!.id], mendedAdapter(shared)),
    [{ became: 'taken' }],
    'a person may change her mind',
  )
})

t.test('whichever write fails: nothing is lost, nothing doubled, and trying again ends it', async (t) => {
  for (let failing = 1; ; failing += 1) {
    const { desk, retry, waiting, sent, shared } = await quarantined(t)
    const [place] = await waiting()
    const write = desk.database.write.bind(desk.database)
    let calls = 0
    desk.database.write = (work) => {
      calls += 1
      return calls === failing ? Promise.reject(new JournalUnavailable('no')) : write(work)
    }
    const better = mendedAdapter(shared)
    const failed = await retry([place!.id], better).then(
      () => false,
      () => true,
    )
    desk.database.write = write
    const letters = (await sent()).length
    t.ok((await waiting()).length === 1 || letters === 3, `write ${failing}: it waits, or it is taken`)
    await retry(
      (await waiting()).map(({ id }) => id),
      better,
    )
    t.equal((await sent()).length, 3, `write ${failing}: taken once`)
    t.same(await waiting(), [])
    if (!failed) return t.ok(failing > 2, `${failing - 1} writes were made to fail`)
  }
})

t.test('killed in the middle of a document that becomes its letters: trying again goes on', async (t) => {
  const utf8 = iconv.decode(csv(row('ชม 1/1'), row('ชม 1/2'), row('ชม 1/3')), 'windows-874')
  const inUtf8 = text.replaceAll('charset: windows-874', 'charset: utf-8')
  for (const dying of [1, 2, 3, 4, 5]) {
    const first = await open(t)
    first.drop('utf8.csv', utf8)
    await first.run()
    const [document] = await first.waiting()
    const write = first.desk.database.write.bind(first.desk.database)
    let calls = 0
    // From here on the process does nothing more.
    first.desk.database.write = (work) => {
      calls += 1
      return calls >= dying ? Promise.reject(new JournalUnavailable('dead')) : write(work)
    }
    const adapter = adapterOf(profileOf(inUtf8), new TestClock(), environment, first.shared)
    await t.rejects(first.retry([document!.id], adapter))
    first.desk.database.write = write
    await first.close()
    const second = await open(t, inUtf8, first)
    await second.retry((await second.waiting()).map(({ id }) => id))
    t.same(
      (await second.sent()).map(({ number }) => number).sort(),
      ['ชม 1/1', 'ชม 1/2', 'ชม 1/3'],
      `killed before write ${dying}`,
    )
    t.same(await second.waiting(), [])
    await second.close()
  }
})

t.test('every command of docs/operate.md does what the page says', async (t) => {
  const { saraban, waiting } = await quarantined(t)
  const [place] = await waiting()
  const page = readFileSync('docs/operate.md', 'utf8')
  const commands = [...page.matchAll(/^\$ saraban quarantine ([^#\n]*?)\s*(?:#.*)?$/gm)].map(
    ([, words = '']) =>
      [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  )
  t.ok(commands.length >= 7)
  const here: Readonly<Record<string, string>> = {
    '75d7617015c4': place!.id.slice(-12),
    DIR: join(scratch(t), 'saved'),
  }
  for (const words of commands) {
    const said = await saraban(...words.map((word) => here[word] ?? word))
    t.equal(said.code, 0, `${words.join(' ')}: ${said.err}`)
    if (words[0] === 'retry') t.match(said.out, 'does it when it is started', words.join(' '))
  }
  t.same(await waiting(), [], 'the last of them dismisses it')
})

t.test('at a gateway: ordered while it does not run, and while it runs; then reloaded first', async (t) => {
  const shared = scratch(t)
  const folders: Record<string, string> = {}
  for (const [name, path] of Object.entries(environment)) {
    folders[name] = join(shared, path)
    mkdirSync(join(shared, path))
  }
  const quick = (yaml: string) => yaml.replaceAll('settle: 5s', 'settle: 100ms, every: 200ms')
  const installation = await makeInstallation(scratch(t), [chiangMai, moi], { 'moi.yaml': inboxProfile() })
  installation.profile('50.yaml', quick(text))
  const beside = await besideIt(installation.folder, installation.settings.data)
  const start = () => installation.start({ environment: folders })
  const count = async (table: string, where: string): Promise<number> => {
    const journal = await journalBeside(installation.folder)
    try {
      const sql = `SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`
      return Number((await journal.committed.one<{ n: number }>(sql))?.n)
    } finally {
      await journal.close()
    }
  }
  const soon = async (done: () => Promise<boolean>, what: string) => {
    for (let look = 0; look < 600; look += 1) {
      if (await done()) return
      await pause(100)
    }
    t.fail(what)
  }
  const words = ['--by', 'สมชาย', '--why', 'แก้ตารางแล้ว'] as const
  const first = await start()
  writeFileSync(join(folders['SARABAN_50_SEND'] ?? '', 'one.csv'), csv(nine('ชม 1/1')))
  writeFileSync(join(folders['SARABAN_50_SEND'] ?? '', 'two.csv'), csv(nine('ชม 1/2')))
  await soon(async () => (await count('quarantine', "state = 'waiting'")) === 2, 'in quarantine')
  const stays = await saraban(systemClock, beside, 'retry', '--all', ...words)
  t.equal(stays.code, 1)
  t.match(stays.out, /one\.csv {2}line 2 {2}stays: adapter\.field\.code-unknown\n/)
  installation.profile('50.yaml', quick(mended))
  await first.reload()
  const [place] = await (async () => {
    const journal = await journalBeside(installation.folder)
    return listQuarantine(journal.committed, 10).finally(() => journal.close())
  })()
  const taken = await saraban(systemClock, beside, 'retry', place!.id, ...words)
  t.equal(taken.code, 0, taken.err)
  t.match(taken.out, /line 2 {2}taken: saraban messages show [0-9a-f-]{36}\n/)
  await first.stop()

  const ordered = await saraban(
    systemClock,
    beside,
    'retry',
    '--cause',
    'adapter.field.code-unknown',
    ...words,
  )
  t.equal(ordered.code, 0)
  t.match(ordered.out, 'ordered for 1 places: the gateway is not running, and does it when it is started')
  t.equal(await count('letters', '1 = 1'), 1)
  const second = await start()
  await soon(async () => (await count('letters', '1 = 1')) === 2, 'carried out at the start')
  await soon(async () => (await count('orders', 'answered_at IS NULL')) === 0, 'and answered')
  t.equal((await saraban(systemClock, beside, 'retry', '--all', ...words)).code, 1, 'nothing is left')
  t.equal((await saraban(systemClock, beside, 'retry', ...words)).code, 2)
  t.equal((await saraban(systemClock, beside, 'retry', '--all', '--believe', ...words)).code, 2)
  await second.stop()
})
