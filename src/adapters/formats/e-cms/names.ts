// The names of the national letter exchange: namespaces, operations, and the notifier of each kind of notice.
import type { NoticeKind } from '../../../letter/notice.ts'

export const namespaces = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/',
  rsm: 'urn:th:gov:egif:data:standard:GovernmentDocument:1.0',
  ram: 'urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
} as const

/** The namespace of SOAP 1.2, to tell its users what is wrong. */
export const soap12 = 'http://www.w3.org/2003/05/soap-envelope'

/**
 * What a prefix means that a message uses and does not declare: a public client declares `env` and then writes
 * `SOAP-ENV:Header`. Only these; any other undeclared prefix is a fault.
 */
export const customaryPrefixes: Readonly<Record<string, string>> = {
  'SOAP-ENV': namespaces.soap,
  soapenv: namespaces.soap,
  soap: namespaces.soap,
  env: namespaces.soap,
  wsa: 'http://www.w3.org/2005/08/addressing',
  rsm: namespaces.rsm,
  ram: namespaces.ram,
  ds: namespaces.ds,
}

export const operations = [
  'CorrespondenceLetterOutboundRequest',
  'ReceiveLetterNotifier',
  'AcceptLetterNotifier',
  'RejectLetterNotifier',
  'InvalidLetterNotifier',
  'InvalidAcceptIDNotifier',
  'CorrespondenceLetterInboundRequest',
  'CorrespondenceLetterDeleteRequest',
  'CorrespondenceDeleteGovernmentDocumentRequest',
  'CorrespondenceLetterInboundSpecialRequest',
  'OutboundStatusRequest',
  'TimeCheckRequest',
  'GetMinistryOrganizationList',
  'GetOrganizationList',
  'GetSecretCodes',
  'GetSpeedCodes',
  'GetMimeCodes',
] as const
export type Operation = (typeof operations)[number]

export const isOperation = (name: string): name is Operation => operations.some((each) => each === name)

export const notifiers = [
  'ReceiveLetterNotifier',
  'AcceptLetterNotifier',
  'RejectLetterNotifier',
  'InvalidLetterNotifier',
  'InvalidAcceptIDNotifier',
] as const
export type Notifier = (typeof notifiers)[number]

export const isNotifier = (name: string): name is Notifier => notifiers.some((each) => each === name)

/** The kinds of notice that have a notifier. A recall is a request of its own, and nobody polls it. */
export type NotifiedKind = Exclude<NoticeKind, 'recall'>

export const kindOf: Readonly<Record<Notifier, NotifiedKind>> = {
  ReceiveLetterNotifier: 'receive',
  AcceptLetterNotifier: 'accept',
  RejectLetterNotifier: 'reject',
  InvalidLetterNotifier: 'invalid',
  InvalidAcceptIDNotifier: 'dispute',
}

export const notifierOf: Readonly<Record<NotifiedKind, Notifier>> = {
  receive: 'ReceiveLetterNotifier',
  accept: 'AcceptLetterNotifier',
  reject: 'RejectLetterNotifier',
  invalid: 'InvalidLetterNotifier',
  dispute: 'InvalidAcceptIDNotifier',
}
