// Why a letter is stuck: the reason as it is kept, and told to whoever is to do something about it.
import t from 'tap'
import { reasonLine, reasonOf } from '../../src/cli/reason.ts'
import { headFor, settlePolled } from '../../src/gateway/delivery/polled.ts'
import { attemptsOf, endAttempt } from '../../src/gateway/journal/attempts.ts'
import { deliveriesOfMessage } from '../../src/gateway/journal/deliveries.ts'
import { catalogue } from '../../src/problem/catalogue.ts'
import { type ProblemCode, problem } from '../../src/problem/problem.ts'
import { moi, rest, until } from '../gateway/harness.ts'
import { by, open, unknownKind } from './stuck-stage.ts'

t.test('no reason has an empty place, whatever was stored', async (t) => {
  const { gateway, send, province } = await open(t)
  province.answer = () => unknownKind
  const id = await send()
  await until(() => province.brought.length === 1, 'the receive notice')
  await rest()
  const { database } = gateway.desk
  const delivery = (await deliveriesOfMessage(database.committed, id))[0]!
  for (const code of Object.keys(catalogue) as ProblemCode[]) {
    const { en, remedy } = catalogue[code]
    const places = [...`${en} ${remedy.en}`.matchAll(/\{(\w+)\}/g)].map(([, place = '']) => place)
    const details = Object.fromEntries(places.map((place) => [place, `<${place}>`]))
    const whole = problem(code, 'field', 'a value', details)
    const kept = async (said?: string) => {
      await database.write((transaction) =>
        endAttempt(transaction, delivery, 1, 'refused', { refusal: whole, said }),
      )
      return (await attemptsOf(database.committed, delivery.id)).at(-1)!
    }
    const attempt = await kept()
    const reason = reasonOf(attempt)
    const told = `${reasonLine(reason)} ${reason.remedy}`
    for (const place of places) {
      const expected = place === 'value' ? '“a value”' : place === 'path' ? 'field' : `<${place}>`
      t.ok(told.includes(expected), `${code}: ${place} in ${told}`)
    }
    // As journals had it before, and as adapters say it in one line.
    for (const each of [
      { ...attempt, details: null },
      { ...attempt, details: null, problem: null, said: `${code}: it is so` },
      { ...attempt, details: null, problem: null, said: `it is so [${code}]` },
    ]) {
      const { message, remedy: toDo, code: known } = reasonOf(each)
      t.equal(known, code)
      t.notMatch(`${message} ${toDo}`, /\{\w+\}|\(none\)/, code)
    }
  }
  const long = problem('adapter.field.code-unknown', 'kind', 'ก'.repeat(10_000), {
    expected: 'ข'.repeat(10_000),
  })
  await database.write((transaction) => endAttempt(transaction, delivery, 1, 'refused', { refusal: long }))
  t.ok((await attemptsOf(database.committed, delivery.id)).at(-1)!.details!.length < 2_000, 'bounded')
})

t.test('what an adapter says in one line is a reason, a code and what to do', (t) => {
  const attempt = { deliveryId: 'd', number: 1, startedAt: 0, endedAt: 1, outcome: 'unavailable' }
  const said = 'the folder “/mnt/x” is not there [attempt.folder.missing] Look whether it is mounted.'
  t.match(reasonOf({ ...attempt, problem: null, details: null, said }), {
    message: 'the folder “/mnt/x” is not there',
    code: 'attempt.folder.missing',
    remedy: 'Look whether it is mounted.',
  })
  t.end()
})

t.test('the notice of a refusal says why, in letters that old systems have', async (t) => {
  const { ministry, province, send, saraban } = await open(t)
  const odd = { expected: `ภายนอก – “${'ก'.repeat(400)}”` }
  ministry.answer = () => ({
    kind: 'refused',
    problem: problem('adapter.field.code-unknown', 'kind', `ด่วน 中${'ข'.repeat(150)}`, odd),
  })
  const id = await send()
  await until(() => province.brought.length === 1, 'the reject notice')
  const { envelope } = province.brought[0]!
  const reason = envelope.content === 'notice' ? envelope.notice.reason : ''
  t.match(
    reason,
    /^ไม่มี "ด่วน \?ข+" ในตารางของช่องนี้ ตารางมี: ภายนอก - "ก+\.\.\. \[adapter\.field\.code-unknown\]$/,
  )
  t.ok(reason.length <= 300)
  t.match(
    (await saraban('show', id)).out,
    /the letter to moi: refused at .*\n {4}why: kind: “ด่วน 中ข+” is not in/,
  )
})

t.test('a system that polls and refuses: its reason is kept', async (t) => {
  const { gateway, send, saraban } = await open(t, { polls: true })
  const id = await send()
  const parcel = await headFor(gateway.desk, { office: moi, receipts: false })
  t.ok(await settlePolled(gateway.desk, { office: moi, receipts: false }, parcel!.id, unknownKind))
  t.match(
    (await saraban('list', '--stuck')).out,
    /the letter to moi: refused at .*; kind: “ด่วน” is not in the table/,
  )
  t.match((await saraban('retry', id, ...by)).out, 'the letter to moi: waits to be brought again')
  t.equal(
    (await headFor(gateway.desk, { office: moi, receipts: false }))?.envelope.messageId,
    id,
    'it is shown again',
  )
})
