// The sandbox's own parts: ledger, outbox, multipart bodies, fault switches, scans.
import { getEventListeners } from 'node:events'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { crc32, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { request } from 'undici'
import { moi } from '../../src/letter/offices.ts'
import { type Clock, type Instant, systemClock, systemRandom } from '../../src/letter/time.ts'
import { openDesk } from '../../src/sandbox/fleet/http/desk.ts'
import { faultSwitches, readFault } from '../../src/sandbox/inbox/faults.ts'
import { openLedger } from '../../src/sandbox/ledger.ts'
import {
  BrokenMultipart,
  boundaryOf,
  readParts,
  relatedType,
  writeRelated,
} from '../../src/sandbox/multipart.ts'
import { type Handover, openOutbox, retrySchedule } from '../../src/sandbox/outbox.ts'
import { makePdf, makePng } from '../../src/sandbox/paper.ts'

/** A clock that stands still until it is moved. */
function standingClock(start: Instant): Clock & { move(by: Instant): Promise<void> } {
  let now = start
  const acts = new Map<() => void, Instant>()
  return {
    now: () => now,
    elapsed: () => now - start,
    schedule(at, act) {
      acts.set(act, at)
      return () => acts.delete(act)
    },
    async move(by) {
      now += by
      for (const [act, at] of [...acts]) {
        if (at > now) continue
        acts.delete(act)
        act()
      }
      await new Promise((turn) => setImmediate(turn))
    },
  }
}

t.test('ledger: what was appended is there after a restart', async (t) => {
  const path = join(t.testdir(), 'books', 'ledger.jsonl')
  const first = openLedger<{ n: number }>(path)
  first.append({ n: 1 })
  first.append({ n: 2 })
  first.close()
  const second = openLedger<{ n: number }>(path)
  t.strictSame(second.entries, [{ n: 1 }, { n: 2 }])
  second.close()
})

t.test('a desk: a letter that is handed over again keeps its key', async (t) => {
  const stage = { folder: t.testdir(), clock: systemClock, random: systemRandom, watch: () => undefined }
  const desk = openDesk('11', stage)
  t.teardown(() => desk.close())
  const scan = { name: 'a.pdf', mediaType: 'application/pdf', bytes: Buffer.alloc(0) }
  const keyOf = (number: string, date = '15 พ.ย. 2551'): string =>
    desk.going({ number, date, subject: '', urgency: '', to: moi, scans: [scan] }).id
  const keys = [keyOf('1'), keyOf('2'), keyOf('1', '16 พ.ย. 2551')]
  t.equal(new Set(keys).size, 3)
  t.same([keyOf('1'), keyOf('2'), keyOf('1', '16 พ.ย. 2551')], keys)
})

t.test('ledger: half a last line never counted, and does not spoil the next', async (t) => {
  const path = join(t.testdir(), 'ledger.jsonl')
  writeFileSync(path, '{"n":1}\n')
  appendFileSync(path, '{"n":2')
  const ledger = openLedger<{ n: number }>(path)
  t.strictSame(ledger.entries, [{ n: 1 }])
  ledger.append({ n: 3 })
  ledger.close()
  t.equal(readFileSync(path, 'utf8'), '{"n":1}\n{"n":3}\n')
})

t.test('ledger: a whole line that is no JSON is not passed over', async (t) => {
  const path = join(t.testdir(), 'ledger.jsonl')
  writeFileSync(path, '{"n":1}\nbroken\n')
  t.throws(() => openLedger(path), SyntaxError)
})

t.test(
  'outbox: many tries at once listen for its end without a warning, and none goes on listening',
  async (t) => {
    const warnings: string[] = []
    const warned = ({ name }: Error): void => {
      warnings.push(name)
    }
    process.on('warning', warned)
    t.teardown(() => process.off('warning', warned))
    const server = createServer((incoming, response) => {
      incoming.resume()
      waiting.push(() => response.end())
      if (waiting.length === count) for (const go of waiting) go()
    })
    const waiting: (() => void)[] = []
    const count = 20
    await new Promise<void>((opened) => server.listen(0, '127.0.0.1', () => opened()))
    const { port } = server.address() as AddressInfo
    t.teardown(() => server.closeAllConnections())
    t.teardown(() => server.close())
    const signals = new Set<AbortSignal>()
    let settled = 0
    let all: () => void = () => undefined
    const over = new Promise<void>((go) => {
      all = go
    })
    const outbox = openOutbox<number>({
      path: join(t.testdir(), 'outbox.jsonl'),
      clock: systemClock,
      async send(_item, signal) {
        signals.add(signal)
        const answer = await request(`http://127.0.0.1:${port}/`, { method: 'POST', signal })
        await answer.body.dump()
        return { kind: 'taken' }
      },
      settled: () => {
        settled += 1
        if (settled === count) all()
      },
    })
    for (let item = 0; item < count; item++) outbox.put(`item ${item}`, item)
    await over
    await new Promise((turn) => setImmediate(turn))
    const [signal, another] = signals
    t.equal(another, undefined)
    t.same(signal && getEventListeners(signal, 'abort'), [])
    t.same(warnings, [])
    await outbox.close()
  },
)

t.test('outbox: tries again on the schedule until the other side has it', async (t) => {
  const clock = standingClock(1_000_000)
  const path = join(t.testdir(), 'outbox.jsonl')
  const answers: Handover[] = [
    { kind: 'later', said: 'down' },
    { kind: 'later', said: 'busy', retryAfter: 60_000 },
    { kind: 'taken' },
  ]
  const sent: string[] = []
  const send = async (item: string): Promise<Handover> => {
    sent.push(item)
    return answers.shift() ?? { kind: 'taken' }
  }
  const outbox = openOutbox({ path, clock, send })
  outbox.put('a', 'letter a')
  outbox.put('a', 'another letter under the same id')
  await clock.move(0)
  t.strictSame(sent, ['letter a'])
  await clock.move((retrySchedule[0] ?? 0) - 1)
  t.equal(sent.length, 1, 'not before its time')
  await clock.move(1)
  t.equal(sent.length, 2)
  await clock.move(59_999)
  t.equal(sent.length, 2, 'Retry-After holds')
  await clock.move(1)
  t.equal(sent.length, 3)
  t.equal(outbox.outcomeOf('a'), 'taken')
  t.strictSame(outbox.waiting(), [])
  await outbox.close()
})

t.test('outbox: what waits when it is closed goes on when it is opened again', async (t) => {
  const clock = standingClock(0)
  const path = join(t.testdir(), 'outbox.jsonl')
  const first = openOutbox<string>({ path, clock, send: async () => ({ kind: 'later', said: 'down' }) })
  first.put('a', 'letter a')
  first.put('b', 'letter b', 10_000)
  await clock.move(0)
  await first.close()
  const sent: string[] = []
  const send = async (item: string): Promise<Handover> => {
    sent.push(item)
    return item === 'letter b' ? { kind: 'refused', said: 'no' } : { kind: 'taken' }
  }
  const second = openOutbox<string>({ path, clock, send })
  await clock.move(0)
  t.strictSame(sent, ['letter a', 'letter b'])
  await second.close()
  const third = openOutbox<string>({ path, clock, send })
  await clock.move(0)
  t.equal(sent.length, 2, 'what is settled is not sent again')
  t.equal(third.outcomeOf('b'), 'refused')
  await third.close()
})

/** `bytes` in pieces of the given sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function gather(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

t.test('multipart: what is written is read, however the network cuts it', async (t) => {
  // Bodies made of what delimiters are made of are the hard ones.
  const body = fc
    .array(fc.constantFrom('\r\n', '--', 'edge', '\r', '\n', '-', 'x', '\u0000'), { maxLength: 12 })
    .map((pieces) => Buffer.from(pieces.join('')))
    .filter((bytes) => !bytes.includes('--edge'))
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.array(body, { maxLength: 3 }),
      sizes,
      fc.boolean(),
      async (first, more, cuts, skip) => {
        const parts = more.map((bytes, index) => ({
          sha256: String(index),
          mediaType: 'application/pdf',
          async *open() {
            yield bytes
          },
        }))
        const written = await gather(writeRelated(first, parts, 'edge'))
        const read: Buffer[] = []
        const names: (string | undefined)[] = []
        for await (const part of readParts(Readable.from(cut(written, cuts)), 'edge')) {
          names.push(part.headers.get('content-id'))
          // Whoever reads may skip a part.
          read.push(skip && read.length === 0 ? first : await gather(part.body))
        }
        t.strictSame(read, [first, ...more])
        t.strictSame(names, [undefined, ...more.map((_, index) => `<${index}>`)])
      },
    ),
    { numRuns: 300 },
  )
})

t.test('multipart: a body that ends too early, or never begins, is broken', async (t) => {
  const whole = await gather(writeRelated(Buffer.from('<a/>'), [], 'edge'))
  const broken = async (bytes: Buffer): Promise<boolean> => {
    try {
      for await (const part of readParts(Readable.from(cut(bytes, [7])), 'edge')) await gather(part.body)
      return false
    } catch (error) {
      return error instanceof BrokenMultipart
    }
  }
  t.notOk(await broken(whole))
  for (let length = 0; length < whole.length - 4; length++) {
    t.ok(await broken(whole.subarray(0, length)), `${length} bytes`)
  }
  t.ok(await broken(Buffer.alloc(100_000, 'x')))
  t.ok(await broken(Buffer.concat([Buffer.from('--edge\r\n'), Buffer.alloc(20_000, 'x')])))
  t.equal(boundaryOf(relatedType('edge')), 'edge')
  t.equal(boundaryOf('multipart/related; boundary=plain; x=y'), 'plain')
  t.equal(boundaryOf('multipart/related'), undefined)
})

t.test('faults: read with every fault named, counted down, switched off', async (t) => {
  const codesOf = (value: unknown) => {
    const read = readFault(value)
    return !read.ok && read.problems.map((found) => [found.path, found.code]).sort()
  }
  t.strictSame(codesOf({ fault: 'slow', delay: -1, times: 1.5, colour: 'red', retryAfter: 2 }), [
    ['colour', 'sandbox.faults.field'],
    ['delay', 'sandbox.faults.number'],
    ['retryAfter', 'sandbox.faults.field'],
    ['times', 'sandbox.faults.number'],
  ])
  t.strictSame(codesOf({ fault: 'sleepy', delay: -1 }), [['fault', 'sandbox.faults.unknown']])
  t.strictSame(readFault({ fault: 'slow', times: 2 }), {
    ok: true,
    value: { kind: 'slow', delay: 3_000, times: 2 },
  })
  const changes: string[] = []
  const switches = faultSwitches((fault) => changes.push(fault.kind))
  const busy = readFault({ fault: 'busy', retryAfter: 5, times: 2 })
  if (!busy.ok) throw new Error('a good fault was refused')
  switches.set(busy.value)
  t.strictSame([switches.take().kind, switches.take().kind, switches.take().kind], ['busy', 'busy', 'none'])
  t.strictSame(changes, ['busy', 'none'])
  for (const value of [null, 'down', 7, []]) t.equal(readFault(value).ok, false)
})

t.test('scans: real PDF and PNG files', async (t) => {
  const pdf = makePdf('ขอความอนุเคราะห์ (ทดสอบ)', ['0210.3/3898', 'a (b) \\ c'])
  const text = pdf.toString('latin1')
  const title = /\/Title <([0-9a-f]+)>/.exec(text)?.[1] ?? ''
  const utf16 = Buffer.from(title, 'hex').swap16().toString('utf16le')
  t.equal(utf16, '\ufeffขอความอนุเคราะห์ (ทดสอบ)')
  for (const [whole, offset] of text.matchAll(/^(\d{10}) 00000 n /gm)) {
    t.match(text.slice(Number(offset)), /^\d+ 0 obj/, `${whole} points at an object`)
  }
  t.match(text.slice(Number(/startxref\n(\d+)/.exec(text)?.[1])), /^xref/)
  t.ok(makePng(8, 8, 1).compare(makePng(8, 8, 2)) !== 0, 'each seed makes another picture')
  const png = makePng(32, 16, 3)
  const types: string[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const typed = png.subarray(at + 4, at + 8 + length)
    t.equal(png.readUInt32BE(at + 8 + length), crc32(typed), 'the checksum is right')
    types.push(typed.toString('latin1', 0, 4))
    if (types.at(-1) === 'IDAT') t.equal(inflateSync(typed.subarray(4)).length, 33 * 16)
    at += 12 + length
  }
  t.strictSame(types, ['IHDR', 'IDAT', 'IEND'])
})
