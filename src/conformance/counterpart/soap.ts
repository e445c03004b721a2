// The counterpart of `soap`: a client of the national exchange (domain §3), which sends to the gateway's service and polls its queue.
import { randomBytes, scryptSync } from 'node:crypto'
import { request } from 'undici'
import type { Answer, Collected, Counterpart, CounterpartMaker } from './counterpart.ts'

export const soap: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const password = randomBytes(12).toString('base64url')
  const salt = randomBytes(16)
  const variable = settings.variable('SCRYPT')
  const path = String(settings.options['path'])
  const authorization = `Basic ${Buffer.from(`conformance:${password}`).toString('base64')}`
  let base = ''

  async function call(content: string): Promise<string> {
    const answer = await request(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml', soapaction: '""', authorization },
      // Bytes as they are, whatever charset the profile says: one character for each.
      body: Buffer.from(
        `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>${content}</s:Body></s:Envelope>`,
        'latin1',
      ),
    })
    const said = Buffer.from(await answer.body.arrayBuffer()).toString('latin1')
    if (answer.statusCode !== 200)
      throw new Error(`the service answered ${answer.statusCode}: ${said.slice(0, 500)}`)
    return said
  }
  return {
    options: {
      ...settings.options,
      access: { kind: 'basic', user: 'conformance', scrypt: { env: variable }, addresses: ['127.0.0.1'] },
      url: 'http://127.0.0.1/e-cms',
    },
    environment: { [variable]: `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}` },
    attach: ({ http }) => {
      base = http
    },
    async handIn(channel, { written }): Promise<Answer> {
      const document = written.bytes.toString('latin1')
      const content =
        channel === 'send'
          ? `<CorrespondenceLetterOutboundRequest>${document}</CorrespondenceLetterOutboundRequest>`
          : document
      const said = await call(content)
      return /<(?:\w+:)?ErrorDetail\b/.test(said)
        ? { kind: 'refused', said: Buffer.from(said, 'latin1').toString('utf8').slice(0, 1_000) }
        : { kind: 'taken' }
    },
    async collect() {
      const collected: Collected[] = []
      for (;;) {
        const said = await call('<CorrespondenceLetterInboundRequest/>')
        const process = /<(?:\w+:)?[pP]rocessID>([^<]+)</.exec(said)?.[1]
        // That the queue is empty is said as an error.
        if (process === undefined || /<(?:\w+:)?ErrorDetail\b/.test(said)) return collected
        collected.push({ bytes: Buffer.from(said, 'latin1'), beside: new Map() })
        await call(
          `<CorrespondenceLetterDeleteRequest><ProcessID>${process}</ProcessID></CorrespondenceLetterDeleteRequest>`,
        )
      }
    },
    close: async () => undefined,
  }
}
