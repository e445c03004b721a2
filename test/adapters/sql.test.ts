// A system's own database, on real servers: what is taken, known, refused and written back, on good days and on bad ones.
// The database's rows are the judge.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { Adapter, AdapterVerbs, Outcome } from '../../src/adapters/contract.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { isName } from '../../src/adapters/transports/sql/engine.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { Notice } from '../../src/letter/notice.ts'
import type { Database, NoDatabase } from '../../src/sandbox/servers/database.ts'
import { mariadb } from '../../src/sandbox/servers/mariadb.ts'
import { postgresql } from '../../src/sandbox/servers/postgresql.ts'
import { proxyTo } from '../../src/sandbox/servers/proxy.ts'
import { fixedLetter, letters, mustBe, office } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, TestClock, TestGateway } from './stage.ts'

// Three kinds of servers, each through every bad day.
t.setTimeout(900_000)

const signal = new AbortController().signal
const example = /```yaml\n(# sql[\s\S]*?)```/.exec(
  readFileSync(new URL('../../docs/reference/transports.md', import.meta.url), 'utf8'),
)
const documented = example?.[1] ?? ''

type Changes = readonly (readonly [from: string | RegExp, to: string])[]

/** The documented profile, with its texts changed as a test needs them. */
function profileWith(...changes: Changes): string {
  return changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to)
    if (changed === text) throw new Error(`the profile does not hold ${String(from)}`)
    return changed
  }, documented)
}

const problemsOf = (text: string): string[] => {
  const read = readProfile(text, 'test.yaml')
  return read.ok ? [] : read.problems.map(({ code, path, value }) => `${code} ${path} ${value ?? ''}`.trim())
}

t.test('the documented profile is good', (t) => {
  t.same(problemsOf(documented), [])
  t.end()
})

t.test('X3: no name in a profile can be a piece of SQL', (t) => {
  for (const name of [
    'letters; DROP TABLE letters',
    'a`b',
    'a"b',
    'a b',
    "a'",
    'a--',
    '1',
    '',
    'a.b.c',
    'a\u0000',
    '(select 1)',
    'x'.repeat(61),
  ]) {
    const text = profileWith(['table: หนังสือส่ง', `table: ${JSON.stringify(name)}`])
    t.not(problemsOf(text).length, 0, JSON.stringify(name))
    t.notOk(isName(name, 1))
  }
  for (const name of ['หนังสือส่ง', 'dbo.letters', '_a$1', 'ที่หนังสือ']) t.ok(isName(name, 1), name)
  t.match(problemsOf(profileWith(['key: [id]', 'key: ["id = 1 OR 1"]'])), [
    /^adapter\.sql\.identifier send\.transport\.read\.key\.0/,
  ])
  t.match(problemsOf(profileWith(['column: สถานะ', 'column: "a) --"'])), [
    /^adapter\.sql\.identifier .*status\.column/,
  ])
  t.match(problemsOf(profileWith(['set: { สถานะ: N }', 'set: { "a = 1, b": N }'])), [
    /^adapter\.sql\.identifier .*set/,
  ])
  t.match(problemsOf(profileWith(['on: { letter: id }', 'on: { "l=l OR letter": id }'])), [
    /^adapter\.sql\.identifier .*on/,
  ])
  t.end()
})

t.test('what does not fit a profile is told with what to do', (t) => {
  const one = (...changes: Changes) => problemsOf(profileWith(...changes))
  t.match(one(['engine: mariadb', 'engine: sqlserver']), [
    /^adapter\.sql\.driver-missing send\.transport\.connection\.engine sqlserver/,
  ])
  t.match(one(['password: { env: SARABAN_64_PASSWORD }', 'password: plain']), [
    /^adapter\.profile\.secret-plain/,
  ])
  t.match(one(['status: {', 'above: "0"\n      status: {']), [
    /^adapter\.profile\.value-wrong send\.transport\.read/,
  ])
  t.match(one([/status: \{[^}]*\}/, 'above: "0"\n      order: [ความเร็ว]']), [
    /^adapter\.profile\.value-wrong send\.transport\.read\.order/,
  ])
  t.match(one(['update:', 'read:']).join('\n'), /notices\.transport/)
  t.match(one(['table: หนังสือรับ', 'table: หนังสือส่ง']), [/^adapter\.profile\.place-shared receive\.transport/])
  t.end()
})

// ── The format ──────────────────────────────────────────────────────────────────────────────────────────────────

const profile = (text: string): Profile => mustBe(readProfile(text, 'test.yaml'))
const clock = new TestClock()

t.test('letter → row → letter', async () => {
  // Every field that these forms leave out has the value that a reader assumes, or is spilled: only what stands is compared.
  const text = profileWith([/separator: ";"/g, 'separator: "\\x1f"'])
  const form = formsOf(profile(text), clock).receive!
  await fc.assert(
    fc.asyncProperty(letters({ attachments: 4, to: office('64') }), async (letter) => {
      const written = await form.write(parcelOf({ letter }, 'd-1', '64'))
      if (!written.ok) {
        // Only what the form says that it cannot say.
        return written.problems.every(
          ({ code }) => code === 'adapter.field.cannot-say' || code === 'adapter.field.separator',
        )
      }
      const beside = new Map(
        written.value.files.map(({ name }) => [name, { kind: 'bytes' as const, bytes: Buffer.from('x') }]),
      )
      const source = {
        document: 'letter' as const,
        name: 'x',
        bytes: written.value.bytes,
        beside,
        sender: 'gone' as const,
        final: true,
      }
      const [item] = await form.read(source)
      if (item?.kind !== 'letter') throw new Error(JSON.stringify(item))
      const same = (field: 'subject' | 'date' | 'urgency') =>
        written.value.spilled.includes(field) ||
        JSON.stringify(item.draft[field]) === JSON.stringify(letter[field])
      const numbers = written.value.spilled.some((each) => each.startsWith('references'))
      return (
        same('subject') &&
        same('date') &&
        same('urgency') &&
        (numbers ||
          JSON.stringify(item.draft.references?.map(({ number }) => number)) ===
            JSON.stringify(letter.references.map(({ number }) => number))) &&
        item.attachments.length === written.value.files.length
      )
    }),
    { numRuns: 200 },
  )
})

t.test('a dump that is none, and cells that mean nothing, are faults with their column', async (t) => {
  const form = formsOf(profile(documented), clock).send!
  const read = async (dump: unknown) => {
    const bytes = Buffer.from(typeof dump === 'string' ? dump : JSON.stringify(dump))
    const [item] = await form.read({
      document: 'letter',
      name: 'x',
      bytes,
      beside: new Map(),
      sender: 'gone',
      final: true,
    })
    return item?.kind === 'fault'
      ? item.problems.map(({ code, path }) => `${code} ${path}`.trim())
      : [item?.kind]
  }
  t.same(await read('{'), ['adapter.json.broken'])
  t.same(await read('{"row":{"a":1}}'), ['adapter.rows.broken'])
  t.same(await read('{"row":{"__proto__":"x"}}'), ['adapter.json.key-forbidden'])
  t.same(await read({ row: {}, lists: { a: { columns: ['b'], rows: [['c', 'd']] } } }), [
    'adapter.rows.broken',
  ])
  t.same(await read({ row: { เรื่อง: { hex: 'db' } } }), ['adapter.charset.bytes column เรื่อง'])
  t.same(await read({ row: { เรื่อง: { large: 300_000 } } }), ['adapter.sql.cell-large column เรื่อง'])
  t.same(await read({ charset: 'windows-874', row: {} }), ['adapter.rows.charset'])
  const torn = { references: { columns: ['number'], rows: [['a;b']] } }
  t.same(await read({ row: {}, lists: torn }), ['adapter.field.separator column references.number'])
  t.end()
})

// ── Servers ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Ground {
  readonly name: 'mariadb' | 'postgresql'
  readonly server: Database
  readonly quote: (name: string) => string
  /** Of MariaDB: MyISAM, where every statement is a commit of its own. */
  readonly engine?: string
  /** Makes the tables anew. */
  tables(engine?: string): Promise<void>
}

const columnsOf = (blob: string, key: string) => ({
  หนังสือส่ง: `id ${key}, ที่หนังสือ VARCHAR(60), ลงวันที่ VARCHAR(30) NOT NULL, เรื่อง VARCHAR(200), ความเร็ว CHAR(1), ถึง VARCHAR(60),
    เลขภายใน BIGINT, จำนวนเงิน DECIMAL(30,4), เมื่อ TIMESTAMP NULL, สแกน ${blob}, ชื่อสแกน VARCHAR(200), ทางไฟล์ VARCHAR(200),
    สถานะ CHAR(1) DEFAULT 'N', รหัสข้อความ VARCHAR(60), ข้อผิดพลาด VARCHAR(250), เลขรับ VARCHAR(30), หมายเหตุ VARCHAR(250)`,
  refs: `seq INT, letter BIGINT, number VARCHAR(60), subject VARCHAR(100)`,
  หนังสือรับ: `id ${key}, พัสดุ VARCHAR(40) NOT NULL UNIQUE, ที่หนังสือ VARCHAR(60), ลงวันที่ VARCHAR(30), เรื่อง VARCHAR(40),
    ความเร็ว CHAR(1), จาก VARCHAR(60), ถึง VARCHAR(60), สถานะ CHAR(1)`,
  in_refs: `seq INT, letter BIGINT, number VARCHAR(60)`,
  in_files: `seq INT, letter BIGINT, name VARCHAR(200), data ${blob}`,
})

function ground(name: Ground['name'], server: Database, engine?: string): Ground {
  const quote = (text: string) => (name === 'mariadb' ? `\`${text}\`` : `"${text}"`)
  const key = name === 'mariadb' ? 'BIGINT AUTO_INCREMENT PRIMARY KEY' : 'BIGSERIAL PRIMARY KEY'
  return {
    name,
    server,
    quote,
    ...(engine !== undefined && { engine }),
    tables: async (engine) => {
      const tables = columnsOf(name === 'mariadb' ? 'LONGBLOB' : 'BYTEA', key)
      for (const [table, columns] of Object.entries(tables)) {
        await server.ask(`DROP TABLE IF EXISTS ${quote(table)}`)
        await server.ask(
          `CREATE TABLE ${quote(table)} (${columns})${engine === undefined ? '' : ` ENGINE=${engine}`}`,
        )
      }
    },
  }
}

/** An adapter over the tables, and what to do with it. */
async function stage(
  t: Test,
  { name, server, tables, quote, engine }: Ground,
  options: {
    readonly engine?: string
    readonly port?: number
    readonly environment?: Readonly<Record<string, string>>
    readonly changes?: Changes
    readonly keep?: boolean
    readonly settle?: string
  } = {},
) {
  if (options.keep !== true) await tables(options.engine ?? engine)
  const root = mkdtempSync(join(tmpdir(), 'saraban-sql-'))
  mkdirSync(join(root, 'scans'))
  const gateway = new TestGateway()
  const text = profileWith(
    [/engine: \w+,/, `engine: ${name} ,`],
    ['key: [id]\n', `key: [id]\n      settle: ${options.settle ?? '0s'}\n`],
    ...(options.changes ?? []),
  )
  const environment = {
    SARABAN_64_HOST: server.host,
    SARABAN_64_PORT: String(options.port ?? server.port),
    SARABAN_64_DATABASE: server.database,
    SARABAN_64_USER: server.user,
    SARABAN_64_PASSWORD: server.password,
    SARABAN_64_SCANS: 'scans',
    ...options.environment,
  }
  const make = () => adapterOf(profile(text), gateway.clock, environment, root)
  let adapter: Adapter = make()
  t.teardown(async () => {
    await adapter.stop()
    rmSync(root, { recursive: true, force: true })
  })
  const [letter] = [quote('หนังสือส่ง')]
  if (engine !== undefined) {
    // It is told once at every start, and has a test of its own.
    const make = gateway.verbs.bind(gateway)
    gateway.verbs = (adapter) => {
      const verbs = make(adapter)
      const report: typeof verbs.report = (event, facts) =>
        event === 'sql.no-transactions' ? undefined : verbs.report(event, facts)
      return { ...verbs, report }
    }
  }
  return {
    gateway,
    root,
    start: () => adapter.start(gateway.verbs(adapter)),
    restart: async () => {
      await adapter.stop()
      adapter = make()
      await adapter.start(gateway.verbs(adapter))
    },
    /** Lets time pass, and the look that is due end. */
    pass: async (milliseconds: number) => {
      gateway.clock.pass(milliseconds)
      while (gateway.clock.waiting < 1) await new Promise((resolve) => setImmediate(resolve))
    },
    deliver: (parcel: Parameters<NonNullable<Adapter['deliver']>>[0]) => adapter.deliver!(parcel, signal),
    /** Puts a letter into the system's table. */
    put: (row: Readonly<Record<string, string | null>>) =>
      server.ask(
        `INSERT INTO ${letter} (${Object.keys(row).map(quote).join(', ')}) VALUES (${Object.values(row)
          .map((value) =>
            value === null
              ? 'NULL'
              : `'${value.replaceAll("'", "''").replaceAll('\\', name === 'mariadb' ? '\\\\' : '\\')}'`,
          )
          .join(', ')})`,
      ),
    sent: (what = 'สถานะ') =>
      server
        .ask(`SELECT ${quote(what)} AS v FROM ${letter} ORDER BY id`)
        .then((rows) => rows.map(({ v }) => v)),
    ask: (sql: string) => server.ask(sql.replaceAll('`', name === 'mariadb' ? '`' : '"')),
  }
}

const good = { ที่หนังสือ: 'สท 0017.1/1', ลงวันที่: '1 ม.ค. 2551', เรื่อง: 'ขอเชิญประชุม', ความเร็ว: '1', ถึง: 'มท' }
const letterWith = (change: Parameters<typeof fixedLetter>[0] = {}): Letter =>
  fixedLetter({
    from: { office: office('moi') },
    to: { offices: [office('64')] },
    attachments: [],
    ...change,
  })

/** One MariaDB for all of them. */
let maria: Promise<Database | NoDatabase> | undefined
const mariadbOnce = (): Promise<Database | NoDatabase> => {
  maria ??= mariadb(process.env)
  return maria
}
t.teardown(async () => {
  const server = await maria
  if (server !== undefined && 'stop' in server) await server.stop()
})

function suite(name: Ground['name'], open: () => Promise<Database | NoDatabase>, engine?: string): void {
  t.test(`${name} ${engine ?? ''}`.trim(), { timeout: 240_000 }, async (t) => {
    const server = await open()
    if ('missing' in server) {
      if (process.env['CI'] === 'true') t.fail(server.missing)
      else t.pass(server.missing, { skip: server.missing })
      return
    }
    if (name !== 'mariadb') t.teardown(() => server.stop())
    const on = ground(name, server, engine)
    await reading(t, on)
    await readingOnBadDays(t, on)
    await readingLists(t, on)
    await writing(t, on)
    await badDays(t, on)
  })
}

async function reading(t: Test, on: Ground): Promise<void> {
  await t.test('rows become letters, and are told what became of them', async (t) => {
    const { gateway, put, start, sent, ask } = await stage(t, on)
    await put({
      ...good,
      เลขภายใน: '9007199254740993',
      จำนวนเงิน: '12345678901234567890.5',
      เมื่อ: '2008-02-29 23:59:59',
      หมายเหตุ: null,
    })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2', ลงวันที่: '31 ก.พ. 2551' })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/3', เรื่อง: `'; DROP TABLE refs; -- \\' " \` ); กก` })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/4', สถานะ: 'X' })
    await ask("INSERT INTO refs VALUES (2, 1, 'สท 9/2', 'สอง'), (1, 1, 'สท 9/1', NULL), (1, 3, 'สท 9/3', '')")
    await start()
    t.equal(gateway.offered.length, 3)
    t.same(await sent(), ['T', 'R', 'T', 'X'])
    t.same(await sent('รหัสข้อความ'), [messageIdOf(1), null, messageIdOf(1), null])
    t.same(
      await sent('ข้อผิดพลาด'),
      [null, 'letter.date.unreadable', null, null].map((each, index) =>
        index === 1
          ? each &&
            gateway.items.flatMap((item) =>
              item.kind === 'fault' ? item.problems.map(({ code }) => code) : [],
            )[0]
          : each,
      ),
    )
    t.same(
      gateway.offered.map(({ handover }) => handover),
      ['sql หนังสือส่ง 1', 'sql หนังสือส่ง 2', 'sql หนังสือส่ง 3'],
    )
    const [first, , third] = gateway.items
    if (first?.kind !== 'letter' || third?.kind !== 'letter') throw new Error(JSON.stringify(gateway.items))
    t.same(
      first.draft.references?.map(({ number, subject }) => [number, subject]),
      [
        ['สท 9/1', ''],
        ['สท 9/2', 'สอง'],
      ],
      'in their order, NULL blank',
    )
    const extension = new Map(first.draft.extension?.map((each) => [each.name, each.value]))
    t.equal(extension.get('เลขภายใน'), '9007199254740993', 'a number beyond 2⁵³ to its last digit')
    t.equal(extension.get('จำนวนเงิน'), '12345678901234567890.5000', 'as the database prints it')
    t.equal(extension.get('เมื่อ')?.slice(0, 19), '2008-02-29 23:59:59', 'no date passes through another clock')
    t.equal(extension.get('id'), '1', 'the key travels with the letter')
    t.notOk(extension.has('หมายเหตุ') || extension.has('สถานะ'))
    t.equal(third.draft.subject, `'; DROP TABLE refs; -- \\' " \` ); กก`, 'X3: a value is a value')
    t.same(gateway.reports, [])
  })

  await t.test('what is taken is not met again, and the same row gives the same bytes', async (t) => {
    const { gateway, put, start, pass, ask } = await stage(t, on, { changes: [['watch: 20', 'watch: 0']] })
    await put(good)
    await start()
    await pass(10_000)
    t.equal(gateway.offered.length, 1)
    await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'N', `เลขรับ` = '12'")
    await pass(10_000)
    t.equal(gateway.offered.length, 2)
    t.same(gateway.offered[1]?.bytes, gateway.offered[0]?.bytes, 'what others write back is no part of it')
    t.not(
      gateway.offered[1]?.handover,
      gateway.offered[0]?.handover,
      'its system wants it to go again: another handing-over',
    )
  })

  for (const [remembered, changes] of [
    ['by what was written back', []],
    ['while it runs, where nothing is written back', [[/writeBack: \{[^}]*\}/, 'writeBack: {}']]],
  ] as const satisfies readonly (readonly [string, Changes])[])
    await t.test(
      `a row that was taken and is set to new again is handed over anew, ${remembered}`,
      async (t) => {
        const { gateway, put, start, restart, pass, sent, ask } = await stage(t, on, {
          changes: changes as unknown as Changes,
        })
        await put(good)
        await start()
        const last = () => gateway.offered.at(-1)
        const first = last()?.handover
        if (changes.length === 0) {
          await restart()
          t.match(last(), { handover: first, seen: true }, 'only looked at')
        }
        await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'N'")
        gateway.failing = gateway.calls + 1
        await pass(10_000)
        t.same(await sent(), ['N'])
        await pass(10_000)
        t.same(await sent(), ['T'])
        const second = last()
        t.not(second?.handover, first)
        t.notOk(second?.seen)
        t.ok((second?.handover?.length ?? 101) <= 100)
        if (changes.length > 0) return
        // A process that dies in between leaves the row as it was, with what was written back before.
        await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'N'")
        gateway.answer = ({ position }) => ({ kind: 'known', position, messageId: messageIdOf(1) })
        await restart()
        t.match(gateway.reports.at(-1), { event: 'sql.row-known' })
        t.equal(last()?.handover ?? '', second?.handover ?? '', 'told by the row alone')
      },
    )

  await t.test(
    'killed between our commit and the write-back: the same row is offered again, known, and written back',
    async (t) => {
      const { gateway, put, start, pass, sent, ask } = await stage(t, on)
      await put(good)
      gateway.answer = (item) => {
        gateway.answer = ({ position }) => ({ kind: 'known', position, messageId: messageIdOf(1) })
        return { kind: 'taken', position: item.position, messageId: messageIdOf(1) }
      }
      let kill: Promise<unknown> = Promise.resolve()
      const verbs = gateway.answer
      gateway.answer = (item) => {
        const answer = verbs(item)
        // The process's connection ends here, as when the process does.
        kill = ask(
          on.name === 'mariadb'
            ? `SELECT ID AS v FROM information_schema.PROCESSLIST WHERE USER = '${on.server.user}'`
            : `SELECT count(pg_terminate_backend(pid))::text AS v FROM pg_stat_activity WHERE usename = '${on.server.user}'`,
        ).then(async (rows) => {
          if (on.name === 'mariadb') for (const row of rows) await ask(`KILL ${row['v']}`)
        })
        return answer
      }
      const take = gateway.verbs.bind(gateway)
      gateway.verbs = (adapter) => {
        const made = take(adapter)
        return {
          ...made,
          take: async (source) => {
            const taken = await made.take(source)
            await kill
            kill = Promise.resolve()
            return taken
          },
        }
      }
      await start()
      t.same(await sent(), ['N'], 'the row is as it was')
      t.match(gateway.reports, [{ event: 'sql.unavailable' }])
      await pass(10_000)
      t.equal(gateway.offered.length, 2)
      t.equal(gateway.offered[1]?.handover, gateway.offered[0]?.handover)
      t.same(gateway.offered[1]?.bytes, gateway.offered[0]?.bytes)
      t.same(await sent(), ['T'])
    },
  )

  await t.test('nothing committed here, nothing written there', async (t) => {
    const { gateway, put, start, pass, sent } = await stage(t, on)
    await put(good)
    gateway.failing = 1
    await start()
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.not-taken' }])
    await pass(10_000)
    t.same(await sent(), ['T'])
  })

  const { engine } = on
  if (engine === undefined)
    await t.test('a row that another session holds waits, and its neighbours do not', async (t) => {
      const { gateway, put, start, pass, sent } = await stage(t, on)
      await put(good)
      await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
      const other = await on.server.session()
      await other.ask('START TRANSACTION')
      await other.ask(`SELECT id FROM ${on.quote('หนังสือส่ง')} WHERE id = 1 FOR UPDATE`)
      await start()
      t.same(await sent(), ['N', 'T'])
      await other.ask('ROLLBACK')
      await other.end()
      await pass(10_000)
      t.same(await sent(), ['T', 'T'])
      t.same(
        gateway.offered.map(({ handover }) => handover),
        ['sql หนังสือส่ง 2', 'sql หนังสือส่ง 1'],
      )
    })

  await t.test('a row that was changed after it was taken is told, before and after a restart', async (t) => {
    const { gateway, put, start, restart, pass, sent, ask } = await stage(t, on)
    await put(good)
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
    await start()
    await ask("UPDATE `หนังสือส่ง` SET `เรื่อง` = 'อื่น' WHERE id = 1")
    gateway.answer = (item) => ({ kind: 'quarantined', position: item.position, problems: [] })
    await pass(300_000)
    t.equal(gateway.offered.length, 3)
    t.equal(gateway.offered[2]?.handover, gateway.offered[0]?.handover)
    t.notSame(gateway.offered[2]?.bytes, gateway.offered[0]?.bytes)
    t.match(gateway.reports, [{ event: 'sql.row-changed', facts: { row: 'sql หนังสือส่ง 1' } }])
    t.same(await sent(), ['T', 'T'])
    await pass(300_000)
    t.equal(gateway.offered.length, 3, 'once')
    gateway.answer = ({ position }) => ({ kind: 'known', position, messageId: messageIdOf(1) })
    await restart()
    t.equal(
      gateway.offered.length,
      5,
      'what was changed while nothing ran is noticed: the newest are offered once more',
    )
    await ask('UPDATE refs SET seq = 1')
    await ask("INSERT INTO refs VALUES (1, 2, 'สท 9/9', 'ใหม่')")
    await pass(300_000)
    t.equal(gateway.offered.length, 6, 'a list is part of its letter')
  })

  await t.test(
    'by a number that grows: no right to write is needed, and late transactions are not lost',
    async (t) => {
      const { gateway, put, start, pass, ask, sent } = await stage(t, on, {
        changes: [
          [/status: \{[^}]*\}/, 'above: "1"'],
          [/writeBack: \{[^}]*\}/, 'writeBack: {}'],
          ['ignore: [', 'ignore: [สถานะ, รหัสข้อความ, ข้อผิดพลาด, '],
        ],
      })
      for (const each of [1, 2, 4]) await put({ ...good, id: String(each), ที่หนังสือ: `สท 0017.1/${each}` })
      await start()
      await put({ ...good, id: '3', ที่หนังสือ: 'สท 0017.1/3' })
      await put({ ...good, id: '5', ที่หนังสือ: 'สท 0017.1/5' })
      await pass(10_000)
      await pass(10_000)
      t.same(
        gateway.offered.map(({ handover }) => handover?.split(' ').at(-1)),
        ['2', '4', '3', '5'],
      )
      t.same(await sent(), ['N', 'N', 'N', 'N', 'N'])
      await ask("UPDATE `หนังสือส่ง` SET `เรื่อง` = 'อื่น' WHERE id = 4")
      await pass(300_000)
      t.equal(gateway.offered.length, 5)
      t.same(
        gateway.reports.map(({ event }) => event),
        ['sql.row-changed'],
      )
      t.equal(gateway.offered[4]?.seen, true, 'it was taken before')
      gateway.answer = (item) => ({ kind: 'quarantined', position: item.position, problems: [] })
      await put({ ...good, id: '6', ที่หนังสือ: 'สท 0017.1/6' })
      await pass(10_000)
      await ask("UPDATE `หนังสือส่ง` SET `เรื่อง` = 'แก้แล้ว' WHERE id = 6")
      await pass(300_000)
      t.equal(gateway.offered.length, 7)
      t.equal(
        gateway.offered[6]?.seen,
        undefined,
        'a row that could not be taken and was mended is handed over',
      )
    },
  )

  await t.test(
    'by a number that grows: what was left out is looked for until its time is over',
    async (t) => {
      const { gateway, put, start, pass } = await stage(t, on, {
        changes: [
          [/status: \{[^}]*\}/, 'above: "0"\n      late: 10m'],
          [/writeBack: \{[^}]*\}/, 'writeBack: {}'],
          ['ignore: [', 'ignore: [สถานะ, รหัสข้อความ, ข้อผิดพลาด, '],
          ['watch: 20', 'watch: 0'],
        ],
      })
      const file = (id: number) => put({ ...good, id: String(id), ที่หนังสือ: `สท 0017.1/${id}` })
      for (let id = 5; id < 35; id += 1) await file(id)
      await start()
      t.equal(gateway.offered.length, 30)
      await pass(300_000)
      for (const id of [1, 3]) await file(id)
      await pass(10_000)
      await pass(10_000)
      t.same(
        gateway.offered.slice(30).map(({ handover }) => handover?.split(' ').at(-1)),
        ['1', '3'],
        'a slow transaction, thirty letters later',
      )
      t.same(gateway.reports, [])
      await pass(300_000)
      t.match(gateway.reports, [{ event: 'sql.gap-given-up', facts: { gaps: 2, from: '2', to: '4' } }])
      await file(2)
      await pass(10_000)
      t.equal(gateway.offered.length, 32)
    },
  )

  await t.test('scans: bytes in a column, and paths into a folder', async (t) => {
    const { gateway, root, start, pass, sent, ask, put } = await stage(t, on)
    const hex = Buffer.concat([
      Buffer.from('%PDF-'),
      Buffer.alloc(2_500_000, 0xfe),
      Buffer.from([0]),
    ]).toString('hex')
    const blob = on.name === 'mariadb' ? `X'${hex}'` : `'\\x${hex}'`
    const columns = Object.keys(good).map(on.quote).join(', ')
    const values = Object.values(good)
      .map((each) => `'${each}'`)
      .join(', ')
    writeFileSync(join(root, 'secret.pdf'), 'secret')
    mkdirSync(join(root, 'scans', '2551'))
    writeFileSync(join(root, 'scans', '2551', 'แนบ.pdf'), 'abc')
    symlinkSync(join(root, 'secret.pdf'), join(root, 'scans', 'link.pdf'))
    await ask(
      `INSERT INTO \`หนังสือส่ง\` (${columns}, \`สแกน\`, \`ชื่อสแกน\`, \`ทางไฟล์\`) VALUES (${values}, ${blob}, 'หลัก.pdf', '${on.name === 'mariadb' ? 'D:\\\\scans\\\\2551\\\\แนบ.pdf' : 'D:\\scans\\2551\\แนบ.pdf'}')`,
    )
    for (const [number, path] of [
      ['2', 'D:/scans/../secret.pdf'],
      ['3', '../secret.pdf'],
      ['4', 'D:/scans/link.pdf'],
      ['5', 'D:/scans/late.pdf'],
    ] as const)
      await put({ ...good, ที่หนังสือ: `สท 0017.1/${number}`, ทางไฟล์: path })
    await start()
    const [item] = gateway.items
    t.match(item, {
      kind: 'letter',
      attachments: [
        { name: 'หลัก.pdf', role: 'main', content: { kind: 'kept', size: 2_500_006 } },
        { name: 'แนบ.pdf', role: 'enclosure', content: { kind: 'kept', size: 3 } },
      ],
    })
    t.equal([...gateway.kept.values()].find(({ length }) => length > 3)?.toString('hex'), hex, 'every byte')
    t.notOk(
      [...gateway.kept.values()].some((bytes) => bytes.toString() === 'secret'),
      'T5: no path leads out',
    )
    t.same(await sent(), ['T', 'R', 'R', 'R', 'N'])
    t.match(gateway.reports, [{ event: 'source.waiting', facts: { missing: 1 } }])
    writeFileSync(join(root, 'scans', 'late.pdf'), 'late')
    await pass(10_000)
    t.same(await sent(), ['T', 'R', 'R', 'R', 'T'])
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/6', ทางไฟล์: 'D:/scans/never.pdf' })
    await pass(10_000)
    t.equal((await sent()).at(-1), 'N')
    await pass(600_000)
    t.equal((await sent()).at(-1), 'R', 'the wait is over')
  })
}

/** What the verbs of a test do besides, while the adapter is at work. */
const wrap = (gateway: TestGateway, change: (verbs: AdapterVerbs) => Partial<AdapterVerbs>): void => {
  const make = gateway.verbs.bind(gateway)
  gateway.verbs = (adapter) => {
    const verbs = make(adapter)
    return { ...verbs, ...change(verbs) }
  }
}

async function readingOnBadDays(t: Test, on: Ground): Promise<void> {
  const byNumber: Changes = [
    [/status: \{[^}]*\}/, 'above: "0"'],
    [/writeBack: \{[^}]*\}/, 'writeBack: {}'],
    ['ignore: [', 'ignore: [สถานะ, รหัสข้อความ, ข้อผิดพลาด, '],
  ]
  for (const changes of [[], byNumber])
    await t.test(
      `half-written: a row whose lists come after it is taken once, when it has settled${changes.length > 0 ? ', by a number too' : ''}`,
      async (t) => {
        const { gateway, put, start, pass, ask } = await stage(t, on, { settle: '15s', changes })
        await put(good)
        await start()
        await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
        await ask("INSERT INTO refs VALUES (1, 1, 'สท 9/1', NULL)")
        await pass(10_000)
        await ask("INSERT INTO refs VALUES (2, 1, 'สท 9/2', NULL)")
        await pass(10_000)
        t.same(gateway.offered, [])
        await pass(10_000)
        t.same(
          gateway.items.map((item) => item.kind === 'letter' && item.draft.number?.printed),
          ['สท 0017.1/2'],
          'nobody waits for a neighbour',
        )
        gateway.clock.step(73 * 3_600_000)
        await pass(10_000)
        await pass(10_000)
        const last = gateway.items.at(-1)
        t.same(last?.kind === 'letter' && last.draft.references?.map(({ number }) => number), [
          'สท 9/1',
          'สท 9/2',
        ])
        await pass(300_000)
        t.same([gateway.offered.length, gateway.reports], [2, []])
      },
    )

  await t.test(
    'a row that somebody deletes between the list and its reading, or while it waits',
    async (t) => {
      const { gateway, put, start, pass, sent, ask } = await stage(t, on)
      await put(good)
      await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
      await put({ ...good, ที่หนังสือ: 'สท 0017.1/3', ทางไฟล์: 'D:/scans/never.pdf' })
      wrap(gateway, ({ take }) => ({
        take: async (source) => {
          await ask('DELETE FROM `หนังสือส่ง` WHERE id = 2')
          return take(source)
        },
      }))
      await start()
      t.same(await sent(), ['T', 'N'])
      await ask('DELETE FROM `หนังสือส่ง` WHERE id = 3')
      await pass(700_000)
      t.equal(gateway.offered.length, 2)
      t.match(gateway.reports, [{ event: 'source.waiting' }])
      t.equal(gateway.reports.length, 1)
    },
  )

  await t.test('a file that another one replaces while it is read is never a mixture of both', async (t) => {
    const { gateway, put, start, pass, sent, ask } = await stage(t, on, {
      changes: [
        [
          'attachments: { at: [สแกน, ทางไฟล์], as: file-beside }',
          'attachments: { at: scans.data, as: { file-beside: { separator: ";" } } }',
        ],
        ['lists: { ', 'lists: { scans: { table: in_files, on: { letter: id }, order: [seq] }, '],
        ['- { at: สแกน, name: ชื่อสแกน }', '- { at: scans.data, name: name }'],
      ],
    })
    const bytes = (fill: number) => {
      const hex = Buffer.alloc(2_500_000, fill).toString('hex')
      return on.name === 'mariadb' ? `X'${hex}'` : `'\\x${hex}'`
    }
    await put(good)
    await ask(`INSERT INTO in_files VALUES (1, 1, 'หลัก.pdf', ${bytes(1)})`)
    let replaced = false
    wrap(gateway, ({ keep }) => ({
      keep: (stream, limit) =>
        keep(
          Readable.from(
            (async function* () {
              for await (const piece of stream) {
                yield piece
                if (!replaced) await ask(`UPDATE in_files SET data = ${bytes(2)}`)
                replaced = true
              }
            })(),
          ),
          limit,
        ),
    }))
    await start()
    t.same([gateway.offered, await sent()], [[], ['N']])
    t.match(gateway.reports.at(-1), { event: 'sql.row-failed', facts: { reason: /while it was read/ } })
    await pass(10_000)
    t.same(await sent(), ['T'])
    const item = gateway.items.at(-1)
    const content = item?.kind === 'letter' ? item.attachments[0]?.content : undefined
    const kept = content?.kind === 'kept' ? gateway.kept.get(content.sha256) : undefined
    t.ok(kept?.equals(Buffer.alloc(2_500_000, 2)))
  })

  await t.test(
    'a letter whose parts are replaced together, while they are read, is the old or the new one',
    async (t) => {
      const { gateway, put, start, pass, sent, ask } = await stage(t, on, {
        changes: [
          [
            'attachments: { at: [สแกน, ทางไฟล์], as: file-beside }',
            'attachments: { at: scans.data, as: { file-beside: { separator: ";" } } }',
          ],
          ['lists: { ', 'lists: { scans: { table: in_files, on: { letter: id }, order: [seq] }, '],
          ['- { at: สแกน, name: ชื่อสแกน }', '- { at: scans.data, name: name }'],
        ],
      })
      const bytes = (fill: string) => (on.name === 'mariadb' ? `X'${fill}'` : `'\\x${fill}'`)
      await put(good)
      for (const seq of [1, 2])
        await ask(`INSERT INTO in_files VALUES (${seq}, 1, '${seq}.pdf', ${bytes(`0${seq}`)})`)
      await ask("INSERT INTO refs VALUES (1, 1, 'สท 9/1', NULL)")
      const clerks = [
        // Both scans, of the same size, between the reading of the one and of the other.
        async () => {
          for (const seq of [1, 2])
            await ask(`UPDATE in_files SET data = ${bytes(`1${seq}`)} WHERE seq = ${seq}`)
        },
        async () => [],
        // At the next look a list, when it has been read.
        () => ask("UPDATE refs SET number = 'สท 9/2'"),
      ]
      wrap(gateway, ({ keep }) => ({
        keep: async (stream, limit) => {
          const kept = await keep(stream, limit)
          await clerks.shift()?.()
          return kept
        },
      }))
      await start()
      await pass(10_000)
      t.same([gateway.offered, await sent()], [[], ['N']])
      await pass(10_000)
      t.same(await sent(), ['T'])
      const item = gateway.items.at(-1)
      if (item?.kind !== 'letter') throw new Error(JSON.stringify(item))
      t.same(
        item.attachments.map(({ content }) =>
          content.kind === 'kept' ? gateway.kept.get(content.sha256)?.toString('hex') : content.kind,
        ),
        ['11', '12'],
      )
      t.same(
        item.draft.references?.map(({ number }) => number),
        ['สท 9/2'],
      )
    },
  )

  await t.test('our clock is set: a wait ends when its time has passed, and no sooner', async (t) => {
    const { gateway, put, start, pass, sent } = await stage(t, on)
    await put({ ...good, ทางไฟล์: 'D:/scans/never.pdf' })
    await start()
    gateway.clock.step(73 * 3_600_000)
    await pass(10_000)
    t.same(await sent(), ['N'])
    gateway.clock.step(-80 * 3_600_000)
    await pass(600_000)
    t.same(await sent(), ['R'])
  })
}

async function readingLists(t: Test, on: Ground): Promise<void> {
  await t.test(
    'scans in a list: each letter gets its own, and what cannot be told apart is a fault',
    async (t) => {
      const { gateway, put, start, sent, ask } = await stage(t, on, {
        changes: [
          [
            'attachments: { at: [สแกน, ทางไฟล์], as: file-beside }',
            'attachments: { at: scans.data, as: { file-beside: { separator: ";" } } }',
          ],
          ['lists: { ', 'lists: { scans: { table: in_files, on: { letter: id }, order: [seq] }, '],
          ['- { at: สแกน, name: ชื่อสแกน }', '- { at: scans.data, name: name }'],
        ],
      })
      for (const number of [1, 2, 3]) await put({ ...good, ที่หนังสือ: `สท 0017.1/${number}` })
      const bytes = (text: string) => {
        const hex = Buffer.from(text).toString('hex')
        return on.name === 'mariadb' ? `X'${hex}'` : `'\\x${hex}'`
      }
      const rows = [
        [2, 1, 'แนบ.pdf', 'b'],
        [1, 1, 'หลัก.pdf', 'a'],
        [1, 2, 'หลัก.pdf', 'c'],
        [2, 2, 'หลัก.pdf', 'd'],
        [1, 3, 'หลัก.pdf', 'e'],
        [1, 3, 'แนบ.pdf', 'f'],
      ] as const
      for (const [seq, letter, name, text] of rows)
        await ask(`INSERT INTO in_files VALUES (${seq}, ${letter}, '${name}', ${bytes(text)})`)
      await start()
      t.same(await sent(), ['T', 'T', 'R'])
      const found = gateway.items.map((item) =>
        item.kind === 'letter'
          ? item.attachments.map(({ name, content }) => [
              name,
              content.kind === 'kept' ? gateway.kept.get(content.sha256)?.toString() : content.kind,
            ])
          : item.kind === 'fault' && item.problems.map(({ code }) => code),
      )
      t.same(found, [
        [
          ['หลัก.pdf', 'a'],
          ['แนบ.pdf', 'b'],
        ],
        [
          ['หลัก.pdf', 'c'],
          ['2-หลัก.pdf', 'd'],
        ],
        ['adapter.sql.file-unclear', 'adapter.sql.file-unclear'],
      ])
    },
  )
}

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

  await t.test(
    'cut when COMMIT was said: unavailable or unknown as it was, and one row in the end',
    async (t) => {
      const proxy = await proxyTo(on.server.host, on.server.port)
      t.teardown(() => proxy.stop())
      const { deliver, ask } = await stage(t, on, { port: proxy.port })
      t.match(await deliver(parcelOf({ letter: full }, 'd-0', '64', bytesOf)), { kind: 'taken' })
      for (const [id, when, rows] of [
        ['d-1', 'answered', 1],
        // Without transactions every row is there before COMMIT is said.
        ['d-2', 'said', on.engine === undefined ? 0 : 1],
      ] as const) {
        proxy.cut({ when, words: 'COMMIT' })
        const outcome: Outcome = await deliver(parcelOf({ letter: full }, id, '64', bytesOf))
        t.match(outcome, { kind: 'unknown', said: /adapter\.sql\.unsure/ })
        t.equal((await ask(`SELECT id FROM \`หนังสือรับ\` WHERE \`พัสดุ\` = '${id}'`)).length, rows)
        t.match(await deliver(parcelOf({ letter: full }, id, '64', bytesOf)), { kind: 'taken' })
        t.equal((await ask(`SELECT id FROM \`หนังสือรับ\` WHERE \`พัสดุ\` = '${id}'`)).length, 1)
      }
      proxy.cut({ when: 'said', words: 'd-3' })
      t.match(await deliver(parcelOf({ letter: full }, 'd-3', '64', bytesOf)), {
        kind: on.engine === undefined ? 'unavailable' : 'unknown',
      })
    },
  )

  const notice = (kind: Notice['kind'], number: string, receiveNumber?: string): Notice =>
    mustBe(
      checkNotice({
        kind,
        from: office('moi'),
        to: office('64'),
        about: {
          messageId: messageIdOf(7),
          digest: '0'.repeat(64),
          number,
          date: '2008-01-01',
          subject: 'ขอเชิญประชุม',
        },
        at: Date.UTC(2008, 0, 2),
        ...(receiveNumber !== undefined && { receiveNumber }),
        reason: '',
      } as never),
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
    t.match(
      await deliver(noticeParcel(said, 'n-3', '1 OR 1=1')),
      { kind: on.name === 'mariadb' ? 'refused' : 'refused' },
      'X3',
    )
    t.same(await sent('เลขรับ'), [null, '77/2551'])
  })
}

async function badDays(t: Test, on: Ground): Promise<void> {
  await t.test('what is missing is told at the start, all of it, and it goes on by itself', async (t) => {
    const { gateway, put, start, pass, sent, ask, deliver } = await stage(t, on)
    await put(good)
    await ask('ALTER TABLE `หนังสือส่ง` DROP COLUMN `รหัสข้อความ`')
    await ask('ALTER TABLE refs DROP COLUMN number')
    await ask('DROP TABLE in_files')
    await ask('ALTER TABLE `หนังสือรับ` DROP COLUMN `จาก`')
    await start()
    t.same(
      gateway.reports.map(({ event, facts }) => [event, facts['reason']]),
      [
        ['sql.unavailable', 'schema: หนังสือส่ง.รหัสข้อความ, refs.number'],
        ['sql.unavailable', 'schema: หนังสือรับ.จาก, in_files'],
      ],
    )
    const outcome = await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64'))
    t.match(outcome, { kind: 'unavailable', retryAfter: 300_000, said: /หนังสือรับ\.จาก, in_files/ })
    t.same(gateway.offered, [], 'no letter goes into quarantine over it')
    await ask('ALTER TABLE `หนังสือส่ง` ADD COLUMN `รหัสข้อความ` VARCHAR(60)')
    await ask('ALTER TABLE refs ADD COLUMN number VARCHAR(60)')
    await pass(300_000)
    t.same(await sent(), ['T'])
  })

  await t.test('a table that is altered while it runs', async (t) => {
    const { gateway, put, start, pass, sent, ask } = await stage(t, on)
    await start()
    await ask('ALTER TABLE `หนังสือส่ง` DROP COLUMN `รหัสข้อความ`')
    await put(good)
    await pass(10_000)
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.unavailable' }])
    t.equal(gateway.offered.length <= 1, true)
    await ask('ALTER TABLE `หนังสือส่ง` ADD COLUMN `รหัสข้อความ` VARCHAR(60)')
    await pass(300_000)
    t.same(await sent(), ['T'])
  })

  await t.test('a wrong password is tried once, then again only after some minutes', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    t.teardown(() => proxy.stop())
    const { gateway, start, pass, deliver } = await stage(t, on, {
      port: proxy.port,
      environment: { SARABAN_64_PASSWORD: 'Wrong-1' },
    })
    await start()
    t.match(gateway.reports[0], {
      event: 'sql.unavailable',
      facts: { reason: on.name === 'mariadb' ? /1045/ : /28P01/ },
    })
    const tried = proxy.passed
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      retryAfter: 300_000,
      said: /adapter\.sql\.not-let-in/,
    })
    await pass(200_000)
    t.equal(proxy.passed, tried, 'nothing was tried')
    gateway.clock.step(-7 * 3_600_000)
    await pass(100_000)
    t.ok(proxy.passed > tried, 'five minutes are five minutes, whatever our clock is set to')
    t.notMatch(JSON.stringify(gateway.reports), /Wrong-1/)
  })

  await t.test('a user who may only read', async (t) => {
    const { gateway, put, start, sent, deliver, ask } = await stage(t, on)
    await put(good)
    const user = on.server.user
    await ask(
      on.name === 'mariadb'
        ? `REVOKE UPDATE, INSERT ON ${on.server.database}.* FROM ${user}@'%'`
        : `REVOKE UPDATE, INSERT ON ALL TABLES IN SCHEMA public FROM ${user}`,
    )
    t.teardown(() =>
      ask(
        on.name === 'mariadb'
          ? `GRANT UPDATE, INSERT ON ${on.server.database}.* TO ${user}@'%'`
          : `GRANT UPDATE, INSERT ON ALL TABLES IN SCHEMA public TO ${user}`,
      ),
    )
    await start()
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [{ event: 'sql.unavailable' }])
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      said: /adapter\.sql\.not-let-in/,
      retryAfter: 300_000,
    })
  })

  await t.test('a copy that is read only', async (t) => {
    const { gateway, put, start, sent, deliver } = await stage(t, on)
    await put(good)
    const readOnly = (state: 'on' | 'off') =>
      on.server.ask(
        on.name === 'mariadb'
          ? `SET GLOBAL read_only = ${state}`
          : `ALTER ROLE ${on.server.user} SET default_transaction_read_only = ${state}`,
      )
    await readOnly('on')
    t.teardown(() => readOnly('off'))
    await start()
    t.same(await sent(), ['N'])
    t.match(gateway.reports, [
      { event: 'sql.unavailable', facts: { reason: on.name === 'mariadb' ? /1290/ : /25006/ } },
    ])
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      retryAfter: 300_000,
    })
  })

  await t.test('no server: unavailable, and it goes on when there is one', async (t) => {
    const proxy = await proxyTo(on.server.host, on.server.port)
    await proxy.stop()
    const { gateway, start, deliver } = await stage(t, on, { port: proxy.port })
    await start()
    t.match(gateway.reports[0], { event: 'sql.unavailable', facts: { reason: /ECONNREFUSED/ } })
    t.match(await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')), {
      kind: 'unavailable',
      said: /adapter\.sql\.unavailable/,
    })
  })

  if (on.engine === undefined)
    await t.test('two sessions that wait for each other: unavailable, and nothing was written', async (t) => {
      const { deliver, put, sent } = await stage(t, on, { changes: [['within: 30s', 'within: 1s']] })
      await put({ ...good, สถานะ: 'T' })
      const other = await on.server.session()
      await other.ask('START TRANSACTION')
      await other.ask(`UPDATE ${on.quote('หนังสือส่ง')} SET ${on.quote('หมายเหตุ')} = 'x'`)
      const said = mustBe(
        checkNotice({
          kind: 'accept',
          from: office('moi'),
          to: office('64'),
          about: {
            messageId: messageIdOf(7),
            digest: '0'.repeat(64),
            number: 'สท 0017.1/1',
            date: '2008-01-01',
            subject: 'x',
          },
          at: 0,
          receiveNumber: '1/2551',
          reason: '',
        } as never),
      )
      t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), {
        kind: 'unavailable',
        said: /adapter\.sql\.(busy|unavailable)/,
      })
      await other.ask('ROLLBACK')
      await other.end()
      t.same(await sent('เลขรับ'), [null])
      t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), { kind: 'taken' })
    })

  await t.test('a server that dies in the middle of a transaction', async (t) => {
    const { crash } = on.server
    if (crash === undefined) return t.pass('not ours to kill', { skip: 'unset the URL of the server' })
    const { gateway, put, start, pass, sent, deliver } = await stage(t, on)
    await put(good)
    const make = gateway.verbs.bind(gateway)
    let first = true
    gateway.verbs = (adapter) => {
      const verbs = make(adapter)
      return {
        ...verbs,
        take: async (source) => {
          const taken = await verbs.take(source)
          if (first) await crash()
          first = false
          return taken
        },
      }
    }
    await start()
    t.same(await sent(), ['N'], 'undone')
    await pass(10_000)
    t.same(await sent(), ['T'])
    t.equal(gateway.offered.length, 2)
    await crash()
    t.match(
      await deliver(parcelOf({ letter: letterWith() }, 'd-1', '64')),
      { kind: 'taken' },
      'a connection that died while idle is replaced',
    )
  })
}

suite('mariadb', mariadbOnce)
suite('mariadb', mariadbOnce, 'MyISAM')
suite('postgresql', () => postgresql(process.env))

t.test('mariadb, as old systems have it', { timeout: 120_000 }, async (t) => {
  const server = await mariadbOnce()
  if ('missing' in server) {
    if (process.env['CI'] === 'true') t.fail(server.missing)
    else t.pass(server.missing, { skip: server.missing })
    return
  }
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
    const said = mustBe(
      checkNotice({
        kind: 'accept',
        from: office('moi'),
        to: office('64'),
        about: {
          messageId: messageIdOf(7),
          digest: '0'.repeat(64),
          number: 'สท 0017.1/1',
          date: '2008-01-01',
          subject: 'x',
        },
        at: 0,
        receiveNumber: 'รับ 1',
        reason: '',
      } as never),
    )
    t.match(await deliver(parcelOf({ notice: said }, 'n-1', '64')), { kind: 'taken' }, 'found by its bytes')
    t.equal(
      (await ask('SELECT HEX(`เลขรับ`) AS h FROM `หนังสือส่ง` WHERE id = 1'))[0]?.['h'],
      iconv.encode('รับ 1', 'windows-874').toString('hex').toUpperCase(),
    )
  })
})

t.test('postgresql with SQL_ASCII: any bytes, which are windows-874', { timeout: 120_000 }, async (t) => {
  const server = await postgresql(process.env, 'SQL_ASCII')
  if ('missing' in server) {
    if (process.env['CI'] === 'true') t.fail(server.missing)
    else t.pass(server.missing, { skip: server.missing })
    return
  }
  t.teardown(() => server.stop())
  const on = ground('postgresql', server)
  const { gateway, start, sent, deliver, ask } = await stage(t, on, {
    changes: [
      [/within: 30s/, 'within: 30s, charset: windows-874'],
      [/kind: rows,/g, 'kind: rows, charset: windows-874,'],
    ],
  })
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
})
