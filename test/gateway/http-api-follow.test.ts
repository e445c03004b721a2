// The feed of events as it happens (server-sent events): whoever is cut off goes on without a gap, whoever reads slowly holds
// nobody up, and a gateway that stops lets nobody hang.
import { get as request } from 'node:http'
import t, { type Test } from 'tap'
import type { Gateway } from '../../src/gateway/gateway.ts'
import { recordEvent } from '../../src/gateway/journal/events.ts'
import { systemClock } from '../../src/letter/time.ts'
import { apiInstallation, asking } from './api-stage.ts'
import { scratch, until } from './harness.ts'
import { ask, bearer } from './installation.ts'
import { journalBeside } from './journal-engine.ts'

t.setTimeout(600_000)

/** What more than fills what the two ends of a connection keep for a reader who takes nothing. */
const flood = 20_000
const words = 'x'.repeat(1_500)

/** A reader of the feed from behind `after`. */
class Reader {
  readonly seqs: number[] = []
  /** The place from which it goes on, and its number. */
  place: string
  last: number
  ended: 'whole' | 'cut' | undefined
  #rest = ''
  readonly #asked: ReturnType<typeof request>
  #answer: { pause(): void; resume(): void; destroy(): void } | undefined

  constructor(http: string, after: number | string, { paused = false, resumed = false } = {}) {
    this.place = String(after)
    this.last = Number.parseInt(this.place, 10)
    const headers = {
      ...bearer('api-key-of-auditor'),
      accept: 'text/event-stream',
      ...(resumed && { 'last-event-id': String(after) }),
    }
    const path = `${http}/v1/events${resumed ? '' : `?after=${after}`}`
    this.#asked = request(path, { headers, agent: false }, (answer) => {
      this.#answer = answer
      answer.setEncoding('utf8')
      answer.on('data', (text: string) => this.#read(text))
      answer.once('end', () => {
        this.ended ??= 'whole'
      })
      answer.once('close', () => {
        this.ended ??= 'cut'
      })
      answer.on('error', () => undefined)
      if (paused) answer.pause()
    })
    this.#asked.on('error', () => undefined)
  }

  get isHere(): boolean {
    return this.#answer !== undefined
  }

  pause(): void {
    this.#answer?.pause()
  }

  resume(): void {
    this.#answer?.resume()
  }

  cut(): void {
    this.#asked.destroy()
  }

  #read(text: string): void {
    const pieces = `${this.#rest}${text}`.split('\n\n')
    this.#rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      this.place = /^id: (\S+)$/m.exec(piece)?.[1] ?? ''
      this.last = Number.parseInt(this.place, 10)
      if (/^data: /m.test(piece)) this.seqs.push(this.last)
    }
  }
}

/** All events of the journal that are for everybody, as the pages of the feed give them. */
async function paged(http: string, from: number): Promise<number[]> {
  const { get } = asking(http)
  const seqs: number[] = []
  for (let after = String(from); ; ) {
    const { body } = await get('auditor', '/v1/events', { after, limit: '200' })
    if (body.items.length === 0 && body.next === after) return seqs
    seqs.push(...body.items.map(({ seq }) => Number(seq)))
    after = body.next ?? ''
  }
}

async function open(t: Test) {
  const folder = scratch(t)
  const installation = await apiInstallation(folder)
  let gateway: Gateway | undefined
  const start = async (): Promise<string> => {
    gateway = await installation.start()
    return gateway.http ?? ''
  }
  const stop = async (): Promise<void> => {
    await gateway?.stop()
    gateway = undefined
  }
  t.teardown(stop)
  return { folder, start, stop }
}

t.test('cut off again and again it goes on: each event once, in order', async (t) => {
  const { start } = await open(t)
  const http = await start()
  const { send } = asking(http)
  const seqs: number[] = []
  const letters = 60
  let reader = new Reader(http, 0)
  for (let sent = 0; sent < letters; ) {
    const sending = Array.from({ length: 5 }, () => send('50', sent++, { to: '57' }))
    // Some of them came, or all, or the connection was cut before any did.
    const enough = sent % 4
    await until(() => reader.isHere && reader.seqs.length >= enough, 'some events came')
    reader.cut()
    await Promise.all(sending)
    seqs.push(...reader.seqs)
    reader = new Reader(http, reader.place, { resumed: true })
  }
  const all = await paged(http, 0)
  const last = all.at(-1) ?? 0
  await until(() => reader.last >= last, 'the last event came')
  seqs.push(...reader.seqs)
  reader.cut()
  t.ok(all.length > letters, `${all.length} events`)
  t.same(
    seqs.filter((seq) => seq <= last),
    all,
  )
})

t.test('who takes nothing holds nobody up, misses nothing, and is not waited for at the end', async (t) => {
  const { folder, start, stop } = await open(t)
  await start()
  await stop()
  const journal = await journalBeside(folder)
  for (let many = 0; many < flood; many += 500)
    await journal.write(async (transaction) => {
      for (let one = 0; one < 500; one += 1)
        await recordEvent(transaction, systemClock.now(), 'source.refused', { office: '50' }, { words })
    })
  await journal.close()
  const http = await start()
  const all = await paged(http, 0)
  t.ok(all.length >= flood)

  const [slow, never] = [new Reader(http, 0, { paused: true }), new Reader(http, 0, { paused: true })]
  await until(() => slow.isHere && never.isHere, 'both are answered')
  const { send } = asking(http)
  const quick = new Reader(http, all.at(-1) ?? 0)
  await until(() => quick.isHere, 'it is answered')
  await send('50', 1, { to: '57' })
  await until(() => quick.seqs.length > 0, 'another is told at once of what happens')
  t.same(slow.seqs, [])

  slow.resume()
  await until(() => slow.last >= quick.last, 'it has caught up')
  t.same(slow.seqs.slice(0, all.length), all, 'each once, in order')

  const began = performance.now()
  await stop()
  t.ok(performance.now() - began < 60_000, 'a reader that takes nothing does not hold the gateway up')
  await until(() => quick.ended !== undefined && slow.ended !== undefined, 'they are told that it ends')
  t.equal(quick.ended, 'whole', 'the feed has ended; nothing was cut off')
  never.resume()
  await until(() => never.ended !== undefined, 'it was cut off')

  const again = new Reader(await start(), quick.last, { resumed: true })
  await until(() => again.isHere, 'it goes on')
  t.notOk(
    again.seqs.some((seq) => seq <= quick.last),
    'behind where it was',
  )
  again.cut()
})

t.test('HEAD is no question of the API, and holds nothing', async (t) => {
  const { start } = await open(t)
  const http = await start()
  const headers = { ...bearer('api-key-of-auditor'), accept: 'text/event-stream' }
  const statuses = new Set<number>()
  for (let asked = 0; asked < 70; asked += 1)
    statuses.add((await ask(`${http}/v1/events?after=0`, { method: 'HEAD', headers })).status)
  t.same([...statuses], [404])
  const reader = new Reader(http, 0)
  await until(() => reader.seqs.length > 0, 'a follower finds a place')
  reader.cut()
})
