// A letter that comes a second time, because the first answer was lost: systems that know it, and systems that register it anew.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { request } from 'undici'
import type { CounterpartMaker } from '../../src/conformance/counterpart/counterpart.ts'
import { httpOut } from '../../src/conformance/counterpart/http.ts'
import { soapOut } from '../../src/conformance/counterpart/soap-out.ts'
import { testProfile } from '../../src/conformance/suite.ts'
import { findingOf, onStage, shipped } from './on-stage.ts'

t.setTimeout(600_000)

/** A request as a system hears it. */
interface Heard {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}
interface Said {
  readonly status: number
  readonly body: string
}

/** The system behind something of its own, that hears everything first: it changes it, or answers by itself. */
const behind =
  (maker: CounterpartMaker, hears: (heard: Heard) => Heard | Said): CounterpartMaker =>
  async (settings) => {
    const made = await maker(settings)
    if ('missing' in made) return made
    const url = new URL(String(made.options['url']))
    const server = createServer((incoming, response) => {
      const pass = async (): Promise<void> => {
        const heard = hears({ headers: incoming.headers, body: await buffer(incoming) })
        if ('status' in heard) {
          response.writeHead(heard.status, { 'content-type': 'text/xml' }).end(heard.body)
          return
        }
        const { 'transfer-encoding': _chunks, connection: _connection, ...headers } = heard.headers
        const { body } = heard
        const answer = await request(url, {
          method: 'POST',
          headers: { ...headers, 'content-length': String(body.length) },
          body,
        })
        const type = String(answer.headers['content-type'] ?? '')
        response.writeHead(answer.statusCode, { 'content-type': type })
        response.end(Buffer.from(await answer.body.arrayBuffer()))
      }
      pass().catch(() => response.destroy())
    })
    await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened))
    const { port } = server.address() as AddressInfo
    return {
      ...made,
      options: { ...made.options, url: `http://127.0.0.1:${port}${url.pathname}` },
      async close() {
        await made.close()
        server.closeAllConnections()
        await new Promise<void>((closed) => server.close(() => closed()))
      },
    }
  }

/** Whether this came before. */
function again(): (what: string) => boolean {
  const known = new Set<string>()
  return (what) => {
    const before = known.has(what)
    known.add(what)
    return before
  }
}

async function found(profile: string, instead: Readonly<Record<string, CounterpartMaker>>) {
  const report = await onStage(testProfile, shipped(profile), { patience: 10_000, instead })
  return findingOf(report, 'a letter that is brought again, because an answer was lost, stands once')
}

t.test('a system that registers each handing-over anew', async (t) => {
  const forgets = behind(httpOut, ({ headers, body }) => ({
    headers: { ...headers, 'saraban-parcel': randomUUID() },
    body,
  }))
  t.match(await found('chiang-rai-json', { 'http-out': forgets }), {
    outcome: 'failed',
    why: 'the system has it 2 times',
  })
})

t.test('a system that calls a letter that it has a conflict, where it owes a yes', async (t) => {
  const isAgain = again()
  const contradicts = behind(httpOut, (heard) =>
    isAgain(String(heard.headers['saraban-parcel'])) ? { status: 409, body: '' } : heard,
  )
  t.match(await found('chiang-rai-json', { 'http-out': contradicts }), {
    outcome: 'failed',
    why: /did not arrive; the gateway has it as refused/,
  })
})

t.test('an office that seals by itself, and gives a receipt each time', async (t) => {
  const forgets: CounterpartMaker = async (settings) => {
    const { sealed } = settings
    if (sealed === undefined) throw new Error('the profile is of an office that seals by itself')
    const answer: typeof sealed.answer = (envelope) => ({ ...sealed.answer(envelope), status: 200 })
    return httpOut({ ...settings, sealed: { ...sealed, answer } })
  }
  t.match(await found('ranong-envelope', { 'http-out': forgets }), {
    outcome: 'failed',
    why: 'the system has it 2 times',
  })
})

t.test('a server of the national exchange that says that it knows the letter', async (t) => {
  const isAgain = again()
  const known =
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ErrorDetail><ErrorCode>E102</ErrorCode></ErrorDetail></s:Body></s:Envelope>'
  let said = 0
  const knows = behind(soapOut, (heard) => {
    if (!heard.body.includes('GovernmentDocument>') || !isAgain(heard.body.toString('latin1'))) return heard
    said += 1
    return { status: 200, body: known }
  })
  t.match(await found('yala-ecms-server', { 'soap-out': knows }), { outcome: 'passed' })
  t.ok(said > 0)
})

t.test('a server of the national exchange that registers each handing-over anew', async (t) => {
  let spaces = ''
  const forgets = behind(soapOut, ({ headers, body }) => {
    spaces += ' '
    const at = body.lastIndexOf('</')
    return { headers, body: Buffer.concat([body.subarray(0, at), Buffer.from(spaces), body.subarray(at)]) }
  })
  t.match(await found('yala-ecms-server', { 'soap-out': forgets }), {
    outcome: 'failed',
    why: 'the system has it 2 times',
  })
})
