// The authorities by which settings and profiles know servers: when they end, nothing there can be reached any more.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stringify } from 'yaml'
import { endingSoon } from '../../src/gateway/alarms/certificates.ts'
import { shownTime } from '../../src/gateway/alarms/condition.ts'
import { authoritiesOf, reliedOn } from '../../src/gateway/alarms/relied.ts'
import { readInstallation } from '../../src/gateway/installation/installation.ts'
import { rememberingReader } from '../../src/gateway/installation/profile-files.ts'
import { raisedAlarms } from '../../src/gateway/journal/alarms.ts'
import { checkSettings, type Settings } from '../../src/gateway/settings/settings.ts'
import { createAuthority, issueCertificate, newKey } from '../../src/gateway/trust/authority.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { sarabanIn } from '../cli/operator.ts'
import { mustBe, office } from '../letter/arbitrary.ts'
import { day } from './alarms-stage.ts'
import { scratch, until } from './harness.ts'
import { inboxProfile, jsonProfile, makeInstallation } from './installation.ts'
import { isEmbedded, openJournal } from './journal-engine.ts'
import { storeSettings, storesInFile } from './store-settings.ts'

const now = Date.now()
/** An authority, made for ten years, that has so many days left, or a day or two more. */
const endingIn = async (days: number): Promise<string> =>
  (await createAuthority(now - (3652 - days) * day, systemRandom)).certificate.toString()
const soon = await endingIn(10)
const later = await endingIn(45)
const long = await endingIn(2000)

const settingsIn = (
  t: Test,
  secrets: Readonly<Record<'journal' | 'queue' | 'attachments', object>>,
  alarms?: object,
) =>
  mustBe(
    checkSettings(
      {
        ...{ data: 'data', trust: '.', profiles: '.', listen: { http: { host: '127.0.0.1', port: 0 } } },
        journal: { url: 'postgresql://saraban@postgres/saraban', authority: secrets.journal },
        queue: { url: 'rediss://redis', authority: secrets.queue },
        attachments: {
          ...{ url: 's3://letters', endpoint: 'https://store', authority: secrets.attachments },
          ...{ accessKey: { env: 'KEY' }, secretKey: { env: 'KEY' } },
        },
        ...(alarms && { alarms }),
      },
      scratch(t),
    ),
  )

t.test('each under its own name; of several in one text the one that is valid longest', (t) => {
  const environment = { KEY: 'x', SOON: soon, LATER: `${soon}${later}`, LONG: `${long}${soon}` }
  const one = (name: string) => ({ env: name })
  const looked = (settings: Settings) =>
    endingSoon(authoritiesOf(settings, environment), now).map(({ subject, level }) => [subject, level])
  const [journal, queue, attachments] = [one('SOON'), one('LATER'), one('LONG')]
  t.same(looked(settingsIn(t, { journal, queue, attachments })), [
    ['journal', 3],
    ['queue', 1],
  ])
  t.same(looked(settingsIn(t, { journal: queue, queue: attachments, attachments: journal })), [
    ['journal', 1],
    ['attachments', 3],
  ])
  const unread = settingsIn(t, { journal: one('ABSENT'), queue: one('KEY'), attachments: one('SOON') })
  t.same(looked(unread), [['attachments', 3]], 'one that is absent, and one that is none, hide no other')
  const hooks = [
    { name: 'duty', webhook: { url: 'https://duty', secret: one('KEY'), authority: one('SOON') } },
    { name: 'post', mail: { to: 'a@b.th', from: 'c@b.th', host: 'mail', authority: one('ABSENT') } },
  ]
  t.same(looked(settingsIn(t, { journal: attachments, queue: attachments, attachments }, { hooks })), [
    ['hook duty', 3],
  ])
  const { journal: _journal, queue: _queue, attachments: _attachments, ...embedded } = unread
  t.same(authoritiesOf(embedded, environment), [])
  t.end()
})

t.test('the gateway raises an alarm of it, and doctor names it', async (t) => {
  const folder = scratch(t)
  const installation = await makeInstallation(folder, ['50', 'moi'].map(office), {
    'json-50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  const file = join(folder, 'authority.pem')
  writeFileSync(file, soon, { mode: 0o600 })
  // Nobody answers there: a gateway goes on without Redis.
  const queue = {
    at: { host: '127.0.0.1', port: 1, database: 0, tls: true },
    secrets: { authority: { file } },
  }
  const settings = { ...installation.settings, queue }
  const gateway = await installation.start({ settings })
  t.teardown(() => gateway.stop())
  const database = await openJournal(isEmbedded ? settings.data : folder)
  t.teardown(() => database.close())
  const raised = async () =>
    (await raisedAlarms(database.committed)).map(({ kind, subject }) => `${kind} ${subject}`)
  await until(async () => (await raised()).includes('certificate queue'), 'raised')

  const { data, trust, profiles, listen } = settings
  const { queue: _ofTest, ...stores } = storesInFile(settings) as { queue?: object }
  const said = join(folder, 'saraban.yaml')
  const url = 'rediss://127.0.0.1:1'
  writeFileSync(
    said,
    stringify({ data, trust, profiles, listen, ...stores, queue: { url, authority: { file } } }),
  )
  const { environment } = await storeSettings(folder)
  const found = await sarabanIn(environment, systemClock, 'doctor', '--settings', said)
  t.match(found.out, /the certificate of “queue” is valid until .*\[alarm\.certificate\]/)
})

t.test('of a profile: what it shows, and what it knows its system by', async (t) => {
  const folder = scratch(t)
  const { settings } = await makeInstallation(folder, ['50', 'moi'].map(office), {
    'moi.yaml': inboxProfile(),
  })
  const { trust, profiles } = settings
  const [key, certificate] = ['gateway.key.pem', 'gateway.pem'].map((file) => ({
    file: join(trust, 'tls', file),
  }))
  const [one, other] = [soon, later].map((authority) => ({
    transport: {
      ...{ kind: 'http-out', url: 'https://127.0.0.1:1/' },
      tls: { key, certificate, authority: { env: authority === soon ? 'SOON' : 'LATER' } },
    },
  }))
  const profile = {
    ...jsonProfile('50'),
    receive: { ...one, document: 'letter' },
    notices: { ...other, document: 'notice' },
  }
  writeFileSync(join(profiles, '50.yaml'), JSON.stringify(profile))
  const relied = async (environment: Readonly<Record<string, string>>) =>
    reliedOn(
      mustBe(
        await readInstallation({ settings, environment, clock: systemClock, read: rememberingReader() }),
      ),
      now,
    )
  const found = await relied({ SOON: `${soon}${long}`, LATER: later })
  t.equal(found.filter(({ of }) => of === 'system json-50').length, 1, 'what both show, once')
  t.match(
    endingSoon(found, now).map(({ subject, level }) => [subject, level]),
    [['authority of json-50', 1]],
    'of several in one text the one that is valid longest; of two channels the one that ends first',
  )
})

t.test(
  'of an office: the end of what follows without a gap; where nothing serves, the last level',
  async (t) => {
    const [authority, other] = [
      await createAuthority(now - 30 * day, systemRandom),
      await createAuthority(now - 30 * day, systemRandom),
    ]
    const key = await newKey()
    const from = (at: number, issuer = authority) =>
      issueCertificate(issuer, key, { kind: 'office', office: '50' }, at, systemRandom)
    const present = from(now)
    const end = Date.parse(present.validTo)
    const [overlapping, late] = [from(end - day), from(end + 6 * day)]
    const begins = Date.parse(late.validFrom)
    const found = (at: number, certificates: readonly object[], isOurs: boolean) =>
      endingSoon(
        reliedOn(
          {
            trust: { authority: authority.certificate, certificatesOf: () => certificates },
            keys: new Map(isOurs ? [[office('50'), { office: office('50'), key, certificates }]] : []),
            systems: new Map([[office('50'), { system: {}, certificates: { shown: [], authorities: [] } }]]),
          } as never,
          at,
        ),
        at,
      )
        .filter(({ subject }) => subject === 'office 50')
        .map(({ level, facts }) => [level, facts['until']])
    const until = shownTime(end)
    for (const isOurs of [true, false]) {
      const gap = [late, present]
      t.same(found(end - 61 * day, gap, isOurs), [])
      t.same(found(end - 10 * day, gap, isOurs), [[3, until]], 'the next one begins too late')
      t.same(found(end + day, gap, isOurs), [[6, until]], 'and has not begun')
      t.same(found(begins, gap, isOurs), [], 'it has')
      t.same(found(end - 10 * day, [overlapping, present], isOurs), [], 'in time')
      t.same(found(end - 10 * day, [late, present, overlapping], isOurs), [])
      t.same(found(end - 10 * day, [from(now, other), present], isOurs), [[3, until]])
      t.match(found(begins - day, [late], isOurs), [[6]], 'alone, before it begins')
    }
    const unfit = authority.certificate
    t.same(
      found(end - 10 * day, [unfit, present], false),
      [[3, until]],
      'what is not made for sealing serves not',
    )
  },
)
