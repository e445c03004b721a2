// Commands that problems print: pasted as they are they find what the problem is about.
import t, { type Test } from 'tap'
import type { Outcome } from '../../src/adapters/contract.ts'
import { deliveryPolicyOf } from '../../src/adapters/delivery-policy.ts'
import { alarmProblem, type Check } from '../../src/gateway/alarms/condition.ts'
import { deadlineCheck, givenUpCheck, presentCheck, recallCheck } from '../../src/gateway/alarms/offices.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { noticesAbout } from '../../src/gateway/journal/notices.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { type Language, problem, remedyOf } from '../../src/problem/problem.ts'
import { hour, minute } from '../gateway/alarms-stage.ts'
import { chiangMai, makeTrust, moi, until } from '../gateway/harness.ts'
import { open as openWith } from './operator.ts'

const trust = await makeTrust([chiangMai, moi])
const languages: readonly Language[] = ['en', 'th']
const away: Outcome = { kind: 'unavailable', said: 'away' }
const refusal: Outcome = {
  kind: 'refused',
  problem: problem('adapter.field.code-unknown', 'kind', 'ด่วน', { expected: 'ภายนอก' }),
}
const briefly = deliveryPolicyOf({
  retry: { pauses: ['1s'], every: '1s', giveUpAfter: '5s', giveUpNoticesAfter: '5s' },
})
const command = /saraban messages (list|retry)((?: --(?:open|stuck)| --[a-z]+ \S+)*)/g

async function opened(t: Test) {
  const world = await openWith(t, trust)
  const { gateway, clock, saraban } = world
  return {
    ...world,
    committed: gateway.desk.database.committed,
    /** What the commands of an alarm print that is raised now. */
    async pasted(check: Check, subject: string): Promise<readonly string[]> {
      const raised = (await check.look(clock.now())).find((each) => each.subject === subject)
      if (raised === undefined) throw new Error(`no alarm of ${subject}`)
      const found = alarmProblem(raised.kind, subject, raised.facts)
      const printed = languages.flatMap((language) => [...remedyOf(found!, language).matchAll(command)])
      const said: string[] = []
      for (const [, name = '', words = ''] of printed) {
        const { code, out, err } = await saraban(name, ...words.trim().split(' '))
        t.equal(code, 0, `${name}${words}: ${err}`)
        said.push(out)
      }
      t.ok(said.length >= languages.length, 'a command in each language')
      return said
    },
  }
}

const shortOf = (id: MessageId): string => id.slice('urn:uuid:'.length)

t.test('no command has a place that is filled in quotes', (t) => {
  const quoted = Object.entries(catalogue).filter(([, { en, th, remedy }]) =>
    [en, th, remedy.en, remedy.th].some((text) =>
      /saraban [a-z][^.;,]*\{value\}|--[a-z]+ \{value\}/.test(text),
    ),
  )
  t.same(
    quoted.map(([code]) => code),
    [],
  )
  t.end()
})

t.test('a receive number to an office that is away, and then was given up', async (t) => {
  const world = await opened(t)
  const { province, ministry, clock, committed, saraban } = world
  province.policy = briefly
  province.answer = () => away
  const id = await world.send()
  await until(async () => (await noticesAbout(committed, id)).length > 0, 'taken by the ministry')
  await world.say(ministry, 'accept', id)
  await clock.advance(3000)
  for (const out of await world.pasted(presentCheck(committed, 'breaker', 0), chiangMai))
    t.match(out, new RegExp(`${shortOf(id)}[^]*the receive notice to 50, open since`))
  t.equal((await saraban('list', '--stuck', '--office', moi)).out, 'no letters\n', 'nothing of it goes there')

  await clock.advance(5 * minute)
  const ends = async (): Promise<string[]> => {
    const notices = await noticesAbout(committed, id)
    const found = notices.map(({ messageId }) => deliveriesOfMessage(committed, messageId))
    return (await Promise.all(found)).flat().map(({ state }) => state)
  }
  t.same(await ends(), ['given-up', 'given-up'])
  const [listed, brought] = await world.pasted(givenUpCheck(committed), chiangMai)
  t.match(listed, new RegExp(`${shortOf(id)}[^]*the accept notice to 50: given-up at`))
  t.match(brought, 'the accept notice to 50: given-up\nnothing was done: --yes does it')
  t.equal((await saraban('list', '--stuck', '--office', moi)).out, 'no letters\n')
  t.equal((await saraban('list', '--open', '--office', chiangMai)).out, 'no letters\n', 'it is not open')
})

t.test('what is nearly late, and what is late to one office and on its way to another', async (t) => {
  const world = await opened(t)
  const { ministry, province, clock, committed, saraban } = world
  province.answer = () => away
  const id = await world.send()
  await until(async () => (await noticesAbout(committed, id)).length > 0, 'taken by the ministry')
  clock.jump(19 * hour)
  for (const out of await world.pasted(deadlineCheck(committed), chiangMai)) t.match(out, shortOf(id))
  clock.jump(6 * hour)
  ministry.answer = () => away
  await world.say(province, 'recall', id)
  const listed = async (...words: string[]) => (await saraban('list', ...words)).out
  t.match(await listed('--open', '--office', moi), 'the recall notice to moi')
  t.match(await listed('--late', '--office', chiangMai), shortOf(id))
  t.equal(await listed('--late', '--office', moi), 'no letters\n')
})

t.test('a recall that was refused', async (t) => {
  const world = await opened(t)
  const { ministry, province, committed } = world
  const id = await world.send()
  await until(async () => (await noticesAbout(committed, id)).length > 0, 'taken by the ministry')
  ministry.answer = () => refusal
  await world.say(province, 'recall', id)
  await until(async () => (await recallCheck(committed).look(world.clock.now())).length > 0, 'refused')
  for (const out of await world.pasted(recallCheck(committed), moi)) t.match(out, shortOf(id))
})

t.test('a list by state says how many secret letters it leaves out', async (t) => {
  const world = await opened(t)
  world.ministry.answer = () => refusal
  await world.send({ secrecy: 'secret' })
  await until(async () => {
    const { out, err } = await world.saraban('list', '--state', 'refused')
    return out === 'no letters\n' && err === '1 more that are secret: --secret shows them too\n'
  }, 'it is told')
})
