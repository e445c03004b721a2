// A document that comes again with other files beside it, or was never looked through: nothing of it may end as another one.
import t from 'tap'
import type { Item, Source, Taken } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { lettersOfMessage, lettersSent, moveLetter } from '../../src/gateway/journal/letters.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { isSecretSource } from '../../src/gateway/journal/sources.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { problem } from '../../src/problem/problem.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  makeTrust,
  moi,
  openGateway,
  plainLetter,
  ScriptedAdapter,
  scratch,
  source,
  systemOf,
} from './harness.ts'
import { dismiss } from './quarantine-stage.ts'

const trust = await makeTrust([chiangMai, moi])
const letter = plainLetter()

/** What a profile reads of a document with a scan beside it. */
const scanned = (beside: Source['beside']): Item => ({
  ...(letterItem(letter) as Extract<Item, { kind: 'letter' }>),
  attachments: [...beside].map(([name, content]) => ({
    ...{ name, mediaType: 'application/pdf', role: 'main', content },
  })),
})

const files = (scan: string | undefined): Source['beside'] =>
  new Map(scan === undefined ? [] : [['scan.pdf', { kind: 'bytes', bytes: Buffer.from(scan) }]])

async function openWorld(t: Parameters<typeof scratch>[0]) {
  const clock = new HandClock()
  const province = new ScriptedAdapter(chiangMai)
  const gateway = await openGateway(scratch(t), trust, [province, new ScriptedAdapter(moi)], clock)
  t.after(() => gateway.close())
  const { desk } = gateway
  const { committed } = desk.database
  const take1 = async (offered: Partial<Source>, item: Item): Promise<Taken> => {
    const [taken] = await take(desk, systemOf(province), { ...source('500.csv'), ...offered }, async () => [
      item,
    ])
    if (taken === undefined) throw new Error('nothing became of it')
    return taken
  }
  return {
    ...{ desk, committed, clock, take1 },
    offer: (scan: string | undefined, handover: string) =>
      take1({ handover, beside: files(scan) }, scanned(files(scan))),
    move: (id: MessageId, event: Parameters<typeof moveLetter>[3]) =>
      desk.database.write((transaction) => moveLetter(transaction, id, moi, event, clock.now())),
    retry: (ids: readonly string[]) =>
      retryQuarantined(
        desk,
        () => ({ system: systemOf(province), read: async ({ beside }) => [scanned(beside)] }),
        { ids, by: 'somchai', why: 'the first was refused', believe: false },
      ),
    dismiss: (id: string) => dismiss(desk, id),
    waiting: () => listQuarantine(committed, 10),
    scans: async () => {
      const rows = await lettersSent(committed, chiangMai, letter.number.normalized)
      return rows.map(({ state }) => state).sort()
    },
  }
}

const idOf = (taken: Taken): MessageId => {
  if (taken.kind !== 'taken') throw new Error(JSON.stringify(taken))
  return taken.messageId
}

for (const [of, handover] of [
  ['another handing-over', 'claim-2'],
  ['the same handing-over', 'claim-1'],
] as const)
  t.test(`another scan beside an unchanged document, of ${of}: a retry sends it`, async (t) => {
    const { offer, move, waiting, retry, scans, committed } = await openWorld(t)
    const first = idOf(await offer('v1', 'claim-1'))
    await move(first, 'forward')
    await move(first, 'receive')
    t.match(await offer('v2', handover), { kind: 'quarantined', problems: [{ code: 'letter.conflict' }] })
    const [place] = await waiting()
    t.match(await retry([place!.id]), [{ became: 'quarantined', codes: ['letter.conflict'] }])
    t.equal((await waiting()).length, 1, 'once, though it was tried')
    await move(first, 'reject')
    const [became] = await retry([place!.id])
    t.equal(became?.became, 'taken')
    t.not(became?.messageId, first)
    t.same(await waiting(), [])
    const [row] = await lettersOfMessage(committed, became?.messageId ?? '')
    t.not(row?.contentDigest, (await lettersOfMessage(committed, first))[0]?.contentDigest)
    t.match(await offer('v2', handover), { kind: 'known', messageId: became?.messageId })
    t.match(await offer('v1', 'claim-1'), { kind: 'known', messageId: first })
    t.same(await waiting(), [], 'neither is another one now')
    t.equal((await scans()).length, 2)
  })

t.test('what waits is not ended by the same document with another scan', async (t) => {
  const { offer, waiting, retry } = await openWorld(t)
  const first = idOf(await offer('v1', 'claim-1'))
  await offer('v2', 'claim-2')
  t.match(await offer('v1', 'claim-3'), { kind: 'known', messageId: first })
  const [place, ...none] = await waiting()
  t.same(none, [])
  t.match(await retry([place!.id]), [{ became: 'quarantined', codes: ['letter.conflict'] }])
})

t.test('nor by another content that was read of the same bytes', async (t) => {
  const { take1, waiting } = await openWorld(t)
  idOf(await take1({ handover: 'claim-1' }, scanned(files('v1'))))
  await take1({ handover: 'claim-2' }, scanned(files('v2')))
  await take1({ handover: 'claim-3' }, scanned(files('v1')))
  t.equal((await waiting()).length, 1)
})

t.test('what waits without its scan leaves when it comes with it', async (t) => {
  const { offer, take1, waiting } = await openWorld(t)
  const missing = [problem('letter.attachment.missing', 'attachments', 'scan.pdf')] as const
  await take1({ handover: 'claim-1' }, { kind: 'fault', position: 'letter', problems: missing })
  t.equal((await waiting()).length, 1)
  idOf(await offer('v1', 'claim-2'))
  t.same(await waiting(), [])
})

t.test('a third scan waits, though the second was dismissed', async (t) => {
  const { offer, waiting, dismiss, retry, move, desk } = await openWorld(t)
  const first = idOf(await offer('v1', 'claim-1'))
  await offer('v2', 'claim-2')
  const [second] = await waiting()
  await dismiss(second!.id)
  await offer('v2', 'claim-2')
  t.same(await waiting(), [], 'the same again stays dismissed')
  await offer('v3', 'claim-3')
  await offer('v3', 'claim-3')
  const [third, ...none] = await waiting()
  t.same(none, [])
  t.not(third?.id, second?.id)
  await move(first, 'forward')
  await move(first, 'receive')
  await move(first, 'reject')
  const [became] = await retry([third!.id])
  t.equal(became?.became, 'taken')
  const sources = await desk.database.committed.all('SELECT DISTINCT beside FROM sources')
  t.equal(sources.length, 3, 'each of its own, and the document as it is handed over')
})

t.test('a document with a secret letter is secret with whatever files', async (t) => {
  const { committed, desk } = await openWorld(t)
  const province = new ScriptedAdapter(chiangMai)
  const secret = letterItem(plainLetter({ secrecy: 'secret' }), 'line 2')
  const fault: Item = {
    ...{ kind: 'fault', position: 'line 3', problems: [problem('adapter.column.missing', 'line 3', 'x')] },
  }
  await take(desk, systemOf(province), { ...source('two'), beside: files('v1') }, async () => [secret, fault])
  const [place] = await listQuarantine(committed, 10)
  t.equal(await isSecretSource(committed, place!.sourceId), true)
})

t.test('a document with a notice of a secret letter is as secret as one with the letter', async (t) => {
  const { committed, desk, take1 } = await openWorld(t)
  const province = new ScriptedAdapter(chiangMai)
  const recallOf = (messageId: MessageId): Item => ({
    ...{ kind: 'notice', position: 'line 2', draft: { kind: 'recall', about: { messageId } } },
  })
  const fault: Item = {
    ...{ kind: 'fault', position: 'line 3', problems: [problem('adapter.column.missing', 'line 3', 'x')] },
  }
  for (const secrecy of ['ordinary', 'secret'] as const) {
    const sent = idOf(await take1({ handover: secrecy }, letterItem(plainLetter({ secrecy }))))
    const recalls = { ...source(secrecy), name: secrecy, document: 'notice' } as const
    await take(desk, systemOf(province), recalls, async () => [recallOf(sent), fault])
    const place = (await listQuarantine(committed, 10)).find(({ name }) => name === recalls.name)
    t.equal(await isSecretSource(committed, place!.sourceId), secrecy === 'secret', secrecy)
  }
})

t.test('bytes that were beyond the limit are kept when they come within it', async (t) => {
  const { take1, committed, retry, waiting, desk } = await openWorld(t)
  const bytes = Buffer.from('a long document')
  const { sha256 } = await desk.attachments.keep(bytes, 100)
  const tooLarge = [
    problem('adapter.folder.too-large', '', 'big.csv', { size: 15, limit: 1, place: 'x' }),
  ] as const
  const unread = { sha256, size: bytes.length }
  const fault = (position: string): Item => ({ kind: 'fault', position, problems: tooLarge })
  await take1({ bytes: Buffer.alloc(0), unread, doubts: tooLarge, handover: 'claim-1' }, fault('document'))
  t.match(await committed.all('SELECT bytes, size FROM sources'), [{ bytes: null, size: 15 }])
  await take1({ bytes, handover: 'claim-2' }, fault('letter'))
  const [kept, ...none] = await committed.all<{ bytes: Buffer }>('SELECT bytes FROM sources')
  t.same(none, [])
  t.same(Buffer.from(kept?.bytes ?? ''), bytes)
  const place = (await waiting()).find(({ position }) => position === 'letter')
  t.match(await retry([place!.id]), [{ became: 'taken' }])
})

t.test(
  'a document that nobody could look through is shown again when the one before was dismissed',
  async (t) => {
    const { take1, waiting, dismiss } = await openWorld(t)
    const details = { size: 2 ** 31, limit: 2 ** 31, reason: 'its head is larger than attachmentLimit' }
    const doubts = [problem('adapter.rest.head-stuck', '', undefined, details)] as const
    const look = () =>
      take1(
        { bytes: Buffer.alloc(0), unread: { size: 2 ** 31 }, doubts, handover: 'rest send head' },
        { kind: 'fault', position: 'document', problems: doubts },
      )
    await look()
    await look()
    const [place, ...none] = await waiting()
    t.same(none, [], 'once, however often it is seen')
    await dismiss(place!.id)
    await look()
    await look()
    t.equal((await waiting()).length, 1)
  },
)
