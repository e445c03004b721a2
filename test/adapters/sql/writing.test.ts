// Parcels become rows, and notices change rows: once each, whole, whatever is cut in between.
import type { Test } from 'tap'
import type { Outcome } from '../../../src/adapters/contract.ts'
import type { Letter } from '../../../src/letter/letter.ts'
import type { Notice } from '../../../src/letter/notice.ts'
import { proxyTo } from '../../../src/sandbox/servers/proxy.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf } from '../stage.ts'
import { type Ground, onEveryServer } from './grounds.ts'
import { good, letterWith, notice, stage } from './stage.ts'

onEveryServer(writing)

async function writing(t: Test, on: Ground): Promise<void> {
  const incoming = (columns: string) => `SELECT ${columns} FROM \`หนังสือรับ\` ORDER BY id`
  const bytesOf = new Map([['a'.repeat(64), Buffer.from([0, 0xff, 0x27, 0x5c])]])
  const attached = (name: string) => ({
    name,
    mediaType: 'application/pdf',
    size: 4,
    sha256: 'a'.repeat(64),
    role: 'main' as const,
  })
  const full = letterWith({
    subject: `ขอ'เชิญ"\`\\`,
    attachments: [attached('หนังสือ.pdf')] as unknown as Letter['attachments'],
    references: [
      { number: 'สท 1/1', subject: '' },
      { number: 'สท 1/2', subject: '' },
    ],
  })

  await t.test('a parcel is one row with its lists and files, however often it is brought', async (t) => {
    const { deliver, ask } = await stage(t, on)
    const parcel = parcelOf({ letter: full }, 'd-1', '64', bytesOf)
    for (let attempt = 0; attempt < 3; attempt += 1) t.match(await deliver(parcel), { kind: 'taken' })
    const rows = await ask(incoming('`พัสดุ` AS p, `เรื่อง` AS s, `สถานะ` AS z'))
    t.same(
      rows,
      [{ p: 'd-1', s: `ขอ'เชิญ"\`\\`, z: 'N' }].map((row) => ({ ...row })),
    )
    t.same(
      (await ask('SELECT seq, letter, number FROM in_refs ORDER BY seq')).map((row) => Object.values(row)),
      [
        ['1', '1', 'สท 1/1'],
        ['2', '1', 'สท 1/2'],
      ],
    )
    t.same(
      (await ask('SELECT letter, name, data FROM in_files')).map((row) => Object.values(row)),
      [['1', 'd-1-1-หนังสือ.pdf', '00ff275c']],
    )
    await ask("INSERT INTO in_refs (seq, letter, number) VALUES (3, 1, 'x')")
    t.match(
      await deliver(parcel),
      {
        kind: 'refused',
        problem: { code: 'adapter.sql.row-differs', value: 'in_refs', details: { columns: 'references' } },
      },
      'a list with a row that is not ours is another letter’s',
    )
    await ask('DELETE FROM in_refs WHERE seq = 3')
    await ask("UPDATE `หนังสือรับ` SET `สถานะ` = 'R'")
    t.match(await deliver(parcel), { kind: 'taken' }, 'what the system makes of it is its own')
    await ask("UPDATE `หนังสือรับ` SET `เรื่อง` = 'อื่น'")
    t.match(await deliver(parcel), {
      kind: 'refused',
      problem: { code: 'adapter.sql.row-differs', details: { columns: 'เรื่อง' } },
    })
    t.equal((await ask(incoming('id'))).length, 1)
  })

  await t.test('what a column cannot hold is refused, and nothing of it stays', async (t) => {
    const { deliver, ask } = await stage(t, on)
    const outcome = await deliver(parcelOf({ letter: letterWith({ subject: 'ก'.repeat(41) }) }, 'd-1', '64'))
    t.match(outcome, { kind: 'refused', problem: { code: 'adapter.sql.value-refused' } })
    t.same(await ask(incoming('id')), [])
    t.notMatch(JSON.stringify(outcome), /กกก/, 'T11: nothing of the letter is in what is said')
  })

  await t.test(
    'a connection that is cut at any byte leaves one row in the end, or none and nothing taken',
    async (t) => {
      const proxy = await proxyTo(on.server.host, on.server.port)
      t.teardown(() => proxy.stop())
      const { deliver, ask } = await stage(t, on, { port: proxy.port })
      const parcel = (id: string) => parcelOf({ letter: full }, id, '64', bytesOf)
      t.match(await deliver(parcel('d-0')), { kind: 'taken' })
      const before = proxy.passed
      t.match(await deliver(parcel('d-00')), { kind: 'taken' })
      const bytes = proxy.passed - before
      t.ok(bytes > 300)
      const seen = new Set<string>()
      for (let attempt = 0; attempt < 24; attempt += 1) {
        const id = `d-${attempt + 1}`
        proxy.cut({ when: 'after', bytes: Math.floor((bytes * attempt) / 23) })
        const outcome = await deliver(parcel(id))
        seen.add(outcome.kind)
        const there = async () => (await ask(`SELECT id FROM \`หนังสือรับ\` WHERE \`พัสดุ\` = '${id}'`)).length
        if (outcome.kind === 'unavailable')
          t.equal(await there(), 0, `${id}: unavailable means nothing was written`)
        t.not(outcome.kind, 'refused')
        t.match(await deliver(parcel(id)), { kind: 'taken' })
        t.equal(await there(), 1, id)
      }
      t.ok(seen.has(on.engine === undefined ? 'unavailable' : 'unknown'))
      t.equal((await ask('SELECT letter FROM in_refs')).length, 2 * 26, 'every list once')
      const files = await ask('SELECT data FROM in_files')
      t.same([files.length, new Set(files.map(({ data }) => data))], [26, new Set(['00ff275c'])])
    },
  )

  await t.test('of the files of a list one is read after the other has been written', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    t.teardown(() => proxy.stop())
    const { deliver, ask } = await stage(t, on, { port: proxy.port })
    const size = 300_000
    const digests = ['a', 'b', 'c'].map((each) => each.repeat(64))
    const several = letterWith({
      attachments: digests.map((sha256, index) => ({
        ...attached(`${index + 1}.pdf`),
        ...{ size, sha256, role: index === 0 ? 'main' : 'enclosure' },
      })) as unknown as Letter['attachments'],
    })
    const contents = new Map(digests.map((each, index) => [each, Buffer.alloc(size, index)]))
    const parcel = parcelOf({ letter: several }, 'd-1', '64', contents)
    const passed: number[] = []
    const open = (sha256: string) => {
      passed.push(proxy.passed)
      return parcel.open(sha256)
    }
    t.match(await deliver({ ...parcel, open }), { kind: 'taken' })
    const between = passed.slice(1).map((each, index) => each - (passed[index] ?? 0))
    t.ok(between.length === 2 && between.every((each) => each >= size), between.join(', '))
    t.equal((await ask('SELECT name FROM in_files')).length, 3)
  })

  await t.test(
    'a list of which a part was taken away is filled up only where an attempt can end in it',
    async (t) => {
      const { deliver, ask } = await stage(t, on)
      const parcel = parcelOf({ letter: full }, 'd-1', '64', bytesOf)
      t.match(await deliver(parcel), { kind: 'taken' })
      await ask('DELETE FROM in_refs WHERE seq = 2')
      t.match(await deliver(parcel), { kind: on.engine === undefined ? 'refused' : 'taken' })
      t.equal((await ask('SELECT seq FROM in_refs')).length, on.engine === undefined ? 1 : 2)
    },
  )

  await t.test('a scan of megabytes stands whole in its column, or nothing of it', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    t.teardown(() => proxy.stop())
    const { deliver, ask } = await stage(t, on, { port: proxy.port })
    const scan = Buffer.alloc(2_500_001, '%PDF-\0\xff\n\\', 'latin1')
    const large = letterWith({
      attachments: [
        { ...attached('หนังสือ.pdf'), size: scan.length },
        { ...attached('แผนที่.pdf'), sha256: 'b'.repeat(64), size: 1, role: 'enclosure' as const },
      ] as unknown as Letter['attachments'],
    })
    const contents = new Map([
      ['a'.repeat(64), scan],
      ['b'.repeat(64), Buffer.from('b')],
    ])
    const parcel = parcelOf({ letter: large }, 'd-1', '64', contents)
    const files = () => ask('SELECT data FROM in_files ORDER BY letter, name')
    for (const bytes of [1_000_000, 2_500_500]) {
      proxy.cut({ when: 'after', bytes })
      const { kind } = await deliver(parcel)
      t.not(kind, 'taken')
      t.not(kind, 'refused')
      if (kind === 'unavailable') t.same(await files(), [])
    }
    t.match(await deliver(parcel), { kind: 'taken' })
    t.same(
      (await files()).map(({ data }) => data),
      [scan.toString('hex'), '62'],
    )
  })

  await t.test(
    'cut when COMMIT was said: unavailable or unknown as it was, and one row in the end',
    async (t) => {
      const proxy = await proxyTo(on.server.host, on.server.port)
      t.teardown(() => proxy.stop())
      const { deliver, ask } = await stage(t, on, { port: proxy.port, plain: true })
      t.match(await deliver(parcelOf({ letter: full }, 'd-0', '64', bytesOf)), { kind: 'taken' })
      for (const [id, when, rows] of [
        ['d-1', 'answered', 1],
        // Without transactions every row is there before COMMIT is said.
        ['d-2', 'said', on.engine === undefined ? 0 : 1],
      ] as const) {
        proxy.cut({ when, words: on.commit })
        const outcome: Outcome = await deliver(parcelOf({ letter: full }, id, '64', bytesOf))
        t.match(outcome, { kind: 'unknown', said: /adapter\.sql\.unsure/ })
        t.equal((await ask(`SELECT id FROM \`หนังสือรับ\` WHERE \`พัสดุ\` = '${id}'`)).length, rows)
        t.match(await deliver(parcelOf({ letter: full }, id, '64', bytesOf)), { kind: 'taken' })
        t.equal((await ask(`SELECT id FROM \`หนังสือรับ\` WHERE \`พัสดุ\` = '${id}'`)).length, 1)
      }
      proxy.cut({ when: 'said', words: on.wire('d-3') })
      t.match(await deliver(parcelOf({ letter: full }, 'd-3', '64', bytesOf)), {
        kind: on.engine === undefined ? 'unavailable' : 'unknown',
      })
    },
  )

  const noticeParcel = (said: Notice, id: string, key?: string) => ({
    ...parcelOf({ notice: said }, id, '64'),
    about: {
      messageId: messageIdOf(7),
      letter: letterWith({ extension: key === undefined ? [] : [{ name: 'id', value: key }] }),
    },
  })

  await t.test('a notice is written into exactly one row of the system', async (t) => {
    const { deliver, put, sent, ask } = await stage(t, on)
    await put({ ...good, สถานะ: 'T' })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2', สถานะ: 'T' })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2', สถานะ: 'T' })
    t.match(await deliver(noticeParcel(notice('accept', 'สท 0017.1/1', '77/2551'), 'n-1')), { kind: 'taken' })
    t.match(
      await deliver(noticeParcel(notice('accept', 'สท 0017.1/1', '77/2551'), 'n-1')),
      { kind: 'taken' },
      'again',
    )
    const again = { ...noticeParcel(notice('accept', 'สท 0017.1/1', '77/2551'), 'n-1'), attempt: 2 }
    await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'F' WHERE id = 1")
    t.match(await deliver({ ...again, mayHaveArrived: true }), { kind: 'taken' })
    t.equal((await sent())[0], 'F', 'the system has gone on from there: its state is not put back')
    t.match(await deliver(again), { kind: 'taken' })
    t.equal((await sent())[0], 'A', 'nothing was written before: it is')
    await ask("UPDATE `หนังสือส่ง` SET `เลขรับ` = NULL, `สถานะ` = 'T' WHERE id = 1")
    t.match(await deliver({ ...again, mayHaveArrived: true }), { kind: 'taken' })
    t.same([(await sent())[0], (await sent('เลขรับ'))[0]], ['A', '77/2551'], 'it had not arrived')
    t.match(await deliver(noticeParcel(notice('receive', 'สท 0017.1/1'), 'n-2')), { kind: 'taken' })
    t.same(await sent('เลขรับ'), ['77/2551', null, null], 'a blank takes no number away')
    t.match(await deliver(noticeParcel(notice('accept', 'สท 0017.1/2', '78/2551'), 'n-3')), {
      kind: 'refused',
      problem: { code: 'adapter.sql.rows-several' },
    })
    t.match(await deliver(noticeParcel(notice('accept', 'สท 0017.1/9', '79/2551'), 'n-4')), {
      kind: 'refused',
      problem: { code: 'adapter.sql.no-row' },
    })
    t.same(await sent('เลขรับ'), ['77/2551', null, null])
    t.match(await deliver(noticeParcel(notice('accept', 'สท 0017.1/1', '1'.repeat(31)), 'n-5')), {
      kind: 'refused',
    })
    t.same(await sent('เลขรับ'), ['77/2551', null, null], 'never cut')
  })

  await t.test(
    'a file that the row has no place for is not left out: refused, and nothing is written',
    async (t) => {
      const { deliver, put, sent, ask } = await stage(t, on, {
        changes: [
          // Two names stand in the cell of one row.
          [
            'at: files.data, as: { file-beside: { separator: ";" } }',
            'at: files.data, as: { file-beside: { separator: "|" } }',
          ],
          ['reason: { at: หมายเหตุ, as: text }', 'reason: { always: "" }'],
        ],
      })
      const both = [attached('หนังสือ.pdf'), { ...attached('แผนที่.pdf'), role: 'enclosure' as const }]
      const letter = letterWith({ attachments: both as unknown as Letter['attachments'] })
      t.match(await deliver(parcelOf({ letter }, 'd-1', '64', bytesOf)), {
        kind: 'refused',
        problem: {
          code: 'adapter.sql.file-homeless',
          value: 'd-1-1-หนังสือ.pdf',
          details: { table: 'หนังสือรับ' },
        },
      })
      t.same(await ask(incoming('id')), [])
      t.match(await deliver(parcelOf({ letter: full }, 'd-2', '64', bytesOf)), { kind: 'taken' })
      await put({ ...good, สถานะ: 'T' })
      const said = { ...notice('reject', 'สท 0017.1/1'), reason: 'ส่งผิดหน่วยงาน' }
      t.match(await deliver(noticeParcel(said, 'n-1')), {
        kind: 'refused',
        problem: { code: 'adapter.sql.file-homeless', value: 'n-1-full.txt', details: { table: 'หนังสือส่ง' } },
      })
      t.same(await sent(), ['T'])
    },
  )

  await t.test('a reason that is cut says so, and its notice is written', async (t) => {
    const { deliver, put, sent } = await stage(t, on, {
      changes: [
        [
          'reason: { at: หมายเหตุ, as: text }',
          'reason: { at: หมายเหตุ, as: { text: { max: 20, overflow: cut } } }',
        ],
      ],
    })
    await put({ ...good, สถานะ: 'T' })
    const said = { ...notice('reject', 'สท 0017.1/1'), reason: 'ส่งผิดหน่วยงาน โปรดส่งที่กรมการปกครอง' }
    t.match(await deliver(noticeParcel(said, 'n-1')), { kind: 'taken' })
    t.same([await sent(), await sent('หมายเหตุ')], [['X'], ['ส่งผิดหน่วยงาน โ ...']])
  })

  await t.test('a notice says nothing anew but what became of its letter', async (t) => {
    const { deliver, put, sent, ask } = await stage(t, on, {
      changes: [['where: [ที่หนังสือ, ลงวันที่]', 'where: [id]']],
    })
    await put({ ...good, สถานะ: 'T' })
    const rejected = { ...noticeParcel(notice('reject', 'สท 0017.1/1'), 'n-1', '1'), attempt: 2 }
    t.match(await deliver({ ...rejected, mayHaveArrived: true }), { kind: 'taken' })
    t.same(await sent(), ['X'], 'that number and date stand there is no sign that it arrived')
    await ask(`UPDATE \`หนังสือส่ง\` SET \`ลงวันที่\` = ${on.text('๑ ม.ค. ๒๕๕๑')}`)
    const accepted = noticeParcel(notice('accept', 'สท0017.1/1', '77/2551'), 'n-2', '1')
    t.match(await deliver(accepted), { kind: 'taken' })
    t.same([await sent(), await sent('เลขรับ')], [['A'], ['77/2551']])
    t.same(
      [await sent('ที่หนังสือ'), await sent('ลงวันที่')],
      [[good.ที่หนังสือ], ['๑ ม.ค. ๒๕๕๑']],
      'as its system spells them',
    )
  })

  await t.test('who says a notice, and under which id its letter went, is written', async (t) => {
    const { deliver, put, sent } = await stage(t, on, {
      changes: [
        [
          'reason: { at: หมายเหตุ, as: text }',
          'reason: { at: หมายเหตุ, as: text }\n      office: { at: เรื่อง, as: { office: { write: id } } }\n      messageId: { at: รหัสข้อความ, as: text }',
        ],
      ],
    })
    await put({ ...good, สถานะ: 'T' })
    const rejected = { ...noticeParcel(notice('reject', 'สท 0017.1/1'), 'n-1'), mayHaveArrived: true }
    t.match(await deliver(rejected), { kind: 'taken' })
    t.same([await sent(), await sent('เรื่อง'), await sent('รหัสข้อความ')], [['X'], ['moi'], [messageIdOf(7)]])
  })

  await t.test('the key that travelled with the letter finds its row among two of one number', async (t) => {
    const { deliver, put, sent } = await stage(t, on, {
      changes: [['where: [ที่หนังสือ, ลงวันที่]', 'where: [id]']],
    })
    await put({ ...good, id: '9007199254740992' })
    await put({ ...good, id: '9007199254740993' })
    const said = notice('accept', 'สท 0017.1/1', '77/2551')
    t.match(await deliver(noticeParcel(said, 'n-1', '9007199254740993')), { kind: 'taken' })
    t.same(await sent('เลขรับ'), [null, '77/2551'], 'neighbours beyond 2⁵³ are told apart')
    t.match(await deliver(noticeParcel(said, 'n-2')), {
      kind: 'refused',
      problem: { code: 'adapter.sql.match-missing' },
    })
    t.match(await deliver(noticeParcel(said, 'n-3', '1 OR 1=1')), { kind: 'refused' }, 'X3')
    t.same(await sent('เลขรับ'), [null, '77/2551'])
  })
}
