// The judge itself: what it calls lost, doubled, altered and without a number.
import t from 'tap'
import { moi, type OfficeId } from '../../src/letter/offices.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import type { BookEntry, OfficeSystem } from '../../src/sandbox/systems/system.ts'
import { judge, type Sent } from './judge.ts'

const office = '50' as OfficeId
const at = ''

const registered = (number: string, receiveNumber: string, files = ['a']): InboxEntry => ({
  ...{ entry: 'letter.registered', at, messageId: number, digest: '', from: office, number, date: '' },
  ...{ subject: '', attachments: files, receiveNumber, receipt: '' },
})
const told = (number: string, receiveNumber: string, kind = 'accept'): BookEntry => ({
  ...{ entry: 'notice.received', at, kind, number, date: '', receiveNumber },
})
const received = (number: string, id: string): BookEntry => ({
  ...{ entry: 'letter.received', at, id, from: '', number, date: '', subject: '', files: ['a'] },
  receiveNumber: '1',
})
const repeated = (number: string, id: string): BookEntry => ({ entry: 'letter.repeated', at, id, number })
const out = (number: string): Sent => ({ number, from: office, to: moi, files: ['a'] })
const into = (number: string): Sent => ({ number, from: moi, to: office, files: ['a'], messageId: number })
const system = (name: string, entries: readonly BookEntry[]): OfficeSystem => ({
  ...{ name, office, entries },
  send: async () => undefined,
  look: async () => undefined,
  close: async () => undefined,
})
const accept = (about: string): InboxEntry => ({
  ...{ entry: 'notice.received', at, messageId: '', digest: '', kind: 'accept', from: office, about },
  ...{ receiveNumber: '1', receipt: '' },
})

t.test('letters to the ministry', async (t) => {
  const verdict = judge(['good', 'lost', 'twice', 'other', 'unsaid', 'wrong', 'refused'].map(out), {
    ministry: [
      registered('good', '1'),
      registered('twice', '2'),
      registered('twice', '3'),
      registered('other', '4', ['b']),
      registered('unsaid', '5'),
      registered('wrong', '6'),
    ],
    systems: [
      system('JSON', [
        told('good', '1'),
        told('twice', '2'),
        told('twice', '3'),
        told('other', '4'),
        told('wrong', '7'),
        told('refused', '', 'reject'),
      ]),
    ],
    folders: new Set(),
  })
  t.match(verdict, { sent: 7, registered: 5, told: ['50 → moi refused'] })
  t.same(verdict.lost, ['50 → moi lost'])
  t.same(verdict.doubled, ['50 → moi twice'])
  t.same(verdict.altered, ['50 → moi other'])
  t.same(verdict.unnumbered, ['50 → moi unsaid', '50 → moi wrong'])
})

t.test(
  'letters of the ministry: what comes again under its own id is known, but not in a folder',
  async (t) => {
    const entries = [received('good', 'x'), received('again', 'y'), repeated('again', 'y')]
    const ministry = ['good', 'again', 'anew'].map(accept)
    const sent = ['good', 'again', 'anew'].map(into)
    const all = [...entries, received('anew', 'z'), repeated('anew', 'other')]
    t.same(judge(sent, { ministry, systems: [system('JSON', all)], folders: new Set() }).doubled, [
      'moi → 50 anew',
    ])
    t.same(
      judge(sent, { ministry, systems: [system('CSV folder', all)], folders: new Set([office]) }).doubled,
      ['moi → 50 again', 'moi → 50 anew'],
    )
    t.same(
      judge(sent, { ministry: [], systems: [system('JSON', all)], folders: new Set() }).unnumbered.length,
      3,
    )
  },
)
