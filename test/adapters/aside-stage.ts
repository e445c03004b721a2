// Files aside against the same documents read as they stand: the items are the same, to the byte. The other reader is the same
// code, in which nothing is ever taken out.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import t from 'tap'
import { stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, Item, Source } from '../../src/adapters/contract.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { lifted } from '../../src/adapters/lifted.ts'
import { piecesOf, sizeOf } from '../../src/adapters/pieces.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { TestClock } from './stage.ts'
import { profileTree } from './there-and-back.ts'

export const clock = new TestClock()

const never = {
  '../../src/adapters/lifted.ts': { lifted: () => undefined, tokenStart: String, tokenOf: String },
}
/** A module in which nothing is ever taken out. */
export const wholeOf = <Module>(path: string): Promise<Module> => t.mockImport<Module>(path, never)
const whole = await wholeOf<typeof import('../../src/adapters/adapter.ts')>('../../src/adapters/adapter.ts')

export const sha256 = (content: Exclude<AttachmentContent, { kind: 'file' | 'kept' }>): string => {
  const hash = createHash('sha256')
  for (const piece of piecesOf(content)) hash.update(piece)
  return `${sizeOf(content)} ${hash.digest('hex')}`
}

/** An item as it can be compared; its files are read twice. */
const shown = (item: Item): unknown => {
  if (item.kind !== 'letter') return item
  return {
    ...item,
    attachments: item.attachments.map(({ content, ...each }) => {
      assert(content.kind === 'bytes' || content.kind === 'pieces')
      const [first, second] = [sha256(content), sha256(content)]
      assert.equal(first, second)
      return { ...each, content: first }
    }),
  }
}

/** How often files stayed where they stood, letters were read without, and something was a fault. */
const counts = { aside: 0, letters: 0, faults: 0 }

export async function agree(one: DocumentForm, other: DocumentForm, bytes: Buffer): Promise<readonly Item[]> {
  const source: Source = {
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  }
  const items = await one.read(source)
  const expected = await other.read({ ...source, bytes: Buffer.from(bytes) })
  assert.deepEqual(items.map(shown), expected.map(shown))
  for (const item of items)
    if (item.kind !== 'letter') counts.faults += 1
    else if (item.attachments.some(({ content }) => content.kind === 'pieces')) counts.aside += 1
    else counts.letters += 1
  return items
}

export const outside = () => {
  const { aside, letters, faults } = counts
  Object.assign(counts, { aside: 0, letters: 0, faults: 0 })
  return { aside, letters, faults }
}

export const fields = (base64: object = {}) => ({
  number: { at: 'no', as: 'letter-number' },
  date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'subject', as: 'text' },
  to: { at: 'to', as: 'office' },
  attachments: { at: ['data', 'name'], as: { base64 } },
})
export const columns = ['no', 'date', 'subject', 'to', 'data', 'name']

function profileOf(format: object, letterFields: object = fields(), more: object = {}): Profile {
  const tree = profileTree()
  tree.documents.letter = { ...tree.documents.letter, format, fields: letterFields, ...more }
  return mustBe(readProfile(stringify(tree), 'test.yaml'))
}

/** The form of a profile, and the same one that takes nothing out. */
export function bothOf(...parts: Parameters<typeof profileOf>): readonly [DocumentForm, DocumentForm] {
  const profile = profileOf(...parts)
  const [one, other] = [formsOf(profile, clock).send, whole.formsOf(profile, clock).send]
  assert(one && other)
  return [one, other]
}

export const file = (seed: number, size: number): string =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * seed + (at >> 7)) % 256)).toString('base64')

export const every = (text: string, width: number, what: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(what)

/** A text that a lifting of this process made, and one as another process makes them. */
export const earlier =
  lifted(Buffer.from(`"${file(5, 60_000)}"`))
    ?.bytes.toString()
    .slice(1, -1) ?? ''
export const foreign = `SarabanAside${'0123456789abcdef'.repeat(2)}00000000`

export const cells = { no: 'ชม 0017/1', date: '2026-11-23', subject: 'ขอเชิญ', to: '57', name: 'ก.pdf' }

export const government = (main: string, subject: string, note: string): string =>
  `<r:GovernmentDocument xmlns:r="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" xmlns:a="urn:th:gov:egif:data:standard:ReusableAggregateBusinessInformationEntity:1"><a:CorrespondenceLetter><a:ID>ชม 0017/1</a:ID><a:CorrespondenceDate>2026-11-20</a:CorrespondenceDate><a:Subject>${subject}</a:Subject><a:SecretCode>001</a:SecretCode><a:SpeedCode>001</a:SpeedCode><a:SenderParty><a:DepartmentOrganization><a:ID>1515000000</a:ID></a:DepartmentOrganization></a:SenderParty><a:ReceiverParty><a:DepartmentOrganization><a:ID>1519300000</a:ID></a:DepartmentOrganization></a:ReceiverParty>${note}<a:MainLetterBinaryObject mimeCode="application/pdf">${main}</a:MainLetterBinaryObject></a:CorrespondenceLetter></r:GovernmentDocument>`

export const json = (data: string, more: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...cells, data, ...more }))
export const plain = { kind: 'json-records', columns }
export const large = file(131, 70_002)
