// The whole way with real letters: the gateway, the ministry's inbox and three provincial systems, over real folders, SOAP,
// HTTP and mutual TLS; and the rule by which the demonstration says that all is well.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import t from 'tap'
import { endedWell, followJourneys, isOver, type Journey } from '../../src/cli/demo/journeys.ts'
import { readPrintedLetters } from '../../src/cli/demo/letters.ts'
import { demonstrate } from '../../src/cli/demo/run.ts'
import { run } from '../../src/cli/program.ts'
import { startGateway } from '../../src/gateway/gateway.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { createLog } from '../../src/gateway/log.ts'
import { readSettings } from '../../src/gateway/settings/settings.ts'
import { normalizeNumber } from '../../src/letter/numbers.ts'
import { officeId } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'

const office = (() => {
  const found = officeId('50')
  if (!found.ok) throw new Error('no office 50')
  return found.value
})()

const at = '2026-11-23T10:15:00.000+07:00'
const number = 'มท ๐๒๑๐.๓/ว๓๘๙๘'
const accepted = (receiveNumber: string) =>
  ({
    entry: 'notice.received',
    at,
    kind: 'accept',
    number: 'มท 0210.3/ว3898',
    date: '',
    receiveNumber,
  }) as const
const registered = (receiveNumber: string, scans: readonly string[]) =>
  ({
    entry: 'letter.registered',
    at,
    messageId: 'urn:uuid:1',
    digest: '',
    from: '50',
    number,
    date: '',
    subject: '',
    attachments: scans,
    receiveNumber,
    receipt: '',
  }) as const

/** The journeys of one letter to the ministry with one scan. */
function oneJourney() {
  const journeys = followJourneys(
    systemClock,
    () => undefined,
    () => undefined,
  )
  const journey: Journey = {
    item: '1',
    number,
    system: 'CSV folder',
    office,
    direction: 'to the ministry',
    scans: ['aa'],
  }
  journeys.begin(journey)
  return { journeys, journey }
}

t.test('a journey ended well only with the right number, once, and every scan', async (t) => {
  const well = oneJourney()
  well.journeys.ministry(registered('1/2569', ['aa']))
  t.notOk(isOver(well.journey), 'the number is not back yet')
  well.journeys.province(office, accepted('1/2569'))
  t.ok(endedWell(well.journey, true))
  t.notOk(endedWell(well.journey, false), 'what has no date must not go through')

  const otherNumber = oneJourney()
  otherNumber.journeys.ministry(registered('1/2569', ['aa']))
  otherNumber.journeys.province(office, accepted('2/2569'))
  t.notOk(endedWell(otherNumber.journey, true))
  const twice = oneJourney()
  for (const one of ['1/2569', '2/2569']) twice.journeys.ministry(registered(one, ['aa']))
  twice.journeys.province(office, accepted('2/2569'))
  t.notOk(endedWell(twice.journey, true))
  const withoutScan = oneJourney()
  withoutScan.journeys.ministry(registered('1/2569', ['bb']))
  withoutScan.journeys.province(office, accepted('1/2569'))
  t.notOk(endedWell(withoutScan.journey, true))
})

t.test('what its sender is told besides, and what nobody sent', async (t) => {
  const { journeys, journey } = oneJourney()
  journeys.province(office, { ...accepted(''), kind: 'receive' })
  t.notOk(isOver(journey), 'received is not registered')
  journeys.province(office, { ...accepted(''), kind: 'reject' })
  t.ok(isOver(journey), 'nothing more is to come')
  t.ok(endedWell(journey, false))
  journeys.ministry(registered('1/2569', ['aa']))
  journeys.province(office, accepted('1/2569'))
  t.notOk(endedWell(journey, true), 'registered and rejected')
  t.notOk(endedWell(journey, false), 'rejected and registered')
  t.same(journeys.strange, [])

  const { from, ...letter } = registered('1/2569', ['aa'])
  const received = { ...letter, entry: 'letter.received', id: '1', from, files: ['aa'] } as const
  const about = { ...accepted('1/2569'), messageId: '', digest: '', from, about: 'urn:uuid:9', receipt: '' }
  for (const number of ['มท 0210.3/1', 'มท 0210.3/2']) journeys.province(office, { ...accepted(''), number })
  journeys.province(office, received)
  journeys.ministry(about)
  journeys.ministry({ ...registered('2/2569', []), from: '10' })
  t.equal(journeys.strange.length, 5, journeys.strange.join('\n'))
})

t.test('a letter of the ministry that the gateway returned', async (t) => {
  const journeys = followJourneys(
    systemClock,
    () => ({ name: 'CSV folder', office }),
    () => undefined,
  )
  const messageId = 'urn:uuid:1'
  journeys.ministry({ entry: 'letter.sent', at, messageId, to: ['50'], number, date: '', subject: '' })
  journeys.ministry({ entry: 'envelope.returned', at, messageId, said: '422' })
  t.match(journeys.all, [{ refused: '422' }])
})

t.test('the list holds 23 letters, each with a number of its own, and one without a date', async (t) => {
  const letters = readPrintedLetters()
  t.equal(letters.length, 23)
  t.equal(new Set(letters.map((letter) => normalizeNumber(letter.number))).size, 23)
  t.strictSame(
    letters.filter((letter) => letter.date === '').map((letter) => letter.item),
    ['29'],
  )
})

t.test(
  'a circular, an order, a letter, and one without a date go through three systems, both ways',
  async (t) => {
    const folder = t.testdir()
    let shown = ''
    const letters = readPrintedLetters().filter((letter) => ['1', '3', '14', '29'].includes(letter.item))
    const outcome = await demonstrate(folder, letters, false, {
      write: (text) => {
        shown += text
      },
      complain: () => undefined,
      environment: {},
      clock: systemClock,
      random: systemRandom,
      untilEnded: () => Promise.resolve(),
    })
    const faults = outcome.journeys.flatMap(({ fault }) => fault ?? [])
    t.same(
      [...faults, ...outcome.strange],
      [],
      'ledger: nothing twice, altered, of another number or of nobody',
    )
    t.ok(outcome.good, outcome.good ? 'all is well' : shown)
    t.equal(outcome.journeys.length, 4 * 3 * 2)
    for (const journey of outcome.journeys) {
      const name = `${journey.item}, ${journey.system}, ${journey.direction}`
      if (journey.item === '29') t.match(journey.refused, /date|Date/, name)
      else t.match(journey.receiveNumber, /^\d+\/\d{4}$/, name)
    }
    t.match(shown, /In quarantine, whole, for a person: 1\n {2}chiang-mai-csv /)
    t.match(shown, /18 of 24 letters registered, .* all is well\n/)
    // The ministry's book is the judge: each letter once, under one number.
    const ledger = readFileSync(join(folder, 'ministry/ledger.jsonl'), 'utf8').trimEnd().split('\n')
    const entries = ledger.map(
      (line) => JSON.parse(line) as { entry: string; from: string; number: string; receiveNumber: string },
    )
    const book = entries.filter((entry) => entry.entry === 'letter.registered')
    t.equal(book.length, 9, 'ledger: none more')
    t.equal(new Set(book.map((entry) => `${entry.from} ${entry.number}`)).size, 9, 'ledger: none missing')
    t.equal(new Set(book.map((entry) => entry.receiveNumber)).size, 9, 'ledger: each under its own number')
    const log = readFileSync(join(folder, 'gateway.log'), 'utf8')
    for (const letter of letters) t.notMatch(log, letter.subject, 'no letter text in the log')

    // The gateway alone, from what is kept: its settings are in order, with its own four profiles and no other.
    t.same(readdirSync(join(folder, 'profiles')).toSorted(), [
      'chiang-mai-csv.yaml',
      'chiang-rai-json.yaml',
      'moi-inbox.yaml',
      'phatthalung-ecms.yaml',
    ])
    t.match(outcome.alone, `saraban start --settings ${folder}/saraban.yaml`)
    t.equal(statSync(join(folder, 'environment')).mode & 0o777, 0o600)
    const variables = spawnSync('bash', ['-c', `. ${folder}/environment && env -0`], {
      env: {},
      encoding: 'utf8',
    }).stdout.split('\0')
    const environment = Object.fromEntries(
      variables.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
    )
    const settings = orThrow(readSettings(join(folder, 'saraban.yaml')))
    const again = await startGateway({
      settings,
      environment,
      clock: systemClock,
      random: systemRandom,
      log: createLog(pino({ level: 'silent' })),
    })
    await again.stop()
    let complaints = ''
    const code = await run(['demo', '--folder', folder], {
      write: () => undefined,
      complain: (text) => {
        complaints += text
      },
      environment: {},
      clock: systemClock,
      random: systemRandom,
      untilEnded: () => Promise.resolve(),
    })
    t.equal(code, 2, 'a used folder')
    t.match(complaints, /^error: --folder: .*cli\.folder\.used\]\nhint: Name a new folder; /)
  },
)
