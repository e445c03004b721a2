// A recall that was refused is brought again by a person while the letter that follows it is already at its office's door: what
// finds letters by number must never hear of the recall after that letter.
import t from 'tap'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { resend, resendIn } from '../../src/gateway/delivery/resend.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { deliveriesOfMessage, holdForAttempt, setModes } from '../../src/gateway/journal/deliveries.ts'
import { away, contentOf, openWorld, refusal, taken } from './correspondents.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
  until,
} from './harness.ts'
import { isEmbedded } from './journal-engine.ts'

const trust = await makeTrust([chiangMai, chiangRai, moi])
const first = plainLetter({ to: { offices: [chiangRai] } })
const second = plainLetter({ to: { offices: [chiangRai] }, subject: 'แก้ไข' })

t.test('a recall is tried again while the letter behind it is being connected for', async (t) => {
  const world = await openWorld(t, trust)
  const { neighbour, clock } = world
  const id = await world.send(first, { handover: 'claim-1' })
  t.equal((await world.say(neighbour, 'reject', id)).kind, 'taken')
  // Its system does not know recalls; the letter behind goes on at once, and its connection takes a while.
  neighbour.answer = (parcel) => (contentOf(parcel) === 'recall' ? refusal : taken)
  let connected: () => void = () => undefined
  neighbour.connected = async () => {
    if (neighbour.brought.length < 2) return
    neighbour.connected = async () => undefined
    await new Promise<void>((resolve) => (connected = resolve))
  }
  const busy = clock.busy
  clock.busy = () => false
  const corrected = await world.send({ ...second }, { handover: 'claim-2' })
  await until(() => neighbour.brought.length === 2, 'the recall was brought')
  await rest(20)
  t.same(neighbour.brought.map(contentOf), ['letter', 'recall'], 'the letter waits for its connection')
  neighbour.answer = () => taken
  t.same(await world.retry(id, [chiangRai]), ['recall'], 'a person has the recall brought again')
  connected()
  await rest(20)
  clock.busy = busy
  await clock.advance(120_000)
  t.same(
    neighbour.brought.map(contentOf),
    ['letter', 'recall', 'recall', 'letter'],
    'never behind the letter',
  )
  t.same(await world.statesOf(corrected), { [chiangRai]: 'delivered' })
})

t.test('a recall is tried again while a system that polls was shown the letter behind it', async (t) => {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const neighbour = new ScriptedAdapter(chiangRai, { polls: true })
  const { desk, dispatch, close } = await openGateway(scratch(t), trust, [province, neighbour], clock)
  await dispatch.start()
  t.after(close)
  const offer = async (
    item: Parameters<typeof letterItem>[0] | 'reject',
    handover: string,
    messageId = '',
  ) => {
    const by = item === 'reject' ? neighbour : province
    const what =
      item === 'reject'
        ? ({
            kind: 'notice',
            position: 'n',
            draft: { kind: 'reject', about: { messageId }, reason: '' },
          } as never)
        : letterItem(item)
    const [became] = await take(desk, systemOf(by), { ...source(handover), handover }, async () => [what])
    if (became?.kind !== 'taken') throw new Error(JSON.stringify(became))
    return became.messageId
  }
  const polled = { office: chiangRai, receipts: false }
  const shown: string[] = []
  const poll = async () => {
    const parcel = await headFor(desk, { office: chiangRai, receipts: false })
    if (parcel !== undefined) shown.push(contentOf(parcel))
    return parcel
  }
  const id = await offer(first, 'claim-1')
  await settlePolled(desk, polled, (await poll())!.id, taken)
  await offer('reject', 'n-1', id)
  await offer(second, 'claim-2')
  // What its form cannot express is refused, and it is shown the letter behind: it stores that, and then says so.
  await settlePolled(desk, polled, (await poll())!.id, refusal)
  const letter = await poll()
  const order = {
    messageId: id,
    recipients: [chiangRai],
    by: 'somchai',
    why: 'the form knows it now',
    at: clock.now(),
  }
  await resend(desk.database, order)
  t.ok(await settlePolled(desk, polled, letter!.id, taken), 'stored')
  await poll()
  t.same(shown, ['letter', 'recall', 'letter'], 'it is shown no recall behind the letter that it has')
})

t.test(
  'a recall whose answer was lost, and its office polls now and cannot be told it: the letter behind comes',
  async (t) => {
    const world = await openWorld(t, trust)
    const { neighbour, desk } = world
    const id = await world.send(first, { handover: 'claim-1' })
    t.equal((await world.say(neighbour, 'reject', id)).kind, 'taken')
    neighbour.answer = (parcel) =>
      contentOf(parcel) === 'recall' ? { kind: 'unknown', said: 'the connection broke' } : taken
    const corrected = await world.send({ ...second }, { handover: 'claim-2' })
    await until(() => neighbour.brought.length === 2, 'the recall was brought, perhaps')
    await rest(20)
    await desk.database.write((transaction) => setModes(transaction, [[chiangRai, 'poll']]))
    const polled = { office: chiangRai, receipts: false }
    const recall = await headFor(desk, { office: chiangRai, receipts: false })
    t.equal(contentOf(recall!), 'recall')
    t.ok(await settlePolled(desk, polled, recall!.id, refusal), 'what cannot be said is passed by')
    const letter = await headFor(desk, { office: chiangRai, receipts: false })
    t.equal(letter?.envelope.content, 'letter')
    t.ok(await settlePolled(desk, polled, letter!.id, taken))
    t.same(await world.statesOf(corrected), { [chiangRai]: 'delivered' })
  },
)

// One journal with one writer has no two transactions at once.
if (!isEmbedded)
  for (const faster of ['the letter is begun', 'the recall is put back'] as const)
    t.test(`both in transactions of the same moment, and ${faster} first`, async (t) => {
      const world = await openWorld(t, trust)
      const { neighbour, clock, desk, committed } = world
      const { database, member } = desk
      const id = await world.send(first, { handover: 'claim-1' })
      await world.say(neighbour, 'reject', id)
      neighbour.answer = (parcel) => (contentOf(parcel) === 'recall' ? refusal : away)
      const corrected = await world.send(second, { handover: 'claim-2' })
      const [letter] = await deliveriesOfMessage(committed, corrected)
      let go: () => void = () => undefined
      const held = new Promise<void>((resolve) => (go = resolve))
      const begin = database.write(async (transaction) => {
        await transaction.one('SELECT 1 AS seen FROM letters LIMIT 1')
        if (faster === 'the recall is put back') await held
        return holdForAttempt(transaction, letter!.id, letter!.attempts + 1, member.id, clock.now())
      }, 'rows')
      const back = database.write(async (transaction) => {
        await transaction.one('SELECT 1 AS seen FROM letters LIMIT 1')
        if (faster === 'the letter is begun') await held
        const order = { messageId: id, recipients: [chiangRai], by: 'somchai', why: 'test', at: clock.now() }
        return resendIn(transaction, order)
      })
      await (faster === 'the letter is begun' ? begin : back)
      go()
      const became = [await begin, (await back).map(({ content }) => content)]
      t.same(became, faster === 'the letter is begun' ? ['begun', []] : [undefined, ['recall']], 'never both')
    })
