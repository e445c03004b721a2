// A person who is told by the gateway's alarms and gives the orders that the manual names: the ledger of "or a person is told".
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { run } from '../../src/cli/program.ts'
import { type Clock, systemRandom } from '../../src/letter/time.ts'

interface Alarm {
  readonly event: string
  readonly kind: string
  readonly subject: string
}

export interface Person {
  /** Where the gateway's alarms go. */
  readonly url: string
  /** What the person was told, in order. */
  readonly told: readonly Alarm[]
  /** Gives an order, `saraban WORDS`, at this time. Throws, with what was printed, when it is not done. */
  order(words: readonly string[], clock: Clock): Promise<string>
  close(): Promise<void>
}

export async function callPerson(): Promise<Person> {
  const told: Alarm[] = []
  const server = createServer((request, response) => {
    json(request).then(
      (body) => {
        const { event, alarm } = body as { event: string; alarm: Omit<Alarm, 'event'> }
        told.push({ event, kind: alarm.kind, subject: alarm.subject })
        response.writeHead(204).end()
      },
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told,
    async order(words, clock) {
      let said = ''
      const hear = (text: string): void => {
        said += text
      }
      const status = await run(words, {
        ...{ write: hear, complain: hear, environment: {}, clock, random: systemRandom },
        untilEnded: () => Promise.resolve(),
      })
      if (status !== 0) throw new Error(`saraban ${words.join(' ')}: ${status} ${said}`)
      return said
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
