// What is refused to somebody who waits for the answer: he is told, and has it still. Of it nothing stays but the events (decision 0003).
import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { checkNotice } from '../../src/letter/check.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { openWorld } from './correspondents.ts'
import { chiangMai, chiangRai, letterItem, makeTrust, moi, plainLetter, sealedBy } from './harness.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const secret = plainLetter({ to: { offices: [chiangRai] }, secrecy: 'secret' })
const other = { ...secret, subject: 'อื่น' }

async function open(t: Parameters<typeof openWorld>[0]) {
  const world = await openWorld(t, trust)
  const { committed, clock } = world
  return {
    ...world,
    sealed: (said: Parameters<typeof sealedBy>[2]): Item => {
      const { bytes } = sealedBy(trust, clock, said).sealed
      return { kind: 'envelope', position: 'envelope', bytes, attachments: new Map() }
    },
    sources: async () =>
      (await committed.all<{ bytes: Buffer }>('SELECT bytes FROM sources ORDER BY received_at, id')).map(
        ({ bytes }) => String(bytes),
      ),
    /** The last events, with the letter and whether a source is named. */
    events: async (count: number) =>
      (
        await committed.all<{ name: string; about: MessageId | null; source: string | null }>(
          'SELECT name, message_id AS about, source_id AS source FROM events ORDER BY seq',
        )
      )
        .slice(-count)
        .map(({ name, about, source }) => [name, about, source !== null]),
  }
}

const waits = (bytes: string) => ({ sender: 'waits', bytes: Buffer.from(bytes) }) as const

t.test('another letter under a number that is taken', async (t) => {
  const world = await open(t)
  const id = await world.send(secret, waits('the first'))
  t.match(await world.offer(letterItem(other), waits('the other, refused')), {
    ...{ kind: 'refused', problems: [{ code: 'letter.conflict' }] },
  })
  t.same(await world.sources(), ['the first'])
  t.same(
    await world.events(2),
    [
      ['letter.conflicted', id, false],
      ['source.refused', null, false],
    ],
    'the letter’s story tells of it',
  )
  t.match(await world.offer(letterItem(other), { bytes: Buffer.from('the other, in a folder') }), {
    kind: 'quarantined',
  })
  t.same(
    await world.sources(),
    ['the first', 'the other, in a folder'],
    'what nobody waits for is kept whole',
  )
  t.ok((await world.events(9)).some(([name, , source]) => name === 'letter.conflicted' && source === true))
})

for (const [title, offered, code] of [
  ['another letter', other, 'letter.conflict'],
  ['the same letter, which had ended', secret, 'letter.ended'],
] as const)
  t.test(`${title}, sealed under a number that is taken`, async (t) => {
    const world = await open(t)
    const seal = (letter: Letter) => world.sealed({ letter })
    t.equal((await world.offer(seal(secret), waits('the first'))).kind, 'taken')
    await world.clock.advance(1000)
    const { envelope } = world.neighbour.brought[0] ?? {}
    const id = envelope?.messageId ?? t.fail('it was brought')
    await world.say(world.neighbour, 'reject', id as MessageId)
    await world.clock.advance(1000)
    const before = await world.sources()
    const became = await world.offer(seal(offered), waits('the second, refused'))
    t.match(became, { kind: 'refused', problems: [{ code }] })
    t.same(await world.sources(), before)
    t.match(await world.events(2), [
      [code === 'letter.ended' ? 'letter.known' : 'letter.conflicted', id, false],
      ['source.refused', null, false],
    ])
  })

t.test('a sealed notice about a letter that its office may not speak of', async (t) => {
  const world = await open(t)
  const id = await world.send(secret, waits('the first'))
  const { number, date, subject } = secret
  const about = { messageId: id, digest: 'a'.repeat(64), number: number.printed, date, subject }
  const said = {
    kind: 'receive',
    from: moi,
    to: chiangMai,
    at: world.clock.now(),
    reason: '',
    about,
  } as const
  const item = world.sealed({ notice: mustBe(checkNotice(said)) })
  t.match(await world.offer(item, waits('a word, refused'), world.ministry), {
    ...{ kind: 'refused', problems: [{ code: 'notice.letter.unknown' }] },
  })
  t.same(await world.sources(), ['the first'])
})

t.test('what is known is told so, and is not kept twice', async (t) => {
  const world = await open(t)
  const id = await world.send(secret, waits('the first'))
  t.match(await world.offer(letterItem(secret), waits('once more')), { kind: 'known', messageId: id })
  t.same(await world.sources(), ['the first'])
})
