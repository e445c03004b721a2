// Databases as old systems have them: tables without transactions, and windows-874 where the database believes otherwise.
import iconv from 'iconv-lite'
import t from 'tap'
import { postgresql } from '../../../src/sandbox/servers/postgresql.ts'
import { proxyTo } from '../../../src/sandbox/servers/proxy.ts'
import { parcelOf } from '../stage.ts'
import { ground, mariadbOnce, present } from './grounds.ts'
import { type Changes, good, letterWith, notice, stage } from './stage.ts'

t.setTimeout(900_000)

t.test('mariadb, as old systems have it', { timeout: 600_000 }, async (t) => {
  const server = await mariadbOnce()
  if (!present(t, server)) return
  const on = ground('mariadb', server)

  await t.test('MyISAM: committed here first, then written back and read again', async (t) => {
    const { gateway, put, start, pass, sent, deliver, ask } = await stage(t, on, { engine: 'MyISAM' })
    await put(good)
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
    // A trigger of the system's that has it otherwise, until it is taken away.
    await ask(
      "CREATE TRIGGER own BEFORE UPDATE ON `หนังสือส่ง` FOR EACH ROW SET NEW.`สถานะ` = IF(NEW.id = 1, 'N', NEW.`สถานะ`)",
    )
    await start()
    t.same(await sent(), ['N', 'T'])
    t.same(
      gateway.reports.map(({ event }) => event),
      ['sql.no-transactions', 'sql.row-failed'],
    )
    await ask('DROP TRIGGER own')
    await pass(10_000)
    t.same(await sent(), ['T', 'T'])
    t.same([...new Set(gateway.offered.map(({ handover }) => handover))].length, 2)
    const parcel = parcelOf(
      {
        letter: letterWith({
          references: [
            { number: 'สท 1/1', subject: '' },
            { number: 'สท 1/2', subject: '' },
          ],
        }),
      },
      'd-1',
      '64',
    )
    t.match(await deliver(parcel), { kind: 'taken' })
    await ask('DELETE FROM in_refs WHERE seq = 2')
    t.match(
      await deliver(parcel),
      { kind: 'taken' },
      'an attempt that ended between two rows of a list is completed',
    )
    t.same(
      (await ask('SELECT seq, number FROM in_refs ORDER BY seq')).map((row) => Object.values(row)),
      [
        ['1', 'สท 1/1'],
        ['2', 'สท 1/2'],
      ],
    )
    t.equal((await ask('SELECT id FROM `หนังสือรับ`')).length, 1)
  })

  await t.test('a thousand letters that waited and were withdrawn do not end the looking', async (t) => {
    const { gateway, put, start, pass, ask } = await stage(t, on, { engine: 'MyISAM' })
    const waits = { ...good, ทางไฟล์: 'D:/scans/never.pdf' }
    for (let count = 0; count < 10; count += 1) await put(waits)
    const columns = Object.keys(waits).map(on.quote).join(', ')
    const ten = `(SELECT 1${' UNION ALL SELECT 1'.repeat(9)})`
    await ask(
      `INSERT INTO \`หนังสือส่ง\` (${columns}) SELECT ${columns} FROM \`หนังสือส่ง\` a JOIN ${ten} b JOIN ${ten} c`,
    )
    await start()
    await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'X'")
    await put(good)
    await pass(10_000)
    await pass(10_000)
    t.match(gateway.items.at(-1), { kind: 'letter' })
  })

  await t.test('MyISAM: cut after the row was sent is unknown, because nothing can be undone', async (t) => {
    const proxy = await proxyTo(server.host, server.port)
    t.teardown(() => proxy.stop())
    const { deliver, ask } = await stage(t, on, { engine: 'MyISAM', port: proxy.port })
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-0', '64')), { kind: 'taken' })
    proxy.cut({ when: 'answered', words: 'd-1' })
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), { kind: 'unknown' })
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), { kind: 'taken' })
    t.equal((await ask('SELECT id FROM `หนังสือรับ`')).length, 2)
  })

  await t.test('a column for faults that takes no NULL', async (t) => {
    const { gateway, put, start, sent, ask } = await stage(t, on)
    await ask("ALTER TABLE `หนังสือส่ง` MODIFY `ข้อผิดพลาด` VARCHAR(250) NOT NULL DEFAULT 'x'")
    await put(good)
    await start()
    t.same([await sent(), await sent('ข้อผิดพลาด'), gateway.reports], [['T'], [''], []])
  })

  await t.test('windows-874 in latin1 columns, read and written as the bytes that they are', async (t) => {
    const changes: Changes = [
      [/within: 30s/, 'within: 30s, charset: windows-874'],
      [/kind: rows,/g, 'kind: rows, charset: windows-874,'],
    ]
    const { gateway, put, start, sent, deliver, ask } = await stage(t, on, { changes })
    for (const table of ['หนังสือส่ง', 'หนังสือรับ', 'refs', 'in_refs', 'in_files'])
      await ask(`ALTER TABLE \`${table}\` CONVERT TO CHARACTER SET latin1`)
    const thai = (text: string) => `X'${iconv.encode(text, 'windows-874').toString('hex')}'`
    const row = Object.values(good).map(thai).join(', ')
    const columns = Object.keys(good).map(on.quote).join(', ')
    await ask(`INSERT INTO \`หนังสือส่ง\` (${columns}) VALUES (${row})`)
    await ask(
      `INSERT INTO \`หนังสือส่ง\` (${columns}) VALUES (${row.replace(thai(good.ที่หนังสือ), thai('สท 0017.1/2')).replace(thai(good.เรื่อง), "X'a1db'")})`,
    )
    await put({ ที่หนังสือ: '?? 0017.1/3', ลงวันที่: '1 ?.?. 2551', เรื่อง: '?????', ความเร็ว: '1', ถึง: '??' })
    await start()
    t.match(gateway.items[0], { kind: 'letter', draft: { subject: 'ขอเชิญประชุม' }, charset: 'windows-874' })
    t.match(gateway.items[1], {
      kind: 'fault',
      problems: [{ code: 'adapter.charset.bytes', path: 'column เรื่อง' }],
    })
    t.match(gateway.items[2], { kind: 'fault' })
    t.match(
      JSON.parse(gateway.offered[1]?.bytes.toString('utf8') ?? ''),
      { row: { เรื่อง: { hex: 'a1db' } } },
      'kept as evidence',
    )
    t.same(await sent(), ['T', 'R', 'R'])
    t.match(await deliver(parcelOf({ letter: letterWith({ subject: 'ที่ทำ “น้ำ”' }) }, 'd-1', '64')), {
      kind: 'taken',
    })
    t.match(await deliver(parcelOf({ letter: letterWith({ subject: 'ที่ทำ “น้ำ”' }) }, 'd-1', '64')), {
      kind: 'taken',
    })
    t.same(
      (await ask('SELECT HEX(`เรื่อง`) AS h FROM `หนังสือรับ`')).map(({ h }) => h),
      [iconv.encode('ที่ทำ “น้ำ”', 'windows-874').toString('hex').toUpperCase()],
    )
    const said = notice('accept', 'สท 0017.1/1', 'รับ 1')
    t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), { kind: 'taken' }, 'found by its bytes')
    t.equal(
      (await ask('SELECT HEX(`เลขรับ`) AS h FROM `หนังสือส่ง` WHERE id = 1'))[0]?.['h'],
      iconv.encode('รับ 1', 'windows-874').toString('hex').toUpperCase(),
    )
  })
})

t.test('postgresql with SQL_ASCII: any bytes, which are windows-874', { timeout: 600_000 }, async (t) => {
  const server = await postgresql(process.env, 'SQL_ASCII')
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const on = ground('postgresql', server)
  const changes: Changes = [
    [/within: 30s/, 'within: 30s, charset: windows-874'],
    [/kind: rows,/g, 'kind: rows, charset: windows-874,'],
  ]
  const { gateway, start, sent, deliver, ask } = await stage(t, on, { changes })
  const thai = (text: string) =>
    `convert_from('\\x${iconv.encode(text, 'windows-874').toString('hex')}', 'SQL_ASCII')`
  await ask(
    `INSERT INTO \`หนังสือส่ง\` (${Object.keys(good).map(on.quote).join(', ')}) VALUES (${Object.values(good).map(thai).join(', ')})`,
  )
  await start()
  t.match(gateway.items, [{ kind: 'letter', draft: { subject: 'ขอเชิญประชุม' } }])
  t.same(await sent(), ['T'])
  t.match(await deliver(parcelOf({ letter: letterWith({ subject: 'ที่ทำ “น้ำ”' }) }, 'd-1', '64')), {
    kind: 'taken',
  })
  t.same(
    (await ask("SELECT encode(convert_to(`เรื่อง`, 'SQL_ASCII'), 'hex') AS h FROM `หนังสือรับ`")).map(
      ({ h }) => h,
    ),
    [iconv.encode('ที่ทำ “น้ำ”', 'windows-874').toString('hex')],
  )

  await t.test('a state that is a number', async (t) => {
    const numbers: Changes = [
      ...changes,
      [/status: \{[^}]*\}/, 'status: { column: สถานะ, new: ["0"], taken: "1", refused: "2" }'],
    ]
    const { gateway, start, sent, ask } = await stage(t, on, { changes: numbers })
    await ask('ALTER TABLE `หนังสือส่ง` DROP COLUMN `สถานะ`, ADD COLUMN `สถานะ` INTEGER DEFAULT 0')
    await ask(
      `INSERT INTO \`หนังสือส่ง\` (${Object.keys(good).map(on.quote).join(', ')}) VALUES (${Object.values(good).map(thai).join(', ')})`,
    )
    await start()
    t.same([await sent(), gateway.reports], [['1'], []])
    t.match(gateway.items, [{ kind: 'letter' }])
  })
})
