// Scans in columns, in lists and behind paths: each letter gets its own, whole, and never a mixture.
import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Test } from 'tap'
import { messageIdOf } from '../message-ids.ts'
import { type Ground, onEveryServer } from './grounds.ts'
import { byNumber, good, scansInList, stage, wrap } from './stage.ts'

onEveryServer(files)

async function files(t: Test, on: Ground): Promise<void> {
  await t.test('scans: bytes in a column, and paths into a folder', async (t) => {
    const { gateway, root, start, pass, sent, ask, put } = await stage(t, on)
    const hex = Buffer.concat([
      Buffer.from('%PDF-'),
      Buffer.alloc(2_500_000, 0xfe),
      Buffer.from([0]),
    ]).toString('hex')
    const columns = Object.keys(good).map(on.quote).join(', ')
    const values = Object.values(good)
      .map((each) => `'${each}'`)
      .join(', ')
    writeFileSync(join(root, 'secret.pdf'), 'secret')
    mkdirSync(join(root, 'scans', '2551'))
    writeFileSync(join(root, 'scans', '2551', 'แนบ.pdf'), 'abc')
    symlinkSync(join(root, 'secret.pdf'), join(root, 'scans', 'link.pdf'))
    await ask(
      `INSERT INTO \`หนังสือส่ง\` (${columns}, \`สแกน\`, \`ชื่อสแกน\`, \`ทางไฟล์\`) VALUES (${values}, ${on.bytes(hex)}, 'หลัก.pdf', ${on.text('D:\\scans\\2551\\แนบ.pdf')})`,
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

  for (const [how, changes] of [
    ['by a state', []],
    ['by a number', byNumber('above: "0"')],
  ] as const)
    await t.test(
      `${how}: a file of a path is sent when it has settled, whole; one that grows afterwards is told`,
      async (t) => {
        const { gateway, root, put, start, pass } = await stage(t, on, { settle: '15s', changes })
        const scan = join(root, 'scans', 'half.pdf')
        writeFileSync(scan, 'half')
        await put({ ...good, ทางไฟล์: 'D:/scans/half.pdf' })
        await start()
        await pass(10_000)
        t.same(gateway.offered, [], 'the first half')
        appendFileSync(scan, ' and half')
        await pass(10_000)
        t.same(gateway.offered, [], 'the row is old enough; its file is not')
        await pass(10_000)
        await pass(10_000)
        const texts = () =>
          gateway.items.flatMap((item) =>
            item.kind === 'letter'
              ? item.attachments.map(({ content }) =>
                  content.kind === 'kept' ? gateway.kept.get(content.sha256)?.toString() : content.kind,
                )
              : [item.kind],
          )
        t.same(texts(), ['half and half'])
        await pass(300_000)
        t.equal(gateway.offered.length, 1, 'nothing changed')
        utimesSync(scan, new Date(2026, 1, 1), new Date(2026, 1, 1))
        gateway.answer = ({ position }) => ({ kind: 'known', position, messageId: messageIdOf(1) })
        await pass(300_000)
        t.same(gateway.reports, [], 'touched, it holds what it held')
        appendFileSync(scan, ', and more')
        gateway.answer = (item) => ({ kind: 'quarantined', position: item.position, problems: [] })
        await pass(300_000)
        t.equal(texts().at(-1), 'half and half, and more')
        t.equal(gateway.offered.at(-1)?.seen, true)
        t.match(gateway.reports, [{ event: 'sql.row-changed', facts: { row: 'sql หนังสือส่ง 1' } }])
        const before = gateway.offered.length
        rmSync(scan)
        await pass(300_000)
        t.same([gateway.offered.length, gateway.reports.length], [before, 1], 'its system clears up')
      },
    )

  await t.test(
    'by a number: a scan that comes when the wait is over is sent when it has settled',
    async (t) => {
      const { gateway, root, put, start, pass } = await stage(t, on, {
        settle: '15s',
        changes: byNumber('above: "0"'),
      })
      await put({ ...good, ทางไฟล์: 'D:/scans/late.pdf' })
      await start()
      for (let look = 0; look < 3; look += 1) await pass(10_000)
      await pass(600_000)
      t.same(gateway.items.at(-1)?.kind, 'fault')
      const scan = join(root, 'scans', 'late.pdf')
      writeFileSync(scan, 'half')
      await pass(300_000)
      appendFileSync(scan, ' and half')
      for (let look = 0; look < 4; look += 1) await pass(10_000)
      const item = gateway.items.at(-1)
      const content = item?.kind === 'letter' ? item.attachments[0]?.content : undefined
      t.equal(content?.kind === 'kept' && gateway.kept.get(content.sha256)?.toString(), 'half and half')
      t.notOk([...gateway.kept.values()].some((bytes) => bytes.toString() === 'half'))
    },
  )

  await t.test('a file that another one replaces while it is read is never a mixture of both', async (t) => {
    const { gateway, put, start, pass, sent, ask } = await stage(t, on, {
      changes: scansInList,
    })
    const bytes = (fill: number) => {
      const hex = Buffer.alloc(2_500_000, fill).toString('hex')
      return on.bytes(hex)
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
        changes: scansInList,
      })
      const { bytes } = on
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

  await t.test(
    'scans in a list: each letter gets its own, and what cannot be told apart is a fault',
    async (t) => {
      const { gateway, put, start, sent, ask } = await stage(t, on, {
        changes: scansInList,
      })
      for (const number of [1, 2, 3]) await put({ ...good, ที่หนังสือ: `สท 0017.1/${number}` })
      const bytes = (text: string) => {
        const hex = Buffer.from(text).toString('hex')
        return on.bytes(hex)
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
