import t from 'tap'
import type { Item } from '../../src/adapters/contract.ts'
import { listQuarantine } from '../../src/gateway/journal/quarantine.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { offices } from '../../src/letter/offices.ts'
import { problem } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import {
  chiangMai,
  chiangRai,
  HandClock,
  letterItem,
  moi,
  plainLetter,
  renewCertificates,
  sealedBy,
} from './harness.ts'
import { codes, count, number, open, trust } from './intake-stage.ts'

t.test('nobody waits: faults go to quarantine with every reason, whole neighbours are taken', async (t) => {
  const { gateway, province, offer } = await open(t)
  const items: Item[] = [
    letterItem(plainLetter(), 'row 2'),
    {
      kind: 'letter',
      position: 'row 3',
      draft: { ...plainLetter({ number: number('ชม 1/2') }), subject: '', date: undefined },
      attachments: [],
    },
    { kind: 'fault', position: 'row 4', problems: [problem('letter.field.missing', 'number')] },
    letterItem(plainLetter({ number: number('ชม 0017.1/500') }), 'row 5'),
  ]
  const taken = await offer(province, items, 'file')
  t.same(
    taken.map(({ kind, position }) => [kind, position]),
    [
      ['taken', 'row 2'],
      ['quarantined', 'row 3'],
      ['quarantined', 'row 4'],
      ['taken', 'row 5'],
    ],
  )
  t.ok(codes(taken[1]).length >= 2, `every reason: ${codes(taken[1])}`)
  await offer(province, items, 'file')
  const waiting = await listQuarantine(gateway.desk.database.committed, 10)
  t.equal(waiting.length, 2, 'offered again, it is there once')
  t.ok(waiting.every(({ name, system }) => name === 'test' && system === province.id))
})

t.test('somebody waits: faults are answered, and nothing is kept but an event', async (t) => {
  const { gateway, province, offer } = await open(t)
  const wrong = letterItem(plainLetter({ from: { office: chiangRai } }))
  const [refused] = await offer(province, [wrong], 'http', 'waits')
  t.match(refused, { kind: 'refused' })
  t.same(codes(refused), ['letter.sender.other'], 'a system speaks for its own office only (T9)')
  t.equal(await count(gateway, 'sources'), 0)
  t.equal(await count(gateway, 'quarantine'), 0)
  t.match(await gateway.desk.database.committed.all('SELECT name, facts FROM events'), [
    { name: 'source.refused', facts: /letter\.sender\.other/ },
  ])
  const nowhere = letterItem(
    plainLetter({ to: { offices: [mustBe({ ok: true, value: '90' as Letter['to']['offices'][0] })] } }),
  )
  t.same(codes((await offer(province, [nowhere], 'http 2', 'waits'))[0]), ['letter.recipient.unreachable'])
})

t.test(
  'nothing is sealed with a certificate that has ended: it stays with its system until another is in place',
  async (t) => {
    const { gateway, province, offer, clock } = await open(t)
    const { desk } = gateway
    const signer = desk.signers.get(chiangMai)!
    const end = Date.parse(signer.certificate.validTo)
    clock.jump(end + 1_000 - clock.now())
    for (const sender of ['gone', 'waits'] as const)
      await t.rejects(offer(province, [letterItem(plainLetter())], `by ${sender}`, sender), {
        name: 'CannotSeal',
        message: /^nothing can be sealed for office “50” now: its certificate is valid from .* to /,
      })
    t.equal(await count(gateway, 'envelopes'), 0)
    t.equal(await count(gateway, 'quarantine'), 0, 'nobody is asked to do anything with it')
    renewCertificates(desk, trust, clock.now())
    t.match(await offer(province, [letterItem(plainLetter())], 'by gone'), [{ kind: 'taken' }])
    // The authority's ends too: nobody believes what stands under it, however long its own is valid.
    clock.jump(Date.parse(trust.authority.certificate.validTo) + 1_000 - clock.now())
    renewCertificates(desk, trust, clock.now())
    await t.rejects(offer(province, [letterItem(plainLetter({ subject: 'อีกเรื่อง' }))], 'later', 'waits'), {
      name: 'CannotSeal',
      problem: { code: 'seal.authority' },
    })
  },
)

t.test('a letter with more faults than a reason holds is refused as any other', async (t) => {
  const { ministry, offer } = await open(t)
  const others = offices.map(({ id }) => id).filter((id) => id !== moi && id !== chiangMai)
  const files = Array.from({ length: 100 }, (_, index) => ({
    ...fixedLetter().attachments[0]!,
    name: `${index}.pdf`,
    role: 'enclosure' as const,
    sha256: String(index).padStart(64, '0'),
  }))
  const letters: Record<string, Partial<Parameters<typeof plainLetter>[0]>> = {
    'to 76 offices that are not connected': { to: { offices: [chiangMai, ...others] } },
    'without any of its hundred files': { to: { offices: [chiangMai] }, attachments: files },
  }
  for (const [title, fields] of Object.entries(letters)) {
    const { sealed } = sealedBy(trust, new HandClock(), {
      letter: plainLetter({ from: { office: moi }, ...fields }),
    })
    const item = {
      kind: 'envelope',
      position: 'envelope',
      bytes: sealed.bytes,
      attachments: new Map(),
    } as const
    const [taken] = await offer(ministry, [item], title, 'waits')
    t.match(taken, { kind: 'refused', receipt: { digest: String } }, title)
  }
})
