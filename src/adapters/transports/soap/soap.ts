// The SOAP transport: one door, at which a system of the national exchange sends and polls.
import { good, problem } from '../../../problem/problem.ts'
import type { Access, AdapterVerbs, Door, DoorAnswer, DoorRequest } from '../../contract.ts'
import { EcmsForm } from '../../formats/e-cms/e-cms.ts'
import { type Message, readMessage } from '../../formats/e-cms/message.ts'
import type { Operation } from '../../formats/e-cms/names.ts'
import { byteCount } from '../../quantities.ts'
import { type Checked, type Finding, size, textOrReference } from '../../schema.ts'
import { channels, type Transport, type TransportContext, transport } from '../transport.ts'
import { failure } from './answers.ts'
import { memoryOf, withBody } from './body.ts'
import type { Operate } from './exchange.ts'
import { mimeCodes, ministries, organisationList, secretCodes, speedCodes, time } from './look-ups.ts'
import { inbound, remove, special, status } from './polling.ts'
import { forget, outbound } from './sending.ts'

const operate: Readonly<Record<Operation, Operate>> = {
  CorrespondenceLetterOutboundRequest: outbound,
  ReceiveLetterNotifier: outbound,
  AcceptLetterNotifier: outbound,
  RejectLetterNotifier: outbound,
  InvalidLetterNotifier: outbound,
  InvalidAcceptIDNotifier: outbound,
  CorrespondenceLetterInboundRequest: inbound,
  CorrespondenceLetterDeleteRequest: remove,
  CorrespondenceDeleteGovernmentDocumentRequest: forget,
  CorrespondenceLetterInboundSpecialRequest: special,
  OutboundStatusRequest: status,
  TimeCheckRequest: async ({ now }) => time(now),
  GetMinistryOrganizationList: async ({ form }) => ministries(form.organisations),
  GetOrganizationList: async ({ form, url }) => organisationList(form.organisations, url),
  GetSecretCodes: async () => secretCodes(),
  GetSpeedCodes: async () => speedCodes(),
  GetMimeCodes: async () => mimeCodes(),
}
