// The judge itself: what it calls lost, doubled, altered and without a number.
import t from 'tap'
import { moi, type OfficeId } from '../../src/letter/offices.ts'
import type { InboxEntry } from '../../src/sandbox/inbox/register.ts'
import type { BookEntry, OfficeSystem } from '../../src/sandbox/systems/system.ts'
import { judge, keyOf, type Sent, type Verdict } from './judge.ts'

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
const into = (number: string): Sent => ({ number, from: moi, to: office, files: ['a'] })
/** Under a message id that is its number. */
const posted = (number: string): InboxEntry => ({
  ...{ entry: 'letter.sent', at, messageId: number, to: [office], number, date: '', subject: '' },
})
const handedOver = (number: string): BookEntry => ({ entry: 'letter.sent', at, number, date: '' })
const turnedAway = (number: string): BookEntry => ({ entry: 'letter.refused', at, number, said: '' })
const system = (name: string, entries: readonly BookEntry[]): OfficeSystem => ({
  ...{ name, office, entries },
  send: async () => undefined,
  look: async () => undefined,
  close: async () => undefined,
})
const accept = (about: string, kind = 'accept', from = office): InboxEntry => ({
  ...{ entry: 'notice.received', at, messageId: '', digest: '', kind, from, about },
  ...{ receiveNumber: '1', receipt: '' },
})

/** Of these letters, and no others were ever written. */
const verdictOf = (
  sent: readonly Sent[],
  ministry: readonly InboxEntry[],
  book: readonly BookEntry[],
  folders: ReadonlySet<OfficeId> = new Set(),
): Verdict =>
  judge(sent, { ministry, systems: [system('JSON', book)], folders, written: new Set(sent.map(keyOf)) })

t.test('letters to the ministry', async (t) => {
  const verdict = verdictOf(
    ['good', 'lost', 'twice', 'other', 'unsaid', 'wrong', 'refused'].map(out),
    [
      registered('good', '1'),
      registered('twice', '2'),
      registered('twice', '3'),
      registered('other', '4', ['b']),
      registered('unsaid', '5'),
      registered('wrong', '6'),
    ],
    [
      told('good', '1'),
      told('twice', '2'),
      told('twice', '3'),
      told('other', '4'),
      told('wrong', '7'),
      told('refused', '', 'reject'),
    ],
  )
  t.match(verdict, { sent: 7, registered: 5, told: ['50 → moi refused'] })
  t.same(verdict.lost, ['50 → moi lost'])
  t.same(verdict.doubled, ['50 → moi twice'])
  t.same(verdict.altered, ['50 → moi other'])
  t.same(verdict.unnumbered, ['50 → moi unsaid'])
  t.same(verdict.misnumbered, ['50 → moi wrong'])
  t.same([verdict.contradicted, verdict.strange], [[], []])
})

t.test('what was turned away and then taken is not refused, unless it is refused again', async (t) => {
  const { told: refused, lost } = verdictOf(
    ['away', 'taken', 'rejected', 'later'].map(out),
    [],
    [
      turnedAway('away'),
      ...[turnedAway('taken'), handedOver('taken')],
      ...[told('rejected', '', 'reject'), turnedAway('rejected'), handedOver('rejected')],
      ...[handedOver('later'), turnedAway('later')],
    ],
  )
  t.same(lost, ['50 → moi taken'])
  t.same(refused, ['50 → moi away', '50 → moi rejected', '50 → moi later'])
})

t.test('a sender who is told that a letter is refused, and it is registered', async (t) => {
  const ministry = [
    ...['good', 'rejected', 'invalid', 'away', 'taken'].map((number) => registered(number, '1')),
    ...['back', 'returned', 'whole'].flatMap((number) => [posted(number), accept(number)]),
    accept('back', 'reject'),
    { entry: 'envelope.returned', at, messageId: 'returned', said: '' } as const,
  ]
  const book = [
    ...['good', 'rejected', 'invalid', 'away', 'taken'].map((number) => told(number, '1')),
    ...[told('rejected', '', 'reject'), told('invalid', '', 'invalid'), turnedAway('away')],
    ...[turnedAway('taken'), handedOver('taken')],
    ...['back', 'returned', 'whole'].map((number) => received(number, number)),
  ]
  const sent = [
    ...['good', 'rejected', 'invalid', 'away', 'taken'].map(out),
    ...['back', 'returned', 'whole'].map(into),
  ]
  t.same(verdictOf(sent, ministry, book).contradicted, [
    ...['50 → moi rejected', '50 → moi invalid', '50 → moi away'],
    ...['moi → 50 back', 'moi → 50 returned'],
  ])
})

t.test('what a book says of a letter that nobody sent this way', async (t) => {
  const sent = [out('out'), into('in')]
  const strange = (ministry: readonly InboxEntry[], book: readonly BookEntry[]) =>
    verdictOf(sent, [posted('in'), ...ministry], book).strange
  t.same(strange([registered('out', '1'), accept('in')], [received('in', 'x'), told('out', '1')]), [])
  t.same(strange([registered('in', '1')], []), ['50 → moi in'])
  t.same(strange([accept('in', 'accept', '57' as OfficeId)], []), ['moi → 57 in'])
  t.same(strange([accept('of nobody')], []), ['moi → 50 of nobody'])
  t.same(strange([], [received('out', 'x'), repeated('out', 'x')]), ['moi → 50 out'])
  t.same(strange([], [told('in', '1')]), ['50 → moi in'])
  t.same(strange([], [turnedAway('')]), ['50 → moi '])
  const ledgers = { ministry: [registered('out', '1')], systems: [], folders: new Set<OfficeId>() }
  t.same(judge([], { ...ledgers, written: new Set(sent.map(keyOf)) }).strange, [], 'one of an earlier fault')
})

t.test(
  'letters of the ministry: what comes again under its own id is known, but not in a folder',
  async (t) => {
    const entries = [received('good', 'x'), received('again', 'y'), repeated('again', 'y')]
    const letters = ['good', 'again', 'anew']
    const ministry = letters.flatMap((number) => [posted(number), accept(number)])
    const sent = letters.map(into)
    const all = [...entries, received('anew', 'z'), repeated('anew', 'other')]
    t.same(verdictOf(sent, ministry, all).doubled, ['moi → 50 anew'])
    t.same(verdictOf(sent, ministry, all, new Set([office])).doubled, ['moi → 50 again', 'moi → 50 anew'])
    t.same(verdictOf(sent, letters.map(posted), all).unnumbered.length, 3)
  },
)
