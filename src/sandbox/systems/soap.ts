// A small client of the national exchange (TH e-GIF e-CMS), as provinces' contractors write them (domain §3).
import { XMLParser } from 'fast-xml-parser'
import { type Dispatcher, request } from 'undici'

const namespaces =
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

/** The client of the service at `url`, with HTTP Basic as old clients do. */
export function soapClient(options: {
  readonly url: string
  readonly user: string
  readonly password: string
  readonly dispatcher: Dispatcher
}): SoapClient {
  const authorization = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`
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
  return {
    async call(operation, content) {
      const answer = await request(options.url, {
        method: 'POST',
        dispatcher: options.dispatcher,
        headers: { 'content-type': "text/xml; encoding='utf-8'", soapaction: '""', authorization },
        body: soapMessage(options.url, operation, content),
      })
      const text = await answer.body.text()
      // As the public clients: the body of any other status is thrown away (domain §3).
      if (answer.statusCode !== 200)
        throw new Error(`${operation}: the service answered ${answer.statusCode}`)
      const found = foundIn(parser.parse(text) as unknown)
      const errors = found.all('ErrorDetail')
      if (errors.length === 0) return found
      throw new ServiceError(
        errors.map((one) => `${one.text('ErrorCode')} ${one.text('ErrorDescription')}`).join('; '),
      )
    },
  }
}

/** No XML declaration, an empty MessageID: so do clients that exist. */
const soapMessage = (to: string, operation: string, content: string): string =>
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:wsa="http://www.w3.org/2005/08/addressing"><SOAP-ENV:Header>' +
  `<wsa:MessageID></wsa:MessageID><wsa:To>${escapeXml(to)}</wsa:To></SOAP-ENV:Header>` +
  `<SOAP-ENV:Body><${operation} ${namespaces}>${content}</${operation}></SOAP-ENV:Body></SOAP-ENV:Envelope>`

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
