// A small client of the national exchange (TH e-GIF e-CMS), as provinces' contractors write them (domain §3).
import { type Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { XMLParser } from 'fast-xml-parser'
import iconv from 'iconv-lite'

/** Declarations of the customary prefixes. */
export const namespaces =
  'xmlns:rsm="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" ' +
  'xmlns:ram="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"'

/** The service said no: `ErrorDetail`, possibly several. */
export class ServiceError extends Error {}

export interface SoapClient {
  /** Calls one operation with the body's XML; gives the answer's body. Throws ServiceError, or what the network did. */
  call(operation: string, content: string): Promise<Found>
}

/** What was found in an answer, by local name, wherever it stands. */
export interface Found {
  text(name: string): string
  all(name: string): readonly Found[]
}

/** How a contractor's client departs from the standard: each was seen (domain §3, §4). */
export interface SoapHabits {
  /** WS-Addressing of a namespace that does not exist, with a `to` in lower case. */
  readonly wrongAddressing?: boolean
  /** `Expect: 100-continue` before every body, as .NET clients do. */
  readonly expectsContinue?: boolean
  /** Bytes in windows-874, in a message that calls itself UTF-8. */
  readonly thaiBytes?: boolean
}

/** The client of the service at `url`, with HTTP Basic as old clients do. */
export function soapClient(options: {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly agent: Agent
  readonly habits?: SoapHabits
}): SoapClient {
  const { url, user, password, agent, habits = {} } = options
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return {
    async call(operation, content) {
      const message = soapMessage(url, operation, content, habits)
      const body = habits.thaiBytes === true ? iconv.encode(message, 'windows-874') : Buffer.from(message)
      const expect = habits.expectsContinue === true ? { expect: '100-continue' } : {}
      const headers = {
        'content-type': "text/xml; encoding='utf-8'",
        'content-length': String(body.length),
        soapaction: '""',
        authorization,
        ...expect,
      }
      const { status, bytes } = await post(url, agent, headers, body)
      // As the public clients: the body of any other status is thrown away (domain §3).
      if (status !== 200) throw new Error(`${operation}: the service answered ${status}`)
      const found = readSoap(
        habits.thaiBytes === true ? iconv.decode(bytes, 'windows-874') : bytes.toString('utf8'),
      )
      const errors = found.all('ErrorDetail')
      if (errors.length === 0) return found
      throw new ServiceError(
        errors.map((one) => `${one.text('ErrorCode')} ${one.text('ErrorDescription')}`).join('; '),
      )
    },
  }
}

function post(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers })
    call.on('error', reject)
    call.on('response', (answer) => {
      buffer(answer).then((bytes) => resolve({ status: answer.statusCode ?? 0, bytes }), reject)
    })
    if (headers['expect'] === undefined) call.end(body)
    else {
      call.once('continue', () => call.end(body))
      call.flushHeaders()
    }
  })
}

/** What stands in a message of the exchange, by local names. */
export function readSoap(text: string): Found {
  const parser = new XMLParser({
    removeNSPrefix: true,
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    alwaysCreateTextNode: true,
    isArray: () => true,
    // Thai text comes as numeric references from some servers.
    htmlEntities: true,
  })
  return foundIn(parser.parse(text) as unknown)
}

/** No XML declaration, an empty MessageID: so do clients that exist. */
function soapMessage(to: string, operation: string, content: string, habits: SoapHabits): string {
  const wrong = habits.wrongAddressing === true
  const [addressing, name] = wrong
    ? ['http://w3.org/2005/08/addressing', 'to']
    : ['http://www.w3.org/2005/08/addressing', 'To']
  return (
    '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" ' +
    `xmlns:wsa="${addressing}"><SOAP-ENV:Header>` +
    `<wsa:MessageID></wsa:MessageID><wsa:${name}>${escapeXml(to)}</wsa:${name}></SOAP-ENV:Header>` +
    `<SOAP-ENV:Body><${operation} ${namespaces}>${content}</${operation}></SOAP-ENV:Body></SOAP-ENV:Envelope>`
  )
}

/** Text as an element's content. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

function foundIn(tree: unknown): Found {
  const all = (name: string): readonly unknown[] => collect(tree, name, [])
  return {
    text(name) {
      const first = all(name)[0]
      if (typeof first === 'string') return first
      const inside =
        typeof first === 'object' && first !== null ? (first as Record<string, unknown>)['#text'] : ''
      return Array.isArray(inside) ? String(inside[0] ?? '') : String(inside ?? '')
    },
    all: (name) => all(name).map(foundIn),
  }
}

function collect(tree: unknown, name: string, into: unknown[]): unknown[] {
  if (Array.isArray(tree)) for (const one of tree) collect(one, name, into)
  else if (typeof tree === 'object' && tree !== null) {
    for (const [key, value] of Object.entries(tree)) {
      if (key === name) into.push(...(Array.isArray(value) ? value : [value]))
      else collect(value, name, into)
    }
  }
  return into
}
