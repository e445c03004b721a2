// Rows that are new become letters, and their system is told what became of them; on real servers, whose rows are the judge.
import type { Test } from 'tap'
import { messageIdOf } from '../message-ids.ts'
import { type Ground, onEveryServer } from './grounds.ts'
import { byNumber, type Changes, good, stage } from './stage.ts'

onEveryServer(reading)

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
        t.same(await sent(), ['T'])
        await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'N'")
        gateway.answer = ({ position }) => ({
          ...{ kind: 'known', position, messageId: messageIdOf(1), ended: 'refused' },
        })
        await pass(10_000)
        t.same(await sent(), ['R'], 'unchanged after a refusal it does not go, and its row says so')
        t.same(await sent('ข้อผิดพลาด'), ['letter.ended'])
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
        kill = on.killAll(ask, on.server.user)
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
      await other.ask(on.begin)
      await other.ask(on.lockLetter(1))
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
        changes: byNumber('above: "1"'),
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
        changes: [...byNumber('above: "0"\n      late: 10m'), ['watch: 20', 'watch: 0']],
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
}
