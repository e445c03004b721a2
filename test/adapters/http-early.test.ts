// T7: an answer that is given before the end of a request: it reaches who still writes, and the connection serves the next one.
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import t from 'tap'
import { environment, mount, short } from './http-stage.ts'
import { adapterOf, shipped, TestGateway } from './stage.ts'

const letter = JSON.stringify({ ...short, attachments: [{ name: 'a.pdf' }] })
const scan = Buffer.alloc(3_000_000, '%')

const part = (name: string, bytes: Buffer | string): readonly Buffer[] => [
  Buffer.from(`--b\r\nContent-Disposition: form-data; name="x"${name && `; filename="${name}"`}\r\n\r\n`),
  Buffer.from(bytes),
  Buffer.from('\r\n'),
]
const bodyOf = (...parts: (readonly Buffer[])[]): Buffer =>
  Buffer.concat([...parts.flat(), Buffer.from('--b--\r\n')])

const whole = bodyOf(part('', letter), part('a.pdf', 'scan'))

const refused = [
  {
    what: 'two files of one name, and a third that nobody reads',
    status: 400,
    body: bodyOf(part('', letter), part('a.pdf', scan), part('a.pdf', scan), part('b.pdf', scan)),
  },
  { what: 'a document beyond its limit', status: 413, body: bodyOf(part('', Buffer.alloc(9_000_000, '%'))) },
  {
    what: 'a broken header',
    status: 400,
    body: bodyOf(part('', letter), [Buffer.from('--b\r\nx\r\n\r\n'), scan, Buffer.from('\r\n')]),
  },
  {
    what: 'our own disk fails at a file',
    status: 503,
    body: bodyOf(part('', letter), part('a.pdf', scan), part('b.pdf', scan)),
    failing: true,
  },
]

for (const { what, status, body, failing } of refused)
  t.test(`multipart: ${what}: answered, and the next letter of the same connection is taken`, async (t) => {
    const gateway = new TestGateway()
    const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
    // It writes a request to its end before it begins the next, whatever it has been answered.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    const ports = new Set<number | undefined>()
    const post = async (bytes: Buffer): Promise<number | undefined> => {
      const asking = request(`${base}/v1/systems/57/letters`, {
        agent,
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': bytes.length },
      })
      asking.once('socket', (socket) => socket.once('connect', () => ports.add(socket.localPort)))
      asking.end(bytes)
      const [answer] = await once(asking, 'response')
      await answer.toArray()
      return answer.statusCode
    }
    if (failing === true) gateway.failing = 1
    t.equal(await post(body), status)
    t.same(gateway.offered, [])
    t.equal(await post(whole), 201)
    t.equal(ports.size, 1, 'one connection')
    t.match(gateway.items, [{ kind: 'letter', attachments: [{ name: 'a.pdf', content: { size: 4 } }] }])
  })
