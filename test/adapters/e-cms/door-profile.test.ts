// The door of a profile: the shipped one, what an installation states beside it, and every fault where it stands.
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import t from 'tap'
import { createAdapter } from '../../../src/adapters/adapter.ts'
import { codecOf } from '../../../src/adapters/fields/codecs.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { withOrganisations } from '../../../src/adapters/stated-organisations.ts'
import { readOrganisations } from '../../../src/letter/organisations.ts'
import { systemClock } from '../../../src/letter/time.ts'
import { mustBe } from '../../letter/arbitrary.ts'
import { shipped } from '../stage.ts'
import { phatthalung } from './case.ts'
import { soapOf } from './door-stage.ts'
import { formOf, gatewayInMemory } from './gateway.ts'

const shippedText = readFileSync(new URL('../../../profiles/phatthalung-ecms.yaml', import.meta.url), 'utf8')
const environment = {
  SARABAN_93_USER: 'phatthalung',
  SARABAN_93_SCRYPT: `${'a'.repeat(32)}:${'b'.repeat(64)}`,
  SARABAN_93_ADDRESS: '10.93.0.0/16',
  SARABAN_93_URL: 'https://saraban.example/e-cms/93',
}

t.test('the shipped profile opens one door for all four channels', async (t) => {
  const profile = mustBe(readProfile(shippedText, 'phatthalung-ecms.yaml'))
  const adapter = mustBe(createAdapter(profile, { environment, folder: '/nowhere', clock: systemClock }))
  t.equal(adapter.deliver, undefined, 'the system polls')
  t.match(adapter.doors, [
    {
      method: 'POST',
      path: '/e-cms/93',
      access: { kind: 'basic', user: 'phatthalung', addresses: ['10.93.0.0/16'] },
    },
  ])
  t.equal(adapter.doors.length, 1)
  const gateway = gatewayInMemory(phatthalung, formOf(phatthalung))
  await adapter.start({
    ...gateway,
    take: async () => {
      throw new Error('unused')
    },
  })
  const answer = await adapter.doors[0]!.enter({
    headers: {},
    rest: '',
    body: Readable.from([soapOf('<TimeCheckRequest/>')]),
  })
  t.match(String(answer.body), '<ECMSTime>2026-11-23T10:15:00</ECMSTime>')
  await adapter.stop()
})

t.test(
  'what an installation states of organisations is in every profile, behind what the profile states',
  (t) => {
    const text = shippedText.replace('organisations: {}', 'organisations: { "92": ["1592000000"] }')
    const stated = mustBe(readOrganisations({ '92': ['1592100000'], '93': ['1599900093'] }))
    const ecms = withOrganisations(mustBe(readProfile(text, 'x')), stated)
    t.match(ecms.documents['letter']?.format, {
      organisations: { '92': ['1592000000'], '93': ['1599900093'] },
    })
    const chiangMai = withOrganisations(shipped('chiang-mai-csv'), stated)
    const fields = chiangMai.documents['letter']?.fields ?? {}
    const [from, to] = [fields['from'], fields['to']].map((each) =>
      each !== undefined && 'as' in each ? codecOf(each.as) : undefined,
    )
    t.match(from?.read(['1599900093']), { ok: true, value: ['93'] })
    t.match(to?.read(['15999']), { ok: false }, 'five digits that may mean another')
    t.match(to?.read(['1599900093']), { ok: true, value: ['93'] })
    const written = codecOf({ office: { write: 'organisation', organisations: { '93': ['1599900093'] } } })
    t.match(
      written.write(['93'], 1, () => undefined),
      { value: { cells: ['1599900093'] } },
    )
    t.match(
      written.write(['92'], 1, () => undefined),
      { value: { cells: ['1519200000'] } },
    )
    t.end()
  },
)

t.test('faults of a profile are all named at once, where they stand', async (t) => {
  const text = shippedText
    .replace('organisations: {}', 'organisations: { "93": "1599900093", "พัทลุง": ["15993"], "92": ["15"] }')
    .replace('{ env: SARABAN_93_SCRYPT }', 'secret')
    .replace('[{ env: SARABAN_93_ADDRESS }]', '[10.93.0.0/40]')
    .replace('path: /e-cms/93', 'path: e-cms/93')
  const read = readProfile(text, 'phatthalung-ecms.yaml')
  const found = read.ok ? [] : read.problems.map(({ path }) => path).sort()
  for (const path of ['send.transport.path', 'documents.letter.format.organisations']) {
    t.ok(
      found.some((each) => each.startsWith(path)),
      `${path} among ${found.join(', ')}`,
    )
  }
  const later = readProfile(
    text.replace('path: e-cms/93', 'path: /e-cms/93').replace('"93": "1599900093", ', ''),
    'x',
  )
  const deeper = later.ok ? [] : later.problems.map(({ path }) => path).sort()
  t.strictSame(
    [...new Set(deeper)],
    [
      'documents.letter.format.organisations.92',
      'documents.letter.format.organisations.พัทลุง',
      'documents.notice.format.organisations.92',
      'documents.notice.format.organisations.พัทลุง',
      'send.transport.access.addresses.0',
      'send.transport.access.scrypt',
    ],
  )
})

t.test(
  'a secret of the wrong shape is named when it is looked up, and soap carries e-CMS only',
  async (t) => {
    const profile = mustBe(readProfile(shippedText, 'x'))
    const wrong = { ...environment, SARABAN_93_SCRYPT: 'plain password' }
    const made = createAdapter(profile, { environment: wrong, folder: '/nowhere', clock: systemClock })
    t.match(made.ok ? [] : made.problems, [{ path: 'send.transport.access.scrypt' }])
    t.notMatch(JSON.stringify(made), 'plain password')
    const json = mustBe(
      readProfile(shippedText.replace(/format:\n(?: {6}.*\n)+/, 'format: { kind: json }\n'), 'x'),
    )
    const other = createAdapter(json, { environment, folder: '/nowhere', clock: systemClock })
    t.match(other.ok ? [] : other.problems, [{ path: 'send.transport.kind' }])
  },
)
