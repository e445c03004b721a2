// What is told of a request that never arrived: where it failed, and nothing of what was sent.
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import { networkWords } from '../../src/adapters/transports/network-words.ts'
import { freePort } from '../../src/sandbox/servers/port.ts'

/** How a request to a port at which nobody listens fails. */
async function failure(addresses: readonly { readonly address: string; readonly family: number }[]) {
  const port = await freePort()
  const known: LookupFunction = (_name, _options, done) => done(null, [...addresses])
  const agent = new Agent({ connect: { lookup: known } })
  try {
    await agent.request({ origin: `http://office.example:${port}`, path: '/?subject=secret', method: 'GET' })
    throw new Error('somebody answered')
  } catch (error) {
    return { port, error }
  } finally {
    await agent.destroy()
  }
}

t.test('a refused connection is told with its address', async (t) => {
  const { port, error } = await failure([{ address: '127.0.0.1', family: 4 }])
  t.equal(networkWords(error), `Error ECONNREFUSED at 127.0.0.1:${port}`)
})

t.test('of a name with several addresses each of them, once', async (t) => {
  const { port, error } = await failure([
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ])
  t.equal(networkWords(error), `AggregateError ECONNREFUSED at 127.0.0.1:${port}, 127.0.0.2:${port}`)
  const six = Object.assign(new Error('connect'), { code: 'EHOSTUNREACH', address: '2001:db8::1', port: 443 })
  t.equal(networkWords(new AggregateError([six, six, 'no error'])), 'AggregateError at [2001:db8::1]:443')
})

t.test('a name that nobody knows; and never the message', (t) => {
  lookup('office.invalid', (error) => {
    t.match(networkWords(error), /^Error E\w+ at office\.invalid$/)
    t.equal(networkWords(new Error('the letter says …')), 'Error')
    t.equal(networkWords('the letter says …'), 'an error without a name')
    t.end()
  })
})
