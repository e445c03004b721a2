// What stands in the store of attachments and nothing in the journal names, and what only seems so.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { keptEnvelopes } from '../../src/gateway/doctor/journal.ts'
import { Digests, unnamedAttachments } from '../../src/gateway/doctor/unnamed.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { insertDocument } from '../../src/gateway/journal/handed.ts'
import { source, systemOf } from './harness.ts'
import { day, opened } from './retention-stage.ts'

t.test('what a killed process had kept is told, and nothing that the journal knows', async (t) => {
  const { clock, province, desk, database, send, run, files } = await opened(t)
  const reader = database.committed
  // When things were kept stands in the store, by its own clock.
  const later = () => Date.now() + 2 * day
  const told = async (now: number, looksAtEnvelopes = true) => {
    const digests = new Digests()
    if (looksAtEnvelopes) {
      const named = (sha256: string): void => digests.add(sha256)
      const kept = await keptEnvelopes(
        { reader, attachments: desk.attachments, trust: undefined, named },
        true,
      )
      t.equal(kept.damaged, 0)
    }
    const found = await unnamedAttachments(reader, desk.attachments, digests, now)
    digests.close()
    return found
  }
  t.same(await told(later()), [], 'an empty store')

  await send(1, 'the scan of a letter')
  const [item] = province.items
  if (item?.kind !== 'letter') throw new Error('no letter')
  // What a source is kept as, what came in it, and what came beside it: of one that is refused, and of one in quarantine.
  for (const sender of ['waits', 'gone'] as const) {
    const content = { kind: 'bytes', bytes: Buffer.from(`in the document, ${sender}`) } as const
    const scan = { name: 'a.pdf', mediaType: 'application/pdf', role: 'main', content } as const
    const side = await desk.attachments.keep(Buffer.from(`beside, ${sender}`), 100)
    const beside = new Map([['b.pdf', { kind: 'kept' as const, ...side }]])
    // Another letter under the number of the first.
    const letter = { ...item, attachments: [scan] }
    const whole = { ...source(sender.padEnd(70_000), sender), beside }
    const [taken] = await take(desk, systemOf(province), whole, async () => [letter])
    t.equal(taken?.kind, sender === 'waits' ? 'refused' : 'quarantined')
  }
  const document = await desk.attachments.keep(Buffer.from('a large document'), 100)
  await database.write((transaction) =>
    insertDocument(transaction, { ...document, bytes: null }, clock.now()),
  )
  t.equal((await files()).length, 8)
  t.same(await told(later()), [])

  const bytes = Array.from({ length: 150 }, () => randomBytes(1024))
  for (const each of bytes) await desk.attachments.keep(each, 1024)
  t.same(await told(Date.now()), [], 'what is committed next may name what was kept within a day')
  const [found, ...others] = await told(later())
  t.match(found, {
    code: 'doctor.attachments.unnamed',
    value: '150',
    details: { size: '0.1', since: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/, until: /^\d{4}-/ },
  })
  t.same(others, [])

  // A run of the retention writes down what envelopes name; what it then finds named leaves no more.
  t.match(await told(later(), false), [{ value: '151' }])
  await run()
  t.match(await told(later(), false), [{ value: '150' }])
})
