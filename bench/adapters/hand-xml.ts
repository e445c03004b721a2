// Krabi's XML by hand: fast-xml-parser, both ways.
import { XMLBuilder, XMLParser } from 'fast-xml-parser'
import { secrecyCode, secrecyOfCode, urgencyCode, urgencyOfCode } from '../../src/letter/codes.ts'
import { readCanonicalDate } from '../../src/letter/dates.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { officeById } from '../../src/letter/offices.ts'
import {
  type Beside,
  besideNamesOf,
  cellsOfNames,
  fail,
  filesOf,
  type Hand,
  known,
  numberOf,
  officesByOrganisation,
  type Read,
} from './hand.ts'
import { personOf } from './hand-table.ts'
import { must } from './letters.ts'

interface Party {
  readonly 'p:Office'?: string
  readonly 'p:GivenName'?: string
  readonly 'p:FamilyName'?: string
  readonly 'p:Title'?: string
}

interface Element {
  readonly 'd:No'?: string
  readonly 'd:Date'?: string
  readonly 'd:Title'?: string
  readonly 'd:Speed'?: { readonly '@d:code'?: string }
  readonly 'd:Secret'?: { readonly '@d:code'?: string }
  readonly 'p:Sender'?: Party
  readonly 'p:Receivers'?: { readonly 'p:Receiver'?: readonly Party[] }
  readonly 'd:References'?: { readonly 'd:Ref'?: readonly { 'd:No'?: string; 'd:Title'?: string }[] }
  readonly 'd:EnclosureNote'?: string
  readonly 'd:Files'?: { readonly 'd:File'?: readonly { '@name'?: string }[] }
  readonly 'd:Remark'?: string
}

interface Document {
  readonly 'd:Letters'?: { readonly 'd:Letter'?: readonly Element[] }
}

const repeated = new Set(['d:Letter', 'p:Receiver', 'd:Ref', 'd:File'])
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => repeated.has(name),
})
const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: false,
})

/** The parser alone. */
export const parseXml = (bytes: Buffer): unknown => parser.parse(bytes.toString('utf8'))

export const handXml: Hand = {
  read: (bytes, beside) => {
    const document: Document = parser.parse(bytes.toString('utf8'), true)
    const letters = document['d:Letters']?.['d:Letter'] ?? fail('no letters', '')
    return letters.map((letter) => letterOf(letter, beside))
  },
  write: (letter, id) => {
    const names = besideNamesOf(id, letter.attachments)
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return { bytes: Buffer.from(`${head}${builder.build(documentOf(letter, names))}`), names }
  },
}

function letterOf(element: Element, beside: Beside): Read {
  const { number, urgency: glued } = numberOf(element['d:No'] ?? '')
  const speed = element['d:Speed']?.['@d:code'] ?? ''
  const secret = element['d:Secret']?.['@d:code'] ?? ''
  const said = speed === '' ? undefined : (urgencyOfCode(speed) ?? fail('unknown urgency', speed))
  if (said !== undefined && glued !== undefined && said !== glued) fail('two urgencies', number.printed)
  const sender = element['p:Sender'] ?? {}
  const signer = personOf(sender['p:GivenName'] ?? '', sender['p:FamilyName'] ?? '', sender['p:Title'] ?? '')
  const receivers = element['p:Receivers']?.['p:Receiver'] ?? []
  const [first, ...others] = receivers.map((each) =>
    known(officesByOrganisation, each['p:Office'] ?? '', 'office'),
  )
  const files = element['d:Files']?.['d:File'] ?? []
  return {
    draft: {
      kind: 'external',
      circular: number.circular,
      number,
      date: must(readCanonicalDate(element['d:Date'] ?? '')),
      subject: element['d:Title'] ?? '',
      urgency: said ?? glued ?? 'ordinary',
      secrecy: secret === '' ? 'ordinary' : (secrecyOfCode(secret) ?? fail('unknown secrecy', secret)),
      from: {
        office: known(officesByOrganisation, sender['p:Office'] ?? '', 'office'),
        ...(signer && { person: signer }),
      },
      to: first === undefined ? fail('no recipient', '') : { offices: [first, ...others] },
      references: (element['d:References']?.['d:Ref'] ?? []).map((each) => ({
        number: each['d:No'] ?? '',
        subject: each['d:Title'] ?? '',
      })),
      enclosureNote: element['d:EnclosureNote'] ?? '',
      sentAt: undefined,
      description: element['d:Remark'] ?? '',
      extension: [],
    },
    attachments: filesOf(
      files.map((each) => each['@name'] ?? ''),
      beside,
    ),
  }
}

// XML 1.0, section 2.2.
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const text = (value: string): string =>
  forbidden.test(value) ? fail('a character that XML cannot say', value) : value
const optional = (name: string, value: string) => (value === '' ? {} : { [name]: text(value) })

function documentOf(letter: Letter, names: readonly string[]) {
  const { from, to, references } = letter
  if (letter.sentAt !== undefined || to.person || references.some(({ date }) => date !== undefined))
    fail('a letter that says more than the system can hold', letter.number.printed)
  const { main, others } = cellsOfNames(names, letter.attachments)
  return {
    'd:Letters': {
      '@xmlns:d': 'urn:example:krabi:document:3',
      '@xmlns:p': 'urn:example:krabi:party:3',
      'd:Letter': {
        'd:No': text(letter.number.printed),
        'd:Date': letter.date,
        'd:Title': text(letter.subject),
        'd:Speed': { '@d:code': urgencyCode(letter.urgency) },
        'd:Secret': { '@d:code': secrecyCode(letter.secrecy) },
        'p:Sender': {
          'p:Office': officeById(from.office).organisationId,
          ...optional('p:GivenName', from.person?.givenName ?? ''),
          ...optional('p:FamilyName', from.person?.familyName ?? ''),
          ...optional('p:Title', from.person?.jobTitle ?? ''),
        },
        'p:Receivers': {
          'p:Receiver': to.offices.map((id) => ({ 'p:Office': officeById(id).organisationId })),
        },
        ...(references.length > 0 && {
          'd:References': {
            'd:Ref': references.map(({ number, subject }) => ({
              ...optional('d:No', number),
              ...optional('d:Title', subject),
            })),
          },
        }),
        ...optional('d:EnclosureNote', letter.enclosureNote),
        'd:Files': { 'd:File': [main, ...others].map((name) => ({ '@name': name })) },
        ...optional('d:Remark', letter.description),
      },
    },
  }
}
