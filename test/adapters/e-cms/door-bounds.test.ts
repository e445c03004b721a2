// What a client may cost: bodies, memory, time and hostile XML (attacks T7, T12, X1, X2, X6, X7); and what it may well send.
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import t from 'tap'
import type { DoorAnswer } from '../../../src/adapters/contract.ts'
import { readMessage } from '../../../src/adapters/formats/e-cms/message.ts'
import { usualBounds } from '../../../src/adapters/formats/e-cms/tree-builder.ts'
import type { Clock } from '../../../src/letter/time.ts'
import { phatthalung } from './case.ts'
import { contentOf, letterOf, opened, poll, soapOf } from './door-stage.ts'
import { formOf, gatewayInMemory, now, post, transportOf } from './gateway.ts'

t.test(
  'a body that is refused early is read away: the next letter of the same connection is taken',
  async (t) => {
    const { gateway, port } = await opened(t, { limit: '64KiB' })
    // It writes a request to its end before it begins the next, whatever it has been answered.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    const ports = new Set<number | undefined>()
    agent.on('free', (socket) => ports.add(socket.localPort))
    const length = (bytes: Buffer | string) => ({ 'content-length': String(Buffer.byteLength(bytes)) })
    for (const large of [Buffer.alloc(3_000_000, '%'), Buffer.alloc(3_000_000, '<')]) {
      const refused = await post(port, large, length(large), agent)
      t.equal(contentOf(refused.body, 'ErrorCode') ?? refused.body, 'ecms.body.too-large')
    }
    const letter = soapOf(letterOf('พท 0017.1/1'))
    t.match((await post(port, letter, length(letter), agent)).body, '<ProcessID>')
    t.equal(gateway.letters.length, 1)
    t.equal(ports.size, 1, 'one connection')
  },
)

t.test('bounds: the body, the memory, the time (T7, T12)', async (t) => {
  const small = await opened(t, { limit: '4KiB', memory: '6KiB' })
  const large = await small.send(soapOf(letterOf('พท 0017.1/1', { subject: 'ก'.repeat(4096) })))
  t.equal(large.status, 200)
  t.equal(contentOf(large.body, 'ErrorCode'), 'ecms.body.too-large')
  t.match((await small.send(soapOf(letterOf('พท 0017.1/1')))).body, '<ProcessID>', 'the door goes on')
  const packed = await small.send(soapOf(letterOf('พท 0017.1/1')), { 'content-encoding': 'gzip' })
  t.equal(contentOf(packed.body, 'ErrorCode'), 'ecms.body.packed')

  const [door] = small.transport.doors
  const half = new Readable({ read: () => undefined })
  half.push(Buffer.alloc(4000, ' '))
  const held = door!.enter({ headers: {}, rest: '', body: half })
  await new Promise(setImmediate)
  const busy = await small.send(soapOf(letterOf('พท 0017.1/3', { subject: 'x'.repeat(2500) })))
  t.equal(contentOf(busy.body, 'ErrorCode'), 'ecms.busy')
  half.destroy(new Error('gone'))
  t.equal(codeOf(await held), 'ecms.body.interrupted')
  for (let count = 0; count < 10; count += 1) {
    t.match(
      (await small.send(soapOf(letterOf('พท 0017.1/3')))).body,
      '<ProcessID>',
      'its memory is free again',
    )
  }

  const alarms: (() => void)[] = []
  const schedule: Clock['schedule'] = (_, act) => {
    alarms.push(act)
    return () => undefined
  }
  const clock: Clock = { now: () => now, elapsed: () => now, schedule }
  const form = formOf(phatthalung)
  const slow = transportOf(phatthalung, form, {}, clock)
  await slow.start?.(gatewayInMemory(phatthalung, form))
  const never = slow.doors[0]!.enter({ headers: {}, rest: '', body: new Readable({ read: () => undefined }) })
  for (const ring of alarms) ring()
  t.equal(codeOf(await never), 'ecms.body.slow')
  await slow.stop()
})

t.test('a client that goes away in the middle leaves nothing behind', async (t) => {
  const { gateway, port, send } = await opened(t)
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        'POST /e-cms HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 100000\r\n\r\n<S:Envelope',
      )
      socket.end(() => socket.destroy())
    })
    socket.on('close', () => resolve())
  })
  t.equal((await send(poll)).status, 200)
  t.equal(gateway.letters.length, 0)
})

const codeOf = ({ body }: DoorAnswer): string | undefined => contentOf(String(body), 'ErrorCode')

const hostile: Readonly<Record<string, string>> = {
  'X7 depth 100,000': '<a>'.repeat(100_000),
  'X7 a million siblings': `<S>${'<a/>'.repeat(1_000_000)}</S>`,
  'X7 a million attributes': `<S ${Array.from({ length: 1_000_000 }, (_, index) => `a${index}=""`).join(' ')}/>`,
  'X7 an attribute given twice': '<S a="1" a="2"/>',
  'X7 a name of 10 MB': `<${'a'.repeat(10_000_000)}/>`,
  'X7 content after the root': '<S/><S/>',
  'X2 a million character references': `<S>${'&#65;'.repeat(1_000_000)}</S>`,
  'X2 a million bare ampersands': `<S>${'& '.repeat(1_000_000)}</S>`,
  'X2 a million comments that never end': `<S>${'<!--'.repeat(1_000_000)}`,
  'X2 billion laughs': '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>',
  'X1 an external DTD': '<!DOCTYPE a SYSTEM "http://127.0.0.1/x"><a/>',
  'X6 UTF-16': '\ufeff<a/>',
  'X6 a NUL': '<S>\u0000</S>',
  'a text of 70,000 characters': `<S>${'ก'.repeat(70_000)}</S>`,
}

for (const [name, text] of Object.entries(hostile)) {
  t.test(`${name} is refused within its bounds`, async (t) => {
    const bytes = name.includes('UTF-16') ? Buffer.from(text, 'utf16le') : Buffer.from(text)
    const before = process.cpuUsage()
    const read = await readMessage(bytes)
    const { user } = process.cpuUsage(before)
    t.match(read.ok ? 'read' : read.problems[0].code, /^ecms\.(xml|encoding|soap)\b/)
    t.ok(user < 3_000_000, `${user} µs`)
  })
}

t.test('a letter with as many references and attachments as it may have is within the bounds', async (t) => {
  const { gateway, send } = await opened(t)
  const reference =
    '<a:ReferenceCorrespondence><a:ID>มท 1234/1</a:ID><a:CorrespondenceDate></a:CorrespondenceDate><a:Subject>x</a:Subject></a:ReferenceCorrespondence>'
  const file = (_: unknown, index: number): string =>
    `<a:AttachmentBinaryObject mimeCode="text/plain">${Buffer.from(`file ${index}`).toString('base64')}</a:AttachmentBinaryObject>`
  const extra = reference.repeat(100) + Array.from({ length: 100 }, file).join('')
  t.match((await send(soapOf(letterOf('พท 0017.1/1', { extra })))).body, '<ProcessID>')
  t.equal(gateway.letters[0]?.letter.attachments.length, 100)
  t.ok(usualBounds.elements > 700)
})

t.test('a large attachment arrives whole, and does not hold up the others', async (t) => {
  const { gateway, send } = await opened(t)
  const bytes = Buffer.alloc(12 * 1024 * 1024, 'ไฟล์ขนาดใหญ่')
  const extra = `<a:MainLetterBinaryObject mimeCode="application/pdf">${bytes.toString('base64')}</a:MainLetterBinaryObject>`
  let turns = 0
  const others = setInterval(() => {
    turns += 1
  }, 0)
  const { body } = await send(soapOf(letterOf('พท 0017.1/1', { extra })))
  clearInterval(others)
  t.match(body, '<ProcessID>')
  t.equal(gateway.letters[0]?.letter.attachments[0]?.sha256, createHash('sha256').update(bytes).digest('hex'))
  t.ok(turns > 5, `others had ${turns} turns`)
})
