// A server of the exchange whose answers a test writes, and the adapter that speaks with it.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import type { Adapter } from '../../../src/adapters/contract.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { moi } from '../../../src/letter/offices.ts'
import { fixedLetter, mustBe, office } from '../../letter/arbitrary.ts'
import { messageIdOf } from '../message-ids.ts'
import { parcelOf, start, type TestGateway } from '../stage.ts'

export const trang = office('92')

export const scan = Buffer.from('abc')

export const contents = new Map([['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', scan]])

export const letter = fixedLetter({ from: { office: moi }, to: { offices: [trang] } })

/** `attempt` 2: the answer to the first one was lost. */
export const parcel = (attempt = 1, mayHaveArrived = attempt > 1) => ({
  ...parcelOf({ letter }, 'delivery-1', '92', contents),
  attempt,
  mayHaveArrived,
})

export const signal = new AbortController().signal

/** The profile of a province with a server of its own. */
export function profileOf(url: string, options: object = {}, format: object = {}) {
  const channel = { transport: { kind: 'soap-out', url, ...options }, document: 'letter' }
  const profile = {
    ...{ id: 'trang-ecms', office: '92', title: 'ตัวอย่าง', origin: 'outsourced', illustrative: true },
    documents: { letter: { format: { kind: 'e-cms', ...format } } },
    ...{ send: channel, sendNotices: channel, receive: channel, notices: channel },
  }
  return readProfile(JSON.stringify(profile), 'trang-ecms.yaml')
}

export function adapterOf(
  gateway: TestGateway,
  url: string,
  options: object = {},
  format: object = {},
  environment: Readonly<Record<string, string>> = {},
): Adapter {
  const profile = mustBe(profileOf(url, options, format))
  return mustBe(createAdapter(profile, { environment, folder: '/nowhere', clock: gateway.clock }))
}

export interface Asked {
  readonly operation: string
  readonly body: string
  readonly bytes: Buffer
  readonly headers: IncomingMessage['headers']
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export type Answering = (asked: Asked, response: ServerResponse) => Answer | undefined

/** A server whose answers the test writes; undefined: the test answers by itself, or never. */
export async function serve(t: Test, answering: Answering) {
  const asked: Asked[] = []
  const server: Server = createServer((request, response) => {
    void buffer(request).then(
      (bytes) => {
        const body = bytes.toString('utf8')
        const operation = /Body><([\w:]+)/.exec(body)?.[1] ?? ''
        const one = { operation, body, bytes, headers: request.headers }
        asked.push(one)
        const answer = answering(one, response)
        if (answer === undefined) return
        const { status = 200, headers = { 'content-type': 'text/xml' }, body: said = '' } = answer
        response.writeHead(status, headers).end(said)
      },
      () => undefined,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ecms` }
}

export const soap = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`

export const taken =
  '<CorrespondenceLetterOutboundResponse><ProcessID>7/2569</ProcessID></CorrespondenceLetterOutboundResponse>'

export const errorOf = (...codes: string[]): string =>
  soap(
    codes
      .map(
        (code) =>
          `<ErrorDetail><ErrorCode>${code}</ErrorCode><ErrorDescription>ผิดพลาด</ErrorDescription></ErrorDetail>`,
      )
      .join(''),
  )

export const about = {
  from: moi,
  to: trang,
  about: {
    messageId: messageIdOf(3),
    digest: '0'.repeat(64),
    number: 'ตง 0017.1/9',
    date: letter.date,
    subject: 'เรื่อง',
  },
  at: start,
  reason: '',
}
