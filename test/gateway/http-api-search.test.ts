// Finding letters: in whatever form a number, a date or a word is typed, page by page, along indices, on both engines.
import t from 'tap'
import { readSearch } from '../../src/gateway/journal/asked.ts'
import type { Database, Transaction } from '../../src/gateway/journal/database.ts'
import { insertEnvelope } from '../../src/gateway/journal/envelopes.ts'
import { insertLetter, type LetterRow } from '../../src/gateway/journal/letters.ts'
import { listSql } from '../../src/gateway/journal/lists.ts'
import { type LetterSearch, type Scope, searchLetters } from '../../src/gateway/journal/search.ts'
import { isBefore, type Key, keyOf, lookSql, wordLook } from '../../src/gateway/journal/search-sql.ts'
import { areWordsFilled, fillWords, insertWords, wordSql } from '../../src/gateway/journal/words.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import { contentDigest } from '../../src/letter/digest.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { wordsOf } from '../../src/letter/words.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { apiInstallation, asking } from './api-stage.ts'
import { HandClock, makeTrust, plainLetter, scratch, sealedBy } from './harness.ts'
import { openJournal } from './journal-engine.ts'

const everything: Scope = { offices: 'all', secret: true }

/** `count` letters of 4 offices to 3 others, several in each millisecond, one in 5 to two recipients, one in 7 secret. */
async function fillJournal(database: Database, count: number, first = 0): Promise<void> {
  const id = `'urn:uuid:019a6f3c-5c00-7000-8000-' || CAST(100000000000 + i AS TEXT)`
  const numbers = `WITH RECURSIVE n (i) AS (SELECT ${first + 1} UNION ALL SELECT i + 1 FROM n WHERE i < ${first + count})`
  const letter = (recipient: string, where: string): string => `${numbers}
INSERT INTO letters (message_id, recipient, sender, number, date, natural_key, content_digest, urgency, secrecy, state, live,
  committed_at, changed_at)
SELECT ${id}, CAST(${recipient} AS TEXT), CAST(50 + i % 4 AS TEXT), 'ชม 0017.1/' || CAST(i % 50 AS TEXT),
  '2026-0' || CAST(1 + i % 9 AS TEXT) || '-1' || CAST(i % 10 AS TEXT), 'k' || CAST(i AS TEXT) || '-' || CAST(${recipient} AS TEXT), 'd', 'ordinary',
  CASE WHEN i % 7 = 0 THEN 'secret' ELSE 'ordinary' END, CASE WHEN i % 11 = 0 THEN 'given-up' ELSE 'registered' END, 1,
  1000 + i / 8, 1000 + i / 8 FROM n ${where}`
  await database.write(async (transaction) => {
    await transaction.run(`${numbers}
INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at)
SELECT ${id}, 'letter', CAST(50 + i % 4 AS TEXT), 'd', ${bytes}, 1000 + i / 8 FROM n`)
    await transaction.run(letter('60 + i % 3', ''))
    await transaction.run(letter('57', 'WHERE i % 5 = 0'))
    for (const [word, every] of [
      ['ประชุม', 2],
      ['คณะ', 3],
      ['หายาก', 500],
    ] as const)
      await transaction.run(
        `${numbers} INSERT INTO letter_words (word, committed_at, message_id)
SELECT CAST(? AS TEXT), 1000 + i / 8, ${id} FROM n WHERE i % ${every} = 0 AND i % 7 <> 0`,
        word,
      )
  })
}
const bytes = process.env['SARABAN_TEST_JOURNAL'] === 'postgresql' ? `'\\x00'::bytea` : `x'00'`

const keysOf = (rows: readonly LetterRow[], order: 'taken' | 'date' = 'taken'): string[] =>
  rows.map((row) => keyOf(row, order).join(' '))

/** Every page of a search; `between` is done after each. */
async function allPages(
  database: Database,
  search: LetterSearch,
  scope: Scope,
  limit: number,
  between: () => Promise<void> = async () => undefined,
): Promise<LetterRow[]> {
  const rows: LetterRow[] = []
  for (let from: Key | undefined; ; ) {
    const page = await searchLetters(database.committed, search, scope, limit, from)
    if (page.letters.length > limit) throw new Error('a page is longer than it may be')
    rows.push(...page.letters)
    if (page.next === undefined) return rows
    from = page.next
    await between()
  }
}

t.test('every page together is what was asked for, each once, in order', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  await fillJournal(database, 7_000)
  const all = await database.committed.all<LetterRow & { id: string }>(
    `SELECT message_id AS "messageId", recipient, sender, number, date, secrecy, state, committed_at AS "committedAt" FROM letters`,
  )
  const has = (every: number) => (row: LetterRow) => Number(row.messageId.slice(-11)) % every === 0
  const of50: Scope = { offices: [office('50')], secret: false }
  const of5057: Scope = { offices: ['50', '57', '51', '52', '53'].map(office), secret: false }
  const cases: readonly (readonly [LetterSearch, Scope, (row: LetterRow) => boolean])[] = [
    [{}, everything, () => true],
    [{}, of50, (row) => row.sender === '50' && row.secrecy === 'ordinary'],
    [{}, of5057, (row) => row.secrecy === 'ordinary'],
    // One of the two looks comes much further back than the other in as many rows.
    [
      { dateFrom: '2026-01-01', state: 'given-up' },
      { offices: ['50', '57'].map(office), secret: true },
      (row) => row.state === 'given-up' && (row.sender === '50' || row.recipient === '57'),
    ],
    [{ sender: office('51') }, everything, (row) => row.sender === '51'],
    [
      { recipient: office('57') },
      of50,
      (row) => row.recipient === '57' && row.sender === '50' && row.secrecy === 'ordinary',
    ],
    [
      { office: office('57'), state: 'given-up' },
      everything,
      (row) => row.recipient === '57' && row.state === 'given-up',
    ],
    [{ state: 'given-up' }, everything, (row) => row.state === 'given-up'],
    [{ numbers: ['ชม 0017.1/7', 'ชม 0017.1/9'] }, everything, (row) => /\/[79]$/.test(row.number)],
    [
      { dateFrom: '2026-03-11', dateTo: '2026-05-15' },
      everything,
      (row) => row.date >= '2026-03-11' && row.date <= '2026-05-15',
    ],
    [
      { dateTo: '2026-02-12', office: office('57') },
      everything,
      (row) => row.date <= '2026-02-12' && row.recipient === '57',
    ],
    [
      { takenFrom: 1100, takenTo: 1200 },
      everything,
      (row) => row.committedAt >= 1100 && row.committedAt < 1200,
    ],
    [{ words: ['ประชุม'] }, everything, (row) => has(2)(row) && row.secrecy === 'ordinary'],
    [{ words: ['ประชุม', 'คณะ'] }, everything, (row) => has(6)(row) && row.secrecy === 'ordinary'],
    [
      { words: ['ประชุม', 'หายาก', 'คณะ'], recipient: office('57') },
      everything,
      (row) => has(1500)(row) && row.recipient === '57',
    ],
    [
      { words: ['ประชุม'], dateFrom: '2026-09-01' },
      of50,
      (row) => has(2)(row) && row.date >= '2026-09-01' && row.sender === '50' && row.secrecy === 'ordinary',
    ],
    [{ words: ['ประชุม', 'ไม่มี'] }, everything, () => false],
  ]
  for (const [search, scope, meant] of cases) {
    const order =
      search.dateFrom !== undefined && search.words === undefined
        ? 'date'
        : search.dateTo !== undefined
          ? 'date'
          : 'taken'
    const expected = all
      .filter(meant)
      .sort((one, other) => (isBefore(keyOf(one, order), keyOf(other, order)) ? 1 : -1))
    const found = await allPages(database, search, scope, 200)
    t.same(keysOf(found, order), keysOf(expected, order), `${JSON.stringify(search)}: ${expected.length}`)
  }
  let added = 7_000
  const before = await allPages(database, { sender: office('50') }, everything, 200)
  const during = await allPages(database, { sender: office('50') }, everything, 150, async () => {
    await fillJournal(database, 40, added)
    added += 40
  })
  t.same(keysOf(during), keysOf(before), 'letters that are added meanwhile move nothing')
})

t.test('a look along an index reads no more than it says, and needs no sorting', async (t) => {
  const database = await openJournal(scratch(t))
  t.teardown(() => database.close())
  const plans: [string, string, boolean][] = [
    ...Object.entries(lookSql.taken).map(([name, sql]): [string, string, boolean] => [
      `taken ${name}`,
      sql,
      name !== 'message',
    ]),
    ...Object.entries(lookSql.date).map(([name, sql]): [string, string, boolean] => [
      `date ${name}`,
      sql,
      true,
    ]),
    ['a word', wordLook(0), false],
    ['three words', wordLook(2), false],
    ['count of a word', wordSql.count, true],
    ...Object.entries(listSql).map(([name, sql]): [string, string, boolean] => [name, sql, false]),
  ]
  for (const [name, sql, sorted] of plans) {
    const plan = await planOf(database, sql)
    t.notMatch(plan, /Seq Scan|SCAN (?!CONSTANT|d\b|n\b|w\b|found\b)\w+(?! USING)/, `${name}: ${plan}`)
    t.match(plan, /USING (COVERING |PRIMARY |INTEGER PRIMARY )?(INDEX|KEY)|Index/, `${name}: ${plan}`)
    if (sorted) t.notMatch(plan, /TEMP B-TREE|Sort/, `${name}: ${plan}`)
  }
})

async function planOf(database: Database, sql: string): Promise<string> {
  const values = (sql.match(/\?/g) ?? []).map(() => '1')
  if (process.env['SARABAN_TEST_JOURNAL'] !== 'postgresql') {
    const rows = await database.committed.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)
    return rows.map(({ detail }) => detail).join('; ')
  }
  return database.write(async (transaction) => {
    // An empty table is read faster than its index.
    await transaction.run('SET LOCAL enable_seqscan = off')
    await transaction.run('SET LOCAL enable_bitmapscan = off')
    const rows = await transaction.all<Record<string, string>>(`EXPLAIN ${sql}`, ...values)
    return rows.map((row) => row['QUERY PLAN'] ?? '').join('; ')
  })
}

t.test('a number, a date and words are read in every form that people type', (t) => {
  const read = (asked: Parameters<typeof readSearch>[0]) => {
    const found = readSearch(asked, Date.UTC(2026, 10, 30))
    return found.ok ? found.value : found.problems.map(({ code, path }) => `${path} ${code}`)
  }
  for (const number of ['ชม 0017.1/492', 'ชม๐๐๑๗.๑/๔๙๒', ' ที่ ชม. 0017.1 / 492', 'ชม0017.1/492'])
    t.match(read({ number }), { numbers: ['ชม 0017.1/492'] }, number)
  t.match(read({ number: '0017.1/492', sender: '50' }), { numbers: ['0017.1/492', 'ชม 0017.1/492'] })
  const anybody = read({ number: '๐๐๑๗.๑/๔๙๒' })
  t.ok('numbers' in anybody && anybody.numbers?.includes('ชร 0017.1/492'), 'of whomever')
  for (const dateFrom of ['2026-11-20', '20/11/2569', '๒๐ พฤศจิกายน ๒๕๖๙', '20 พ.ย. 2569'])
    t.match(read({ dateFrom }), { dateFrom: '2026-11-20' }, dateFrom)
  t.match(read({ dateFrom: '20 พ.ย. 69' }), { dateFrom: '2026-11-20' })
  t.same(
    read({ dateFrom: '20/11/26' }),
    ['dateFrom letter.date.short-year'],
    'a Christian year of two digits',
  )
  t.match(read({ takenFrom: '2026-11-20' }), { takenFrom: Date.UTC(2026, 10, 19, 17) }, 'Thai time')
  t.match(read({ subject: ' ประชุมคณะกรรมการ ครั้งที่ ๑' }), {
    words: ['ประชุม', 'คณะ', 'กรรมการ', 'ครั้ง', 'ที่', '1'],
  })
  t.same(read({ subject: '...', number: 'x', state: 'lost', message: 'm', office: '999' }), [
    'message letter.message-id.unreadable',
    'office letter.office.unknown',
    'state cli.state.unknown',
    'subject api.request.wrong',
    'number letter.number.unreadable',
  ])
  t.same(wordsOf('รายงานผลการเชื่อมโยงระบบ'), ['รายงาน', 'ผล', 'การ', 'เชื่อม', 'โยง', 'ระบบ'])
  t.equal(wordsOf(Array.from({ length: 500 }, (_, at) => `w${at}`).join(' ')).length, 100)
  t.equal([...(wordsOf('ก'.repeat(900))[0] ?? '')].length <= 40, true)
  t.end()
})

t.test(
  'the letters of a journal from before are filled in, a part at a time, however often it is cut off',
  async (t) => {
    const database = await openJournal(scratch(t))
    t.teardown(() => database.close())
    const trust = await makeTrust([office('50'), office('57')])
    const clock = new HandClock()
    const subjects = ['ขอเชิญประชุม', 'รายงานการประชุม', 'ลับเฉพาะประชุม', 'แจ้งเวียน', 'ประชุมใหญ่']
    const ids: string[] = []
    const insert = async (transaction: Transaction, letter: Letter): Promise<void> => {
      const { envelope, sealed } = sealedBy(trust, clock, { letter })
      const { messageId } = envelope
      const row = {
        messageId,
        content: 'letter',
        sender: office('50'),
        ...sealed,
        committedAt: clock.now(),
      } as const
      await insertEnvelope(transaction, { ...row, sourceId: null, position: null, handover: null })
      await insertLetter(transaction, messageId, letter, office('57'), contentDigest(letter), clock.now())
      ids.push(messageId)
    }
    for (const [at, subject] of subjects.entries()) {
      clock.jump(10)
      const number = mustBe(readLetterNumber(`ชม 0017.1/${at + 1}`)).number
      const letter = plainLetter({
        ...{
          subject,
          number,
          to: { offices: [office('57')] },
          date: mustBe(readCanonicalDate('2026-11-20')),
        },
        secrecy: at === 2 ? 'secret' : 'ordinary',
      })
      await database.write((transaction) => insert(transaction, letter))
    }
    // Something that cannot be read stands in nobody's way.
    await database.write((transaction) =>
      transaction.run(`INSERT INTO envelopes (message_id, content, sender, digest, bytes, committed_at)
VALUES ('urn:uuid:00000000-0000-7000-8000-000000000000', 'letter', '50', 'd', ${bytes}, 1)`),
    )
    const find = async (...words: string[]) =>
      (await searchLetters(database.committed, { words }, everything, 50)).letters.map(({ messageId }) =>
        ids.indexOf(messageId),
      )
    t.same(await find('ประชุม'), [])
    t.equal(await fillWords(database, 2), false)
    t.equal(await areWordsFilled(database.committed), false)
    // Cut off in the middle: nothing of that part is kept, and it is done again.
    const cut: Database = {
      ...database,
      write: (work) =>
        database.write(async (transaction) => {
          await work(transaction)
          throw new Error('killed')
        }),
    }
    await t.rejects(fillWords(cut, 2), /killed/)
    await Promise.all([fillWords(database, 2), fillWords(database, 2)])
    while (!(await fillWords(database, 2)));
    t.equal(await areWordsFilled(database.committed), true)
    t.same(await find('ประชุม'), [4, 1, 0], 'the newest first, each once, and no secret letter')
    t.same(await find('ลับ'), [])
    t.same(await find('รายงาน', 'ประชุม'), [1])
    await database.write((transaction) =>
      insertWords(
        transaction,
        `urn:uuid:${'0'.repeat(8)}-0000-7000-8000-000000000001`,
        { subject: 'ประชุม', secrecy: 'secret' },
        5,
      ),
    )
    t.equal((await database.committed.all('SELECT 1 FROM letter_words WHERE committed_at = 5')).length, 0)
  },
)

t.test(
  'through the API: cursors go on where they were given, for that search and that asker only',
  async (t) => {
    const installation = await apiInstallation(scratch(t))
    let gateway = await installation.start()
    t.teardown(() => gateway.stop())
    let { get, send } = asking(gateway.http ?? '')
    const ids: string[] = []
    for (let number = 1; number <= 5; number += 1)
      ids.push(
        await send('50', number, { to: number % 2 === 0 ? '57' : '58', subject: `ขอเชิญประชุมครั้งที่ ${number}` }),
      )
    const query = { limit: '2', subject: 'ประชุม' }
    const first = await get('auditor', '/v1/letters', query)
    const idsOf = (asked: typeof first) => asked.body.items.map((item) => String(item['messageId']))
    t.same(idsOf(first), [ids[4], ids[3]])
    const cursor = first.body.next ?? ''
    t.notMatch(
      Buffer.from(cursor, 'base64url').toString('latin1'),
      /urn:|019/,
      'it tells nobody where it stands',
    )
    await send('50', 6, { to: '57', subject: 'ขอเชิญประชุมครั้งที่ 6' })
    const second = await get('auditor', '/v1/letters', { ...query, cursor })
    t.same(idsOf(second), [ids[2], ids[1]])
    for (const [who, changed] of [
      ['auditor', { subject: 'เชิญ' }],
      ['auditor', { office: '57' }],
      ['auditor', { cursor: `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}` }],
      ['auditor', { cursor: cursor.slice(4) }],
      ['operator', {}],
    ] as const) {
      const refused = await get(who, '/v1/letters', { ...query, cursor, ...changed })
      t.match(refused, {
        status: 400,
        body: { problems: [{ code: 'api.cursor.wrong', path: 'query.cursor' }] },
      })
    }
    t.equal((await get('auditor', '/v1/deliveries', { cursor })).status, 400, 'nor for another list')
    await gateway.stop()
    gateway = await installation.start()
    ;({ get, send } = asking(gateway.http ?? ''))
    const third = await get('auditor', '/v1/letters', { ...query, cursor: second.body.next ?? '' })
    t.same([idsOf(third), third.body.next], [[ids[0]], undefined], 'and after a restart')
    t.same(idsOf(await get('registrar-57', '/v1/letters', { ...query, limit: '200' })).length, 3)
    for (const number of ['ชม ๐๐๑๗.๑/๓', '0017.1/3'])
      t.same(idsOf(await get('operator', '/v1/letters', { number })), [ids[2]], number)
  },
)
