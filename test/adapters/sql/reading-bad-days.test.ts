// Rows that are half-written, deleted or waited for while they are read.
import type { Test } from 'tap'
import { type Ground, onEveryServer } from './grounds.ts'
import { byNumber, good, stage, wrap } from './stage.ts'

onEveryServer(readingOnBadDays)

async function readingOnBadDays(t: Test, on: Ground): Promise<void> {
  for (const changes of [[], byNumber('above: "0"')])
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

  for (const changes of [[], byNumber('above: "0"')])
    await t.test(
      `two rows of one key are read by nobody, and others are${changes.length > 0 ? ', by a number too' : ''}`,
      async (t) => {
        const { gateway, put, start, pass, sent, ask } = await stage(t, on, {
          changes: [...changes, ['key: [id]', 'key: [เลขภายใน]']],
        })
        await put({ ...good, เลขภายใน: '7' })
        await put({ ...good, ที่หนังสือ: 'สท 0017.1/2', เลขภายใน: '7' })
        await put({ ...good, ที่หนังสือ: 'สท 0017.1/3', เลขภายใน: '8' })
        await start()
        await pass(10_000)
        const numbers = () =>
          gateway.items.map((item) => item.kind === 'letter' && item.draft.number?.printed)
        t.same(numbers(), ['สท 0017.1/3'])
        t.match(gateway.reports, [
          { event: 'sql.row-failed', facts: { row: 'sql หนังสือส่ง 7', reason: 'two rows have this key' } },
        ])
        t.equal(gateway.reports.length, 1)
        await ask("UPDATE `หนังสือส่ง` SET `สถานะ` = 'R' WHERE id = 2")
        await pass(10_000)
        t.same(numbers(), ['สท 0017.1/3'], 'nor where only one of them is new')
        await ask('DELETE FROM `หนังสือส่ง` WHERE id = 2')
        await pass(10_000)
        t.same(numbers(), ['สท 0017.1/3', 'สท 0017.1/1'])
        t.same(await sent(), changes.length > 0 ? ['N', 'N'] : ['T', 'T'])
      },
    )

  for (const changes of [[], byNumber('above: "0"')])
    await t.test(
      `however many keys stand twice, the row behind them is read${changes.length > 0 ? ', by a number too' : ''}`,
      async (t) => {
        const { gateway, put, start } = await stage(t, on, {
          changes: [...changes, ['key: [id]', 'key: [เลขภายใน]\n      batch: 3']],
        })
        for (const key of ['1', '1', '2', '2', '3', '3', '4', '4', '4', '4', '4', '4', '4', '4'])
          await put({ ...good, เลขภายใน: key })
        await put({ ...good, ที่หนังสือ: 'สท 0017.1/3', เลขภายใน: '9' })
        await start()
        t.same(
          gateway.items.map((item) => item.kind === 'letter' && item.draft.number?.printed),
          ['สท 0017.1/3'],
        )
        t.equal(gateway.reports.length, 4, JSON.stringify(gateway.reports))
      },
    )

  await t.test('a disk that cannot read one file holds up no other row', async (t) => {
    const { gateway, put, start, pass, sent } = await stage(t, on, {
      // What stands at the beginning of a process's memory cannot be read: EIO.
      environment: { SARABAN_64_SCANS: '/proc/self' },
    })
    await put({ ...good, ทางไฟล์: 'D:/scans/mem' })
    await put({ ...good, ที่หนังสือ: 'สท 0017.1/2' })
    await start()
    await pass(10_000)
    t.same(await sent(), ['N', 'T'])
    t.match(gateway.reports, [{ event: 'sql.row-failed', facts: { reason: 'file: EIO' } }])
    t.equal(gateway.reports.length, 1)
  })

  for (const [how, hold] of [
    ['holds', on.lockLetter(1)],
    ['writes', `UPDATE ${on.quote('หนังสือส่ง')} SET ${on.quote('เรื่อง')} = ${on.text('x')} WHERE id = 1`],
  ] as const) {
    // MyISAM locks no row.
    if (on.engine !== undefined) continue
    await t.test(`a row that another session ${how} for minutes is told, once`, async (t) => {
      const { gateway, put, start, pass, sent } = await stage(t, on)
      await put(good)
      const other = await on.server.session()
      await other.ask(on.begin)
      await other.ask(hold)
      await start()
      await pass(290_000)
      t.same(gateway.reports, [])
      await pass(10_000)
      await pass(3_600_000)
      t.match(gateway.reports, [
        { event: 'sql.row-failed', facts: { row: 'sql หนังสือส่ง 1', reason: 'another session holds it' } },
      ])
      t.equal(gateway.reports.length, 1)
      await other.ask('ROLLBACK')
      await other.end()
      await pass(10_000)
      t.same(await sent(), ['T'])
    })
  }

  await t.test('the rows of a list without an order are the same letter, however they come', async (t) => {
    const { gateway, put, start, pass, ask } = await stage(t, on, { changes: [[', order: [seq]', '']] })
    await put(good)
    await ask("INSERT INTO refs VALUES (9, 1, 'สท 9/1', NULL)")
    await ask("INSERT INTO refs VALUES (10, 1, 'สท 9/2', NULL)")
    await start()
    const [item] = gateway.items
    t.same(item?.kind === 'letter' && item.draft.references?.map(({ number }) => number), [
      'สท 9/1',
      'สท 9/2',
    ])
    // The row is written anew, and stands behind the other one.
    await ask('DELETE FROM refs WHERE seq = 9')
    await ask("INSERT INTO refs VALUES (9, 1, 'สท 9/1', NULL)")
    await pass(300_000)
    t.same([gateway.offered.length, gateway.reports], [1, []])
  })

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
