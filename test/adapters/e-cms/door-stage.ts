// An open door of an office, and what its clients send.
import type { Test } from 'tap'
import { phatthalung } from './case.ts'
import { formOf, gatewayInMemory, post, serve, transportOf } from './gateway.ts'

/** A door of an office, open; closed when the test ends. */
export async function opened(t: Test, options: Readonly<Record<string, unknown>> = {}, of = phatthalung) {
  const form = formOf(of)
  const gateway = gatewayInMemory(of, form)
  const transport = transportOf(of, form, options)
  await transport.start?.(gateway)
  const server = await serve(transport.doors)
  t.teardown(async () => {
    await server.close()
    await transport.stop()
  })
  const send = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    post(server.port, body, headers)
  return { gateway, transport, send, port: server.port }
}

export const soapOf = (body: string, messageId = 'row-17'): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header><w:MessageID xmlns:w="http://www.w3.org/2005/08/addressing">${messageId}</w:MessageID></S:Header><S:Body>${body}</S:Body></S:Envelope>`

export const letterOf = (
  number: string,
  { subject = 'เรื่อง', sender = '1519300000', extra = '' } = {},
): string =>
  `<CorrespondenceLetterOutboundRequest><r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>${number}</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>${subject}</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>${sender}</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>1500200000</a:ID></a:DepartmentOrganization></a:ReceiverParty>${extra}</a:CorrespondenceLetter></r:GovernmentDocument></CorrespondenceLetterOutboundRequest>`

export const contentOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1]

export const poll = soapOf('<CorrespondenceLetterInboundRequest/>')
