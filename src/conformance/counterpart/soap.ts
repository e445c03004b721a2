// The counterpart of `soap`: a client of the national exchange (domain §3), which sends to the gateway's service and polls its queue.
import { randomBytes, scryptSync } from 'node:crypto'
import { Agent, request } from 'undici'
import type { Answer, Collected, Counterpart, CounterpartMaker } from './counterpart.ts'
import { lineTo } from './line.ts'
import { muteOnce } from './mute.ts'

export const soap: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const password = randomBytes(12).toString('base64url')
  const salt = randomBytes(16)
  const variable = settings.variable('SCRYPT')
  const path = String(settings.options['path'])
  const authorization = `Basic ${Buffer.from(`conformance:${password}`).toString('base64')}`
  let port = 0
  let gone = false
  const mute = muteOnce()
  const known = new Set<string>()
  const line = await lineTo(() => port)
  // Each call opens its connection anew: one that is kept alive would hide that the system cannot be reached.
  const dispatcher = new Agent({ pipelining: 0 })

  async function call(content: string): Promise<string> {
    const answer = await request(`http://127.0.0.1:${line.port}${path}`, {
      method: 'POST',
      dispatcher,
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
      port = Number(new URL(http).port)
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
      if (gone) return []
      const collected: Collected[] = []
      for (;;) {
        const said = await call('<CorrespondenceLetterInboundRequest/>')
        const process = /<(?:\w+:)?[pP]rocessID>([^<]+)</.exec(said)?.[1]
        // That the queue is empty is said as an error.
        if (process === undefined || /<(?:\w+:)?ErrorDetail\b/.test(said)) return collected
        // A system that died before its word was heard finds the same at the head, and has it.
        if (!known.has(process)) collected.push({ bytes: Buffer.from(said, 'latin1'), beside: new Map() })
        known.add(process)
        if (/<(?:[\w-]+:)?GovernmentDocument\b/.test(said) && mute.loses()) return collected
        await call(
          `<CorrespondenceLetterDeleteRequest><ProcessID>${process}</ProcessID></CorrespondenceLetterDeleteRequest>`,
        )
      }
    },
    away: {
      go: async () => {
        gone = true
        await line.away.go()
      },
      back: async () => {
        await line.away.back()
        gone = false
      },
    },
    slow: line.slow,
    mute,
    close: async () => {
      await dispatcher.close()
      await line.close()
    },
  }
}
