// The counterpart of `soap-out`: a province's own server of the national exchange (domain §3), which the gateway calls and polls.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Collected, type Counterpart, type CounterpartMaker, hasty } from './counterpart.ts'
import { lineTo } from './line.ts'
import { muteOnce } from './mute.ts'

export const soapOut: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const received: Collected[] = []
  const known = new Map<string, string>()
  const queue: { readonly process: string; readonly document: string }[] = []
  const mute = muteOnce()
  let processes = 0
  const nextProcess = (): string => {
    processes += 1
    return `P-${processes}`
  }

  /** The answer's element; texts are bytes here, one character for each, whatever charset the profile says. */
  function answer(message: string): string {
    const operation = /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?([A-Za-z]+)/.exec(message)?.[1] ?? ''
    if (operation === 'CorrespondenceLetterInboundRequest') {
      const [head] = queue
      const item = head === undefined ? '' : `<ProcessID>${head.process}</ProcessID>${head.document}`
      return `<CorrespondenceLetterInboundResponse>${item}</CorrespondenceLetterInboundResponse>`
    }
    if (operation === 'CorrespondenceLetterDeleteRequest') {
      if (queue[0] !== undefined && message.includes(`>${queue[0].process}<`)) queue.shift()
      return '<CorrespondenceLetterDeleteResponse><ProcessID>1</ProcessID></CorrespondenceLetterDeleteResponse>'
    }
    if (operation === 'OutboundStatusRequest') return '<OutboundStatusResponse></OutboundStatusResponse>'
    // A letter or notifier that it has is answered as the first time: the sender did not hear it.
    const body = message.slice(message.indexOf('Body'))
    const digest = createHash('sha256').update(body, 'latin1').digest('hex')
    const process = known.get(digest) ?? nextProcess()
    if (!known.has(digest)) received.push({ bytes: Buffer.from(message, 'latin1'), beside: new Map() })
    known.set(digest, process)
    const name = operation.replace(/Request$/, '')
    return `<${name}Response><ProcessID>${process}</ProcessID></${name}Response>`
  }

  const server = createServer((request, response) => {
    buffer(request).then(
      (bytes) => {
        const message = bytes.toString('latin1')
        const answered = answer(message)
        if (/<(?:[\w-]+:)?GovernmentDocument\b/.test(message) && mute.loses()) {
          response.destroy()
          return
        }
        const said = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${answered}</s:Body></s:Envelope>`
        response
          .writeHead(200, { 'content-type': 'text/xml; charset=utf-8' })
          .end(Buffer.from(said, 'latin1'))
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', () => opened()))
  const line = await lineTo((server.address() as AddressInfo).port)
  const password = settings.variable('PASSWORD')
  const { tls: _tls, plain: _plain, ...options } = settings.options
  return {
    options: {
      ...options,
      url: `http://127.0.0.1:${line.port}/e-cms`,
      ...('user' in options && { user: 'conformance', password: { env: password } }),
      every: hasty.every,
    },
    environment: { [password]: 'conformance' },
    async handIn(_channel, { written }) {
      queue.push({ process: nextProcess(), document: written.bytes.toString('latin1') })
      return { kind: 'left' }
    },
    collect: async () => received.splice(0),
    away: line.away,
    slow: line.slow,
    mute,
    close: async () => {
      await line.close()
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}
