// What breaks work off lives longer than the work: nothing of the work stays at it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { breakable } from '../../src/adapters/breakable.ts'
import { Client, wholeOf } from '../../src/adapters/transports/rest/client.ts'
import { peerOf } from '../../src/adapters/transports/soap/peer.ts'
import type { ToldAlarm } from '../../src/gateway/alarms/told.ts'
import { webhook } from '../../src/gateway/alarms/webhook.ts'
import { systemClock } from '../../src/letter/time.ts'
import { rememberSignals } from './signals.ts'

const second = 1000

t.test('an abort reaches what is under way, whichever it is, and what begins after it', async (t) => {
  for (const which of [0, 1]) {
    const controllers = [new AbortController(), new AbortController()] as const
    const signals = controllers.map(({ signal }) => signal)
    const working = breakable(signals, async (signal) => {
      t.notOk(signal.aborted)
      await once(signal, 'abort')
      return signal.reason as unknown
    })
    controllers[which]?.abort('enough')
    t.equal(await working, 'enough')
    t.same(await breakable(signals, async ({ aborted, reason }) => [aborted, reason]), [true, 'enough'])
  }
})

t.test('nothing stays, whatever becomes of the work', async (t) => {
  const seen = rememberSignals(t)
  const [stop, other] = [new AbortController(), new AbortController()]
  const signals = [stop.signal, other.signal]
  const warned: string[] = []
  const warn = ({ name }: Error): void => void warned.push(name)
  process.on('warning', warn)
  t.after(() => process.off('warning', warn))
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const working = Array.from({ length: 32 }, () => breakable(signals, () => ended))
  await new Promise((resolve) => setImmediate(resolve))
  t.same(warned, [], 'many at once are no leak')
  end()
  await Promise.all(working)
  await t.rejects(
    breakable(signals, async () => {
      throw new Error('a defect')
    }),
    /a defect/,
  )
  await t.rejects(
    breakable(signals, () => {
      throw new Error('at once')
    }),
    /at once/,
  )
  t.same(seen.left(), [])
  stop.abort()
  await breakable(signals, async () => undefined)
  t.same(seen.left(), [], 'nor at the other one, when the first was aborted')
})

/** A server that answers everything with nothing; what hangs at `/silent` is answered never. */
async function serverOf(t: Test): Promise<URL> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.url !== '/silent') response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

const times = 1_000
const often = async (act: () => Promise<unknown>): Promise<void> => {
  for (let count = 0; count < times / 8; count += 1) await Promise.all(Array.from({ length: 8 }, act))
}

t.test(
  'nothing of a thousand requests stays at what stops a system, nor at what breaks an attempt off',
  async (t) => {
    const seen = rememberSignals(t)
    const base = await serverOf(t)
    const breakOff = new AbortController()
    const client = new Client({
      ...{
        base,
        clock: systemClock,
        connect: second,
        within: 10 * second,
        transfer: 60 * second,
        connections: 8,
      },
      signIn: { proof: async () => ({ kind: 'proof', headers: {} }), renew: () => false },
    })
    const ask = (path: string) =>
      client.ask(
        { method: 'GET', url: new URL(path, base), headers: {}, signal: breakOff.signal },
        wholeOf(second),
      )
    await often(async () => t.equal((await ask('/')).kind, 'whole'))
    t.ok(seen.count() > times)
    t.same(seen.left(), [])
    const [broken, stopped] = [ask('/silent'), ask('/silent')]
    breakOff.abort()
    t.match(await broken, { kind: 'trouble' })
    t.match(await ask('/'), { kind: 'trouble' }, 'aborted before')
    await Promise.all([stopped, client.stop()])
    t.same(seen.left(), [])
  },
)

t.test('nor of a thousand calls of the exchange', async (t) => {
  const seen = rememberSignals(t)
  const base = await serverOf(t)
  const ending = new AbortController()
  const peer = peerOf({
    ...{ url: base.href, clock: systemClock, connect: second, within: 10 * second, connections: 8 },
    ...{ charset: 'utf-8', bytes: (message: Buffer) => message },
  })
  t.after(() => peer.close())
  const call = () =>
    peer.call({
      ...{ operation: 'OutboundStatusRequest', content: Buffer.alloc(0), id: 'x', limit: second },
      signal: ending.signal,
    })
  await often(async () => t.equal((await call()).kind, 'heard'))
  t.ok(seen.count() > times)
  t.same(seen.left(), [])
  ending.abort()
  t.match(await call(), { kind: 'lost', sent: false })
})

t.test('nor of what is told to a webhook', async (t) => {
  const seen = rememberSignals(t)
  const url = (await serverOf(t)).href
  const stop = new AbortController()
  const hook = webhook(
    { kind: 'webhook', name: 'x', url, secrets: { secret: { env: 'S' } } },
    { secret: 's', authority: undefined },
  )
  t.after(() => hook.close())
  const told: Pick<ToldAlarm, 'id' | 'event'> = { id: '1', event: 'alarm.raised' }
  for (let count = 0; count < 50; count += 1)
    t.match(await hook.tell('{}', told as ToldAlarm, stop.signal), { kind: 'told' })
  t.same(seen.left(), [])
  stop.abort()
  t.match(await hook.tell('{}', told as ToldAlarm, stop.signal), { kind: 'failed' })
})
