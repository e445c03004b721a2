// The quarantine with a real journal and real folders: what waits is listed and shown, and what is dismissed stays listed as that.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t from 'tap'
import { retriedPage } from '../../src/cli/quarantined.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { letterItem, plainLetter, source, systemOf } from './harness.ts'
import { adapterBy, mended, open, openScripted, quarantined, saraban } from './quarantine-stage.ts'
import { besideIt } from './store-settings.ts'

t.setTimeout(600_000)

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
  const { folder, clock, province, desk, committed } = await openScripted(t)
  const offer = (subject: string) => {
    province.items = [letterItem(plainLetter({ secrecy: 'secret', subject }))]
    const offered = { ...source(subject), name: subject }
    return take(desk, systemOf(province), offered, (each) => province.read(each))
  }
  await offer('ลับ')
  await offer('ลับ แก้ไข')
  const [place] = await listQuarantine(committed, 10)
  t.match(place, { secrecy: 'secret', problems: [{ code: 'letter.conflict' }] })
  const beside = await besideIt(folder)
  const shown = await saraban(clock, beside, 'show', place!.id)
  t.equal(shown.code, 1)
  t.match(shown.err, /cli\.quarantine\.secret/)
  t.notMatch(shown.out + shown.err + (await saraban(clock, beside, 'list')).out, 'แก้ไข')
  t.match((await saraban(clock, beside, 'show', place!.id, '--secret')).out, /subject = ลับ แก้ไข\n/)
  const words = ['--by', 'สมชาย', '--why', 'แฟ้มทดสอบ']
  const retried = await retryQuarantined(
    desk,
    () => ({ system: systemOf(province), read: (each) => province.read(each) }),
    { ids: [place!.id], by: 'สมชาย', why: 'แฟ้มทดสอบ', believe: false },
  )
  t.match(retried, [{ position: place!.position, became: 'quarantined' }])
  const page = retriedPage(retried, { count: 1, stay: 1 })
  const dismissed = await saraban(clock, beside, 'dismiss', place!.id, ...words)
  t.match([page, dismissed.out], [place!.position, `${place!.position}: dismissed`], 'each says what it did')
  t.notMatch(JSON.stringify(retried) + page + dismissed.out, place!.name, 'and of what no name')
})

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
    await retry([place!.id], adapterBy(mended, shared), { dismissed: true }),
    [{ became: 'taken' }],
    'a person may change her mind',
  )
})
