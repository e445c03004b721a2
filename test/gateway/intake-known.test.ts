import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { retryQuarantined } from '../../src/gateway/intake/retry.ts'
import { lettersOfMessage, moveLetter, newestSent } from '../../src/gateway/journal/letters.ts'
import { noticesAbout } from '../../src/gateway/journal/notices.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import { storyOf } from '../../src/gateway/journal/story.ts'
import type { Letter } from '../../src/letter/letter.ts'
import type { MessageId } from '../../src/letter/time.ts'
import { chiangMai, chiangRai, letterItem, moi, plainLetter, sealedBy, source, systemOf } from './harness.ts'
import { codes, number, open, trust } from './intake-stage.ts'

t.test('a recalled letter frees its number for the corrected one', async (t) => {
  const { gateway, province, offer } = await open(t)
  const [first] = await offer(province, [letterItem(plainLetter())], 'one')
  const recall: Item = {
    kind: 'notice',
    position: 'notice',
    draft: { kind: 'recall', about: { number: 'ชม 0017.1/492', date: '2008-02-13' } },
  }
  const [recalled] = await offer(province, [recall], 'recall')
  t.equal(recalled?.kind, 'taken')
  const id = (first as { messageId: string }).messageId
  t.match(await lettersOfMessage(gateway.desk.database.committed, id), [{ state: 'recalled' }])
  t.match(
    (await storyOf(gateway.desk.database.committed, id))?.deliveries,
    [{ delivery: { state: 'recalled' } }],
    'never sent, so nobody need be told',
  )
  const [corrected] = await offer(province, [letterItem(plainLetter({ subject: 'แก้ไข' }))], 'corrected')
  t.equal(corrected?.kind, 'taken')
})

t.test('what is only looked at again is not sent again, whatever became of it', async (t) => {
  const { gateway, province, offer } = await open(t)
  const looked = (letter: Letter, handover: string) =>
    take(gateway.desk, systemOf(province), { ...source('row'), handover, seen: true }, async () => [
      letterItem(letter),
    ])
  const [first] = await offer(province, [letterItem(plainLetter())], 'one')
  const messageId = (first as { messageId: string }).messageId
  const about = { number: 'ชม 0017.1/492', date: '2008-02-13' }
  await gateway.desk.database.write((transaction) =>
    moveLetter(
      transaction,
      messageId as `urn:uuid:${string}`,
      plainLetter().to.offices[0]!,
      'reject',
      gateway.desk.clock.now(),
    ),
  )
  const states = async () =>
    (await lettersOfMessage(gateway.desk.database.committed, messageId)).map(({ state }) => state)
  t.match(await looked(plainLetter(), 'row 1'), [{ kind: 'known', messageId }])
  t.same(await states(), ['refused'])
  const recall: Item = { kind: 'notice', position: 'notice', draft: { kind: 'recall', about } }
  t.match(await offer(province, [recall], 'recall'), [{ kind: 'taken' }])
  t.match(await looked(plainLetter(), 'row 1'), [{ kind: 'known', messageId }])
  t.same(await states(), ['recalled'])
  t.match(await offer(province, [letterItem(plainLetter())], 'asked', 'waits'), [{ kind: 'taken' }])
})

t.test('a notice row that was taken: another number is told, what it said is never told again', async (t) => {
  const { gateway, province, other, offer } = await open(t)
  const [sent] = await offer(province, [letterItem(plainLetter({ to: { offices: [chiangRai] } }))], 'letter')
  const about = { messageId: (sent as { messageId: MessageId }).messageId }
  const row = (bytes: string, receiveNumber: string, seen = true) =>
    take(
      gateway.desk,
      systemOf(other),
      { ...source(bytes), document: 'notice', handover: 'row 7', ...(seen && { seen }) },
      async () => [{ kind: 'notice', position: 'row', draft: { kind: 'accept', about, receiveNumber } }],
    )
  const told = async () => {
    const rows = await noticesAbout(gateway.desk.database.committed, about.messageId)
    return rows.filter(({ kind }) => kind === 'accept').map(({ receiveNumber }) => receiveNumber)
  }
  const number = async () =>
    (await lettersOfMessage(gateway.desk.database.committed, about.messageId)).map(
      (each) => each.receiveNumber,
    )
  t.match(await row('12', '12/2551', false), [{ kind: 'taken' }])
  t.match(await row('12', '12/2551'), [{ kind: 'known' }], 'unchanged')
  t.match(await row('12, a remark', '12/2551'), [{ kind: 'known' }], 'changed in what is not told')
  t.same(await told(), ['12/2551'])
  t.match(await row('13', '13/2551'), [{ kind: 'taken' }], 'corrected')
  t.same([await told(), await number()], [['12/2551', '13/2551'], ['13/2551']])
  t.match(await row('13', '13/2551'), [{ kind: 'known' }])
  t.match(await row('12, put back', '12/2551'), [{ kind: 'taken' }], 'the last word counts, not any word')
  const dispute: Item = {
    kind: 'notice',
    position: 'x',
    draft: { kind: 'dispute', about, receiveNumber: '12/2551' },
  }
  t.match(await offer(province, [dispute], 'dispute'), [{ kind: 'taken' }])
  t.match(await row('12, another remark', '12/2551'), [{ kind: 'known' }], 'nobody says the old number again')
  t.same(await told(), ['12/2551', '13/2551', '12/2551'])
  t.match(await row('12, handed over', '12/2551', false), [{ kind: 'taken' }], 'but a clerk may')
})

t.test(
  'what its system says was taken and is not known here waits for a person, and never goes by itself',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const letter = plainLetter()
    await offer(province, [letterItem(letter)], 'one')
    const renumbered = plainLetter({ number: number('ชม 0017.1/493') })
    const system = systemOf(province)
    const seen = { ...source('row, renumbered'), handover: 'row 1', seen: true }
    const [answer] = await take(gateway.desk, system, seen, async () => [letterItem(renumbered)])
    t.equal(answer?.kind, 'quarantined')
    t.same(codes(answer), ['letter.taken-unknown'])
    const sent = () => newestSent(gateway.desk.database.committed, letter.from.office, 10)
    t.equal((await sent()).length, 1, 'no new letter')
    const [row] = await listQuarantine(gateway.desk.database.committed, 10)
    t.match(row, { doubted: true })
    const retry = (believe: boolean) =>
      retryQuarantined(
        gateway.desk,
        () => ({ system, read: async () => [letterItem(renumbered, row?.position)] }),
        { ids: [row?.id ?? ''], by: 'somchai', why: 'the office was asked', believe },
      )
    t.match(await retry(false), [{ became: 'doubted' }], 'retry --all does not release it')
    t.equal((await sent()).length, 1)
    t.match(await retry(true), [{ became: 'taken' }], 'a person does')
    t.equal((await sent()).length, 2)
    const [again] = await take(gateway.desk, system, seen, async () => [letterItem(renumbered)])
    t.equal(again?.kind, 'known', 'looked at again, it is known')
    t.equal((await sent()).length, 2)
  },
)

t.test(
  'a notice finds its letter by any written form of the number; several that fit are no answer',
  async (t) => {
    const { gateway, province, ministry, offer } = await open(t)
    for (const [index, date] of ['2008-02-13', '2009-02-13'].entries()) {
      const letter = plainLetter({
        number: number('มท 0210.3/ว 3893'),
        date: date as Letter['date'],
        from: { office: moi },
        to: { offices: [chiangMai] },
      })
      const { sealed } = sealedBy(trust, gateway.clock, { letter })
      await offer(
        ministry,
        [{ kind: 'envelope', position: 'envelope', bytes: sealed.bytes, attachments: new Map() }],
        `letter ${index}`,
        'waits',
      )
    }
    const accept = (about: object): Item => ({
      kind: 'notice',
      position: 'notice',
      draft: { kind: 'accept', about, receiveNumber: '๑๒/๒๕๖๙' } as Extract<
        Item,
        { kind: 'notice' }
      >['draft'],
    })
    t.same(codes((await offer(province, [accept({ number: '0210.3/ว3893' })], 'a'))[0]), [
      'notice.letter.ambiguous',
    ])
    t.equal(
      (await offer(province, [accept({ number: '๐๒๑๐.๓/ว ๓๘๙๓', date: '2009-02-13', sender: moi })], 'b'))[0]
        ?.kind,
      'taken',
    )
    t.same(codes((await offer(province, [accept({ number: 'มท 1/1' })], 'c'))[0]), ['notice.letter.unknown'])
    t.same(
      codes(
        (
          await offer(province, [accept({ messageId: 'urn:uuid:0190163d-8694-739b-aea5-966c26f8ad90' })], 'd')
        )[0],
      ),
      ['notice.letter.unknown'],
    )
  },
)

t.test(
  'a circular that was recalled at one recipient goes to that one again, and only to that one',
  async (t) => {
    const { gateway, province, offer } = await open(t)
    const circular = plainLetter({
      number: number('ชม 0017.1/ว 9'),
      circular: true,
      to: { offices: [chiangRai, moi] },
    })
    const [first] = await offer(province, [letterItem(circular)], 'circular')
    const about = { number: 'ชม 0017.1/ว 9', recipient: chiangRai }
    const [recalled] = await offer(
      province,
      [{ kind: 'notice', position: 'notice', draft: { kind: 'recall', about } }],
      'recall',
    )
    t.equal(recalled?.kind, 'taken')
    const [exported] = await offer(province, [letterItem(circular)], 'circular again')
    t.match(exported, { kind: 'known', ended: 'recalled' }, 'a nightly export sends nothing')
    const [again] = await offer(province, [letterItem(circular)], 'circular again', 'waits')
    if (again?.kind !== 'taken') return t.fail('not taken again')
    t.not(again.messageId, (first as { messageId: string }).messageId)
    t.match(await lettersOfMessage(gateway.desk.database.committed, again.messageId), [
      { recipient: chiangRai, state: 'sealed' },
    ])
    t.equal((await lettersOfMessage(gateway.desk.database.committed, again.messageId)).length, 1)
    return undefined
  },
)

t.test('a claimed file that is offered again after its letter was recalled is no new letter', async (t) => {
  const { province, gateway } = await open(t)
  const offerClaim = (handover: string) => {
    province.items = [letterItem(plainLetter())]
    return take(gateway.desk, systemOf(province), { ...source('claimed'), handover }, (each) =>
      province.read(each),
    )
  }
  const [first] = await offerClaim('claim-1')
  province.items = [
    { kind: 'notice', position: 'notice', draft: { kind: 'recall', about: { number: 'ชม 0017.1/492' } } },
  ]
  await take(gateway.desk, systemOf(province), source('recall'), (each) => province.read(each))
  const [again] = await offerClaim('claim-1')
  t.match(
    again,
    { kind: 'known', messageId: (first as { messageId: string }).messageId },
    'the same handing-over',
  )
  t.match(
    await offerClaim('claim-2'),
    [{ kind: 'known', ended: 'recalled' }],
    'nor is another claim of the same',
  )
})
