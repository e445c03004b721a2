// What is SQL Server's own: its wire, its driver, its words and its kinds of columns. The server is one of ours that speaks its
// protocol (or a real one, by SARABAN_TEST_SQLSERVER_URL).
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { type Column, SqlError, type Value } from '../../../src/adapters/transports/sql/engine.ts'
import { engineFindings } from '../../../src/adapters/transports/sql/options.ts'
import { sqlserver as engine } from '../../../src/adapters/transports/sql/sqlserver.ts'
import { driverPackage, missingPackage } from '../../../src/adapters/transports/sql/sqlserver-driver.ts'
import { serverTrouble, sqlserverTrouble } from '../../../src/adapters/transports/sql/sqlserver-troubles.ts'
import { sqlserverWords } from '../../../src/adapters/transports/sql/sqlserver-words.ts'
import { proxyTo } from '../../../src/sandbox/servers/proxy.ts'
import { parcelOf } from '../stage.ts'
import { ground, present, sqlserver } from './grounds.ts'
import { type Changes, good, letterWith, stage } from './stage.ts'

t.setTimeout(900_000)
/** That it is refused, and how. */
const refused = async (t: Test, act: Promise<unknown>, how: object, said = ''): Promise<void> => {
  const found: unknown = await act.then(
    () => 'nothing was refused',
    (error: unknown) => error,
  )
  t.match(found, how, said)
}

const ours = process.env['SARABAN_TEST_SQLSERVER_URL'] === undefined
/** Two tests are of the server that this project has for its tests: they run unless a real one is named. */
const ownServerOnly = ours
  ? {}
  : { skip: 'of our own TDS server, and SARABAN_TEST_SQLSERVER_URL names a real one: unset it to run this' }

t.test('the driver is optional: pinned, found, or said to be missing with what to do', (t) => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  t.match(manifest, { optionalDependencies: { [driverPackage]: /^\d+\.\d+\.\d+$/ } })
  t.equal(missingPackage(driverPackage), undefined)
  t.equal(missingPackage('no-such-driver-of-ours'), 'no-such-driver-of-ours')
  const connection = { engine: 'sqlserver', host: 'h', database: 'd', user: 'u', password: 'p', plain: false }
  const told = { connection: { ...connection, connect: '1s', within: '1s' } }
  t.same(engineFindings(told), [])
  t.match(engineFindings(told, [{ ...engine, missing: () => driverPackage }]), [
    {
      at: ['connection', 'engine'],
      code: 'adapter.sql.driver-missing',
      value: 'sqlserver',
      details: { package: 'tedious' },
    },
  ])
  t.match(engineFindings({ connection: { ...told.connection, engine: 'mariadb', plain: true } }), [
    { at: ['connection', 'plain'] },
  ])
  t.match(engineFindings({ connection: { ...told.connection, tls: {}, plain: true } }), [
    { at: ['connection', 'plain'] },
  ])
  t.end()
})

t.test('what its errors mean; nothing of a value is in what is said', (t) => {
  const troubles: Readonly<Record<string, readonly number[]>> = {
    closed: [18456, 4060, 229, 208, 207, 3906, 916],
    busy: [601, 1205, 1222, 1105, 9002, 701],
    lost: [927, 922, 6005, 596],
    duplicate: [2627, 2601],
    value: [8152, 2628, 515, 547, 245, 8114, 50_000, 51_234],
    other: [8624],
  }
  for (const [trouble, numbers] of Object.entries(troubles))
    for (const number of numbers)
      t.equal(serverTrouble({ number, message: '' }).trouble, trouble, `${number}`)
  const cut = {
    number: 2628,
    message:
      "String or binary data would be truncated in table 'd.dbo.l', column 'เรื่อง'. Truncated value: 'ลับ'.",
  }
  t.match(serverTrouble(cut), { trouble: 'value', reason: '2628', column: 'เรื่อง' })
  t.notMatch(JSON.stringify(serverTrouble(cut)), /ลับ/)
  const coded = (code: string, cause?: string) =>
    Object.assign(
      new Error('x', cause === undefined ? {} : { cause: Object.assign(new Error('y'), { code: cause }) }),
      { code },
    )
  t.match(sqlserverTrouble(coded('ESOCKET', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'busy'), {
    trouble: 'closed',
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  })
  t.match(sqlserverTrouble(coded('ESOCKET', 'ECONNRESET'), 'busy'), { trouble: 'lost', reason: 'ECONNRESET' })
  t.match(sqlserverTrouble(coded('EENCRYPT'), 'busy'), { trouble: 'closed' })
  t.match(sqlserverTrouble(coded('ETIMEOUT'), 'busy'), { trouble: 'busy' })
  t.match(sqlserverTrouble(coded('ETIMEOUT'), 'lost'), { trouble: 'lost' }, 'a commit may have been done')
  const first = Object.assign(new Error('deadlock'), { number: 1205 })
  t.match(sqlserverTrouble(new AggregateError([first, new Error('3621')]), 'busy'), { trouble: 'busy' })
  t.end()
})

t.test('its words: every kind is printed whole, and compared as it was printed', (t) => {
  const words = sqlserverWords(false)
  const column = (type: string, sort: Column['sort'] = 'other'): Column => ({
    name: 'a]b',
    sort,
    nullable: true,
    automatic: false,
    type,
  })
  const said = (write: (mark: (value: Value) => string) => string): string => {
    let count = 0
    return write(() => {
      count += 1
      return words.mark(count)
    })
  }
  const same = (of: Column, value: Value): string => said((mark) => words.same(of, value, mark))
  t.equal(words.quote('a]b'), '[a]]b]')
  t.throws(() => words.quote(''))
  for (const [type, printed] of [
    ['date', 'CONVERT(nvarchar(10), [a]]b], 23)'],
    ['datetime', 'CONVERT(nvarchar(40), [a]]b], 121)'],
    ['datetime2', 'CONVERT(nvarchar(40), [a]]b], 121)'],
    ['datetimeoffset', 'CONVERT(nvarchar(40), [a]]b], 121)'],
    ['smalldatetime', 'CONVERT(nvarchar(40), [a]]b], 120)'],
    ['money', 'CONVERT(nvarchar(40), [a]]b], 2)'],
    ['decimal', 'CONVERT(nvarchar(max), [a]]b])'],
    ['timestamp', 'CONVERT(nvarchar(20), CONVERT(varbinary(8), [a]]b]), 1)'],
  ] as const)
    t.equal(words.print(column(type)), printed)
  t.equal(words.print(column('nvarchar', 'text'), 5), 'LEFT(CONVERT(nvarchar(max), [a]]b]), 5)')
  t.equal(words.print(column('char 874', 'text')), 'RTRIM(CONVERT(nvarchar(max), [a]]b]))')
  t.equal(words.print(column('varbinary', 'bytes')), 'CONVERT(nvarchar(20), DATALENGTH([a]]b]))')
  t.equal(
    same(column('varchar 874', 'text'), 'x'),
    '([a]]b] = @p1 AND CONVERT(varbinary(max), CONVERT(nvarchar(max), [a]]b])) = CONVERT(varbinary(max), @p2))',
  )
  t.notMatch(same(column('ntext', 'text'), 'x'), /^\(\[a\]\]b\] =/, 'old kinds have no equality')
  t.equal(same(column('bigint', 'whole'), '1'), '[a]]b] = CONVERT(bigint, @p1)')
  t.equal(same(column('decimal'), '1.23456'), '[a]]b] = CONVERT(decimal(38, 5), @p1)', 'not rounded first')
  t.equal(
    same(column('date'), '2008-02-29 13:00'),
    'CONVERT(datetime2(7), [a]]b]) = CONVERT(datetime2(7), @p1, 121)',
    'a time of day is not cut off first',
  )
  t.equal(same(column('money'), null), '[a]]b] IS NULL')
  t.equal(
    words.select({ printed: '1', from: '[t]', rest: ' WHERE 1 = 1', limit: 3, rows: 'lock' }),
    'SELECT TOP (3) 1 FROM [t] WITH (UPDLOCK, ROWLOCK, READPAST, READCOMMITTEDLOCK) WHERE 1 = 1',
  )
  t.equal(
    words.select({ printed: '1', from: '[t]', rest: '', limit: 3, rows: 'free' }),
    'SELECT TOP (3) 1 FROM [t] WITH (READPAST, READCOMMITTEDLOCK)',
  )
  t.equal(
    words.select({ printed: '1', from: '[t]', rest: '', limit: 3, rows: 'held' }),
    'SELECT TOP (3) 1 FROM [t] WITH (READUNCOMMITTED)',
  )
  const raw = sqlserverWords(true)
  t.equal(raw.print(column('varchar 874', 'text')), 'CONVERT(varbinary(max), CONVERT(varchar(max), [a]]b]))')
  t.throws(() => raw.print(column('nvarchar', 'text')), SqlError, 'Unicode has no code page to be misread by')
  const stored: Value[] = []
  raw.store(column('varchar 1252', 'text'), Buffer.from([0xa1, 0x81]), (value) => `@p${stored.push(value)}`)
  t.same(stored, ['\u00a1\u0081'], 'as the code page has them, which gives the same bytes')
  t.throws(() => raw.store(column('varchar 932', 'text'), Buffer.from([0xa1]), () => ''), SqlError)
  t.end()
})

t.test('on a server', async (t) => {
  const server = await sqlserver()
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const on = ground('sqlserver', server)
  const { host, port, database, user, password, authority } = server
  const settings = {
    ...{
      host,
      port,
      database,
      user,
      password,
      connect: 60_000,
      within: 5000,
      plain: authority === undefined,
    },
    ...(authority !== undefined && { tls: { authority } }),
  }

  await t.test('a certificate that nobody answers for ends it, and a person is told', async (t) => {
    await refused(t, engine.open({ ...settings, plain: false, tls: {} }), {
      trouble: 'closed',
      reason: /^(UNABLE_TO|SELF|DEPTH)/,
    })
  })

  await t.test('a statement that takes too long is taken back, and the connection goes on', async (t) => {
    await on.tables()
    await server.ask('INSERT INTO refs (seq) VALUES (1)')
    const other = await server.session()
    await other.ask('BEGIN TRANSACTION')
    await other.ask('UPDATE refs SET seq = 2')
    const connection = await engine.open(settings)
    await connection.run('SET LOCK_TIMEOUT 60000', [])
    await refused(t, connection.run('UPDATE [refs] SET [seq] = @p1', ['3']), {
      trouble: 'busy',
      reason: 'ETIMEOUT',
    })
    await other.ask('ROLLBACK')
    await other.end()
    t.match(await connection.run('UPDATE [refs] SET [seq] = @p1', ['3']), { changed: 1 })
    await connection.run('SET LOCK_TIMEOUT 100', [])
    connection.close()
    await refused(t, connection.run('SELECT 1', []), { trouble: 'lost' })
  })

  await t.test('what a code page cannot say is refused, not turned into a question mark', async (t) => {
    const { ask, deliver } = await stage(t, on)
    await ask('DROP TABLE `หนังสือรับ`')
    await ask(
      'CREATE TABLE `หนังสือรับ` (id BIGINT IDENTITY(1,1) PRIMARY KEY, `พัสดุ` VARCHAR(40) NOT NULL UNIQUE, `ที่หนังสือ` VARCHAR(60), `ลงวันที่` VARCHAR(30), `เรื่อง` VARCHAR(40), `ความเร็ว` CHAR(1), `จาก` VARCHAR(60), `ถึง` VARCHAR(60), `สถานะ` CHAR(1))',
    )
    t.match(await deliver(parcelOf({ letter: letterWith({ subject: 'ขอเชิญ 🙂' }) }, 'd-1', '64')), {
      kind: 'refused',
      problem: { code: 'adapter.sql.value-changed', details: { column: 'เรื่อง' } },
    })
    t.same(await ask('SELECT id FROM `หนังสือรับ`'), [], 'nothing of it stays')
    t.match(await deliver(parcelOf({ letter: letterWith({ subject: 'ที่ทำ “น้ำ”' }) }, 'd-2', '64')), {
      kind: 'taken',
    })
    t.same(await ask('SELECT `เรื่อง` AS s FROM `หนังสือรับ`'), [{ s: 'ที่ทำ “น้ำ”' }])
  })

  await t.test('windows-874 in VARCHAR, as bytes; where a column is Unicode a person is told', async (t) => {
    const changes: Changes = [
      [/within: 30s/, 'within: 30s, charset: windows-874'],
      [/kind: rows,/g, 'kind: rows, charset: windows-874,'],
    ]
    const { gateway, ask, put, start, sent } = await stage(t, on, { changes })
    await put(good)
    await start()
    t.match(gateway.reports[0], { event: 'sql.unavailable', facts: { reason: /^schema: .*nvarchar/ } })
    t.same([gateway.offered, await sent()], [[], ['N']])
    for (const table of ['หนังสือส่ง', 'refs']) await ask(`DROP TABLE \`${table}\``)
    await ask(
      "CREATE TABLE `หนังสือส่ง` (id BIGINT IDENTITY(1,1) PRIMARY KEY, `ที่หนังสือ` VARCHAR(60), `ลงวันที่` VARCHAR(30), `เรื่อง` VARCHAR(200), `ความเร็ว` CHAR(1), `ถึง` VARCHAR(60), `สแกน` VARBINARY(MAX), `ชื่อสแกน` VARCHAR(200), `ทางไฟล์` VARCHAR(200), `สถานะ` CHAR(1) DEFAULT 'N', `รหัสข้อความ` VARCHAR(60), `ข้อผิดพลาด` VARCHAR(250), `เลขรับ` VARCHAR(30), `หมายเหตุ` VARCHAR(250))",
    )
    await ask('CREATE TABLE refs (seq INT, letter BIGINT, number VARCHAR(60), subject VARCHAR(100))')
    await put(good)
    const again = await stage(t, on, { changes, keep: true })
    await again.start()
    t.match(again.gateway.items, [
      { kind: 'letter', charset: 'windows-874', draft: { subject: 'ขอเชิญประชุม' } },
    ])
    t.same(await again.sent(), ['T'])
  })

  await t.test(
    'our own server knows the statements of the engine, and refuses any other',
    ownServerOnly,
    async (t) => {
      for (const [sql, number] of [
        ['SELECT 1 LIMIT 1', 102],
        ['SELECT NOW()', 195],
        ['SELECT 1 FROM refs WITH (NOLOCK)', 102],
        ['SELECT CONVERT(json, 1)', 243],
        ['SELECT 1 FROM sys.databases', 208],
        ['TRUNCATE TABLE refs', 102],
        ['COMMIT', 3902],
      ] as const)
        await refused(t, server.ask(sql), { number }, sql)
    },
  )
})

t.test('a server that says it has no encryption gets no password', ownServerOnly, async (t) => {
  const server = await sqlserver(false)
  if (!present(t, server)) return
  t.teardown(() => server.stop())
  const proxy = await proxyTo(server.host, server.port)
  t.teardown(() => proxy.stop())
  const { host, database, user, password } = server
  const settings = { host, port: proxy.port, database, user, password, connect: 60_000, within: 60_000 }
  await refused(t, engine.open({ ...settings, plain: false }), { trouble: 'closed', reason: 'ENOENCRYPT' })
  t.ok(proxy.passed < 120, `the greeting and no more: ${proxy.passed} bytes`)
  const connection = await engine.open({ ...settings, plain: true })
  t.same((await connection.run('SELECT 1', [])).rows, [[Buffer.from('1')]])
  connection.close()
})
