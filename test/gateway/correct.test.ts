// A correction that a person orders (decision 0022): when it may be, what goes and what is recalled, in which order, and who stands for it.
import t from 'tap'
import { usualPolicy } from '../../src/adapters/delivery-policy.ts'
import { reopenEnvelope } from '../../src/envelope/verify.ts'
import { correctLetter, foreseeCorrection } from '../../src/gateway/intake/correct.ts'
import { envelopeById } from '../../src/gateway/journal/envelopes.ts'
import { moveLetter } from '../../src/gateway/journal/letters.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import type { Attachment } from '../../src/letter/letter.ts'
import { newMessageId, systemRandom } from '../../src/letter/time.ts'
import { anew, circular, codes, letter, mustBe, order, sentAndSaid, trust } from './correct-stage.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
import { chiangRai, letterItem, moi, plainLetter, type ScriptedAdapter } from './harness.ts'

t.setTimeout(600_000)

const broughtTo = ({ brought }: ScriptedAdapter): string[] =>
  brought.map((parcel) => `${contentOf(parcel)} ${parcel.envelope.messageId.slice(-4)}`)

t.test(
  'it goes where a letter came to nothing, and the old one is recalled before it in one lane',
  async (t) => {
    for (const said of ['reject', 'invalid'] as const) {
      const world = await openWorld(t, trust)
      const old = await sentAndSaid(world, said)
      const { messageId, recipients } = mustBe(await order(world, { messageId: old, ...anew }))
      t.same(recipients, [moi])
      await world.clock.advance(60_000)
      t.same(await world.statesOf(old), { moi: 'recalled' })
      t.same(await world.statesOf(messageId), { moi: 'delivered' })
      const [first, recall, next] = world.ministry.brought
      t.same(world.ministry.brought.map(contentOf), ['letter', 'recall', 'letter'])
      t.equal(first?.envelope.messageId, old)
      t.equal(next?.envelope.messageId, messageId)
      t.match(recall?.envelope, {
        notice: { about: { messageId: old }, reason: `มีฉบับแก้ไขมาแทน: ${messageId}` },
      })
      t.match(next?.envelope, { letter: { subject: 'เรื่องที่แก้ไขแล้ว', number: letter.number } })
      await world.say(world.ministry, 'accept', messageId, '9/2569')
      await world.clock.advance(1_000)
      t.same(await world.statesOf(messageId), { moi: 'registered' })
      t.match(world.province.brought.map(contentOf).at(-1), 'accept', 'its sender is told of it')
    }
  },
)

t.test(
  'who ordered it, why, and what was said anew stands in the events and in what is signed',
  async (t) => {
    const world = await openWorld(t, trust)
    const old = await sentAndSaid(world, 'reject')
    const { messageId } = mustBe(await order(world, { messageId: old, ...anew }))
    const [before, after] = [await storyOf(world.committed, old), await storyOf(world.committed, messageId)]
    const said = { orderedBy: 'somchai', why: 'the ministry said so' }
    t.match(
      before?.events.find(({ name }) => name === 'letter.corrected'),
      {
        office: moi,
        facts: { by: messageId, ...said },
      },
    )
    t.match(
      after?.events.find(({ name }) => name === 'letter.taken'),
      {
        facts: { recipients: 1, corrects: old, ...said },
      },
    )
    const { source, provenance } = after ?? {}
    t.match(source, { system: 'saraban', document: 'correction' })
    t.match(provenance, { system: 'saraban', format: 'correction', sourceDigest: source?.sha256 })
    const kept = await world.committed.one<{ bytes: Uint8Array }>(
      'SELECT bytes FROM sources WHERE id = ?',
      source?.id ?? '',
    )
    t.match(JSON.parse(Buffer.from(kept?.bytes ?? []).toString()), {
      ...{ corrects: old, as: messageId, by: 'somchai', why: 'the ministry said so' },
      fields: anew.fields,
    })
    const stored = await envelopeById(world.committed, messageId)
    t.match(stored && reopenEnvelope(stored.bytes, stored.digest), { ok: true, value: { provenance } })
  },
)

t.test('what is on its way, has arrived or was recalled is not corrected', async (t) => {
  const steps: Record<string, readonly Parameters<typeof moveLetter>[3][]> = {
    sealed: [],
    forwarding: ['forward'],
    delivered: ['receive'],
    registered: ['receive', 'accept'],
    recalled: ['recall'],
  }
  for (const [state, events] of Object.entries(steps)) {
    const world = await openWorld(t, trust)
    world.ministry.answer = () => away
    const found = await world.offer(letterItem(letter))
    if (found.kind !== 'taken') throw new Error(found.kind)
    const { messageId } = found
    for (const event of events)
      await world.desk.database.write((transaction) =>
        moveLetter(transaction, messageId, moi, event, world.clock.now()),
      )
    const answer = await order(world, { messageId, ...anew })
    t.same(codes(answer), ['letter.correct.state'], state)
    t.match(answer, { problems: [{ details: { states: state } }] })
  }
})

t.test('a letter that was given up, or refused at the door, is corrected too', async (t) => {
  const world = await openWorld(t, trust)
  world.ministry.answer = () => refusal
  const refused = await world.send(letter)
  world.ministry.answer = () => taken
  t.same(mustBe(await foreseeCorrection(world.desk, { messageId: refused, ...anew })).unsure, [])
  const { messageId } = mustBe(await order(world, { messageId: refused, ...anew }))
  await world.clock.advance(60_000)
  t.same(
    world.ministry.brought.map(contentOf),
    ['letter', 'letter'],
    'one that never arrived is not recalled aloud',
  )
  t.same(await world.statesOf(messageId), { moi: 'delivered' })

  const other = await openWorld(t, trust)
  other.ministry.answer = () => ({ kind: 'unavailable', said: 'away' })
  other.ministry.policy = { ...usualPolicy, giveUpAfter: 60_000 }
  const lost = await other.send(letter)
  await other.clock.advance(60 * 60_000)
  t.same(await other.statesOf(lost), { moi: 'given-up' })
  other.ministry.answer = () => taken
  const foreseen = mustBe(await foreseeCorrection(other.desk, { messageId: lost, ...anew }))
  t.same(foreseen.unsure, [moi], 'and it is said so')
  const second = mustBe(await order(other, { messageId: lost, ...anew }))
  await other.clock.advance(60_000)
  t.same(other.ministry.brought.map(contentOf).slice(-2), ['recall', 'letter'], 'it may have arrived')
  t.same(await other.statesOf(second.messageId), { moi: 'delivered' })
})

t.test('a circular goes to those alone at whom it came to nothing', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject', circular)
  t.same(await world.statesOf(old), { 57: 'delivered', moi: 'refused' })
  t.same(codes(await order(world, { messageId: old, office: chiangRai, ...anew })), ['letter.correct.state'])
  const { messageId } = mustBe(await order(world, { messageId: old, ...anew }))
  await world.clock.advance(60_000)
  t.same(await world.statesOf(old), { 57: 'delivered', moi: 'recalled' })
  t.same(await world.statesOf(messageId), { moi: 'delivered' })
  t.equal(world.neighbour.brought.length, 1, 'who has it hears nothing of it')
  t.match(world.ministry.brought.at(-1)?.envelope, { letter: { circular: true, to: { offices: [moi] } } })
  const again = await world.offer(letterItem(circular), { handover: 'the next night' })
  t.match(again, { kind: 'known' }, 'the export of the next night changes nothing')
  t.equal(broughtTo(world.ministry).length, 3)
})

t.test('what was corrected under another number, or to another office, does not go as it was', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject')
  const changes = { fields: { to: '57', number: 'ชม 0017.1/998' }, attach: [], drop: [] }
  const { messageId } = mustBe(await order(world, { messageId: old, ...changes }))
  await world.clock.advance(60_000)
  const brought = [world.ministry.brought.length, world.neighbour.brought.length]
  const known = { kind: 'known', messageId: old, ended: 'recalled' }
  t.match(await world.offer(letterItem(letter), { sender: 'waits', handover: 'again' }), known)
  t.match(await world.offer(letterItem(letter), { handover: 'the next night' }), known)
  await world.clock.advance(60_000)
  t.same([world.ministry.brought.length, world.neighbour.brought.length], brought)
  await world.say(world.neighbour, 'reject', messageId)
  t.match(
    await world.offer(letterItem(letter), { sender: 'waits', handover: 'once more' }),
    known,
    'whatever became of the correction',
  )
  const third = { fields: { number: 'ชม 0017.1/997' }, attach: [], drop: [] }
  const next = mustBe(await order(world, { messageId, ...third }))
  const offered = (handover: string) => world.offer(letterItem(letter), { sender: 'waits', handover })
  t.match(await offered('and again'), known, 'nor while what corrected the correction stands')
  await world.say(world.province, 'recall', next.messageId)
  t.match(await offered('at last'), { kind: 'taken' }, 'nothing stands in its place')
})

t.test('another number, another recipient, other attachments', async (t) => {
  const world = await openWorld(t, trust)
  const { desk } = world
  const kept = async (text: string, name: string, role: Attachment['role']): Promise<Attachment> => ({
    ...{ name, mediaType: 'application/pdf' as Attachment['mediaType'], role },
    ...(await desk.attachments.keep(Buffer.from(text), 1_000)),
  })
  const first = await kept('%PDF old', 'เดิม.pdf', 'main')
  const annex = await kept('%PDF annex', 'annex.pdf', 'enclosure')
  const offered = await world.offer({
    ...letterItem(letter),
    attachments: [first, annex].map(({ name, role, sha256, size }) => ({
      ...{ name, role, mediaType: 'application/pdf' },
      content: { kind: 'kept' as const, sha256, size },
    })),
  } as Parameters<typeof world.offer>[0])
  if (offered.kind !== 'taken') throw new Error(JSON.stringify(offered))
  await world.clock.advance(1_000)
  await world.say(world.ministry, 'invalid', offered.messageId)
  await world.clock.advance(1_000)
  const main = await kept('%PDF new', 'ใหม่.pdf', 'main')
  const { messageId } = mustBe(
    await order(world, {
      messageId: offered.messageId,
      fields: { to: '57', number: 'ชม 0017.1/๙๙๙' },
      attach: [main],
      drop: ['annex.pdf'],
    }),
  )
  await world.clock.advance(60_000)
  t.same(await world.statesOf(messageId), { 57: 'delivered' })
  t.same(await world.statesOf(offered.messageId), { moi: 'recalled' })
  t.match(world.neighbour.brought.at(-1)?.envelope, {
    letter: {
      number: { normalized: 'ชม 0017.1/999' },
      attachments: [{ name: 'ใหม่.pdf', sha256: main.sha256 }],
    },
  })
  t.equal(contentOf(world.ministry.brought.at(-1) ?? world.ministry.brought[0]!), 'recall')

  await world.say(world.neighbour, 'reject', messageId)
  const standing = await sentAndSaid(world, undefined, plainLetter({ to: { offices: [chiangRai] } }))
  t.match(
    await order(world, { messageId, fields: { number: letter.number.printed }, attach: [], drop: [] }),
    {
      problems: [{ code: 'letter.conflict', details: { earlier: standing } }],
    },
  )
  const ghost = { ...main, sha256: 'ab'.repeat(32) }
  t.same(codes(await order(world, { messageId, fields: {}, attach: [ghost], drop: [] })), [
    'letter.attachment.missing',
  ])
  const wrong = {
    fields: { subject: '', to: '51', from: '57', attachments: [] },
    attach: [],
    drop: ['x.pdf'],
  }
  t.same(codes(await order(world, { messageId, ...wrong })), [
    'letter.correct.attachments',
    'letter.sender.other',
    'letter.correct.attachment-unknown',
    'letter.field.missing',
  ])
  t.same(codes(await order(world, { messageId, fields: { to: '51' }, attach: [], drop: [] })), [
    'letter.recipient.unreachable',
  ])
  t.same(codes(await order(world, { messageId, fields: {}, attach: [], drop: [] })), [
    'letter.correct.nothing',
  ])
  t.same(codes(await order(world, { messageId, fields: { secreccy: 'secret' }, attach: [], drop: [] })), [
    'letter.json.unknown-key',
  ])
})

t.test('an office that seals by itself corrects by itself', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject')
  const without = { ...world.desk, signers: new Map() }
  t.same(codes(await foreseeCorrection(without, { messageId: old, ...anew })), ['letter.correct.key'])
})

t.test('its own recipients, said again in any order, are no change', async (t) => {
  const world = await openWorld(t, trust)
  const old = await sentAndSaid(world, 'reject', circular)
  await world.say(world.neighbour, 'reject', old)
  for (const to of [
    ['moi', '57'],
    ['57', 'moi'],
  ])
    t.same(codes(await order(world, { messageId: old, fields: { to }, attach: [], drop: [] })), [
      'letter.correct.nothing',
    ])
  t.same(await world.statesOf(old), { 57: 'refused', moi: 'refused' })
  const one = await order(world, { messageId: old, fields: { to: 'moi' }, attach: [], drop: [] })
  t.same(mustBe(one).recipients, ['moi'], 'fewer are one')
  t.same(codes(await order(world, { messageId: old, office: '50', ...anew })), ['letter.correct.office'])
})

t.test(
  'the letter that took its place is named, and no file is asked for that comes with the correction',
  async (t) => {
    const world = await openWorld(t, trust)
    const old = await sentAndSaid(world, 'reject')
    const { messageId } = mustBe(await order(world, { messageId: old, ...anew }))
    t.match(await order(world, { messageId: old, ...anew }), {
      problems: [{ code: 'letter.correct.replaced', details: { by: messageId } }],
    })
    await world.clock.advance(60_000)
    await world.say(world.ministry, 'reject', messageId)
    const sha256 = 'cd'.repeat(32)
    const name = 'x.pdf'
    const file = { name, mediaType: 'application/pdf', role: 'enclosure', size: 9, sha256 } as Attachment
    const brought = { messageId, fields: {}, attach: [file], drop: [] }
    t.same(codes(await foreseeCorrection(world.desk, brought)), ['letter.attachment.missing'])
    mustBe(await foreseeCorrection(world.desk, brought, new Set([sha256])))
  },
)

t.test(
  'files that came with a correction may leave again when it is not made, and stay when it is',
  async (t) => {
    const world = await openWorld(t, trust)
    const { desk } = world
    const old = await sentAndSaid(world, 'reject')
    const scan = async (text: string): Promise<Attachment> => ({
      ...{ name: 'scan.pdf', mediaType: 'application/pdf' as Attachment['mediaType'], role: 'main' },
      ...(await desk.attachments.keep(Buffer.from(text), 1_000)),
    })
    const [first, second, third] = [await scan('%PDF 1'), await scan('%PDF 2'), await scan('%PDF 3')]
    const leaving = async () =>
      (await desk.database.committed.all<{ sha256: string }>('SELECT sha256 FROM leaving')).map(
        ({ sha256 }) => sha256,
      )
    const by = { messageId: old, fields: {}, drop: [] }
    const said = { as: newMessageId(world.clock, systemRandom), by: 'somchai', why: 'a scan' }
    const other = await correctLetter(desk, { ...by, ...said, attach: [first], digest: 'of another plan' })
    t.same(codes(other), ['letter.correct.changed'])
    t.same(await leaving(), [first.sha256])
    mustBe(await order(world, { ...by, attach: [second] }))
    t.same(await leaving(), [first.sha256])
    const late = await correctLetter(desk, { ...by, ...said, attach: [third], digest: 'too late' })
    t.same(codes(late), ['letter.correct.replaced'])
    t.same((await leaving()).sort(), [first.sha256, third.sha256].sort())
  },
)
