// The suite itself: it passes what is right, notices what is wrong, and lets no waiver outlive its reason.
import { Readable } from 'node:stream'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { conformanceChecks } from '../../src/adapters/conformance-checks.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { hurriedClock } from '../../src/conformance/hurry.ts'
import { sampleLetter } from '../../src/conformance/letters.ts'
import { checkNotices } from '../../src/conformance/notices.ts'
import { makeOffices } from '../../src/conformance/offices.ts'
import { closingLine, junit, progressLine, reportPage } from '../../src/conformance/report.ts'
import { sealedDoors, sealedForms } from '../../src/conformance/sealing.ts'
import { documentsOnly, testProfile } from '../../src/conformance/suite.ts'
import { conforms, type Finding, isGood, type Report, verdictsOf } from '../../src/conformance/verdict.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { moi, officeId } from '../../src/letter/offices.ts'
import { newMessageId, systemClock, systemRandom } from '../../src/letter/time.ts'
import { bad, problem } from '../../src/problem/problem.ts'
import { onStage, shipped } from './on-stage.ts'
import { testStandsOnce } from './stands-once.ts'

t.setTimeout(600_000)

const ranong = orThrow(officeId('85'))

const outcomes = ({ verdicts }: Report): Record<string, string> =>
  Object.fromEntries(verdicts.map(({ check, outcome }) => [check, outcome]))

t.test('a profile that is right passes every check over a real folder', async (t) => {
  const report = await onStage(testProfile, shipped('chiang-mai-csv'))
  testStandsOnce(t, report)
  t.ok(report.verdicts.every(isGood), reportPage(report))
  t.equal(outcomes(report)['down'], 'passed')
  t.match(closingLine([report]), /^1 of 1 profiles conform/)
})

t.test('what a profile gets wrong is noticed by the check whose name it is', async (t) => {
  const broken: readonly (readonly [string, string, (text: string) => string])[] = [
    [
      'a code that is written for two values',
      'accepts',
      (text) => text.replace('"2": urgent', '"1 ": urgent'),
    ],
    [
      'receive numbers in Thai digits, that come back in Arabic',
      'accepts',
      (text) =>
        text.replace(
          'receiveNumber: { at: เลขรับ, as: text }',
          'receiveNumber: { at: เลขรับ, as: { digits: { write: thai } } }',
        ),
    ],
  ]
  for (const [name, check, change] of broken) {
    const text = change(shipped('chiang-mai-csv'))
    t.not(text, shipped('chiang-mai-csv'), `${name}: the profile was changed`)
    const read = readProfile(text, 'broken.yaml')
    t.ok(read.ok, `${name}: the profile's own check finds nothing`)
    const report = await onStage(documentsOnly, text)
    t.equal(outcomes(report)[check], 'failed', `${name}\n${reportPage(report)}`)
  }
})

t.test('a form that refuses every reason has said none', async (t) => {
  const forms = formsOf(orThrow(readProfile(shipped('chiang-mai-csv'), 'chiang-mai.yaml')), systemClock)
  const { notices } = forms
  if (notices === undefined) throw new Error('the profile has no notices')
  const mute: typeof notices = {
    ...notices,
    write: async (outgoing) =>
      outgoing.envelope.content === 'notice' && outgoing.envelope.notice.reason !== ''
        ? bad(problem('letter.field.missing', 'reason'))
        : notices.write(outgoing),
  }
  const parties = { from: orThrow(officeId('50')), to: moi, nextRunning: () => 1 }
  const way = {
    name: 'notices that it is told',
    from: moi,
    to: parties.from,
    letter: sampleLetter(parties, 'plain').letter,
    kinds: ['accept', 'reject'] as const,
    messageId: () => newMessageId(systemClock, systemRandom),
  }
  t.match(await checkNotices({ ...way, form: notices }), [{ outcome: 'passed' }, { outcome: 'passed' }])
  t.match(await checkNotices({ ...way, form: mute }), [
    { outcome: 'passed' },
    { check: 'hostile', outcome: 'failed', why: 'all of them are refused' },
  ])
})

t.test(
  'a waiver needs its failure: without one it is stale, and a check that nothing was tried for has failed',
  (t) => {
    const passed: Finding = { check: 'accepts', about: 'a letter', outcome: 'passed' }
    const failed: Finding = { ...passed, outcome: 'failed', why: 'it differs' }
    const verdict = (findings: readonly Finding[], waivers: Parameters<typeof verdictsOf>[1]) =>
      verdictsOf(findings, waivers).find(({ check }) => check === 'accepts')
    t.equal(verdict([passed], {})?.outcome, 'passed')
    t.equal(verdict([passed, failed], {})?.outcome, 'failed')
    t.equal(verdict([passed, failed], { accepts: 'the system has no words for it' })?.outcome, 'waived')
    t.equal(verdict([passed], { accepts: 'the system has no words for it' })?.outcome, 'stale')
    t.equal(verdict([], {})?.outcome, 'failed')
    const untried: Finding = { ...passed, outcome: 'inapplicable', why: 'nothing to hold it against' }
    t.equal(verdict([untried], {})?.outcome, 'failed', 'what cannot be tried needs a reason in the profile')
    t.equal(verdict([untried], { accepts: 'the system has no words for it' })?.outcome, 'waived')
    t.equal(verdict([passed, untried], {})?.outcome, 'passed')
    const unasked: Finding = { ...passed, outcome: 'unasked' }
    t.equal(verdict([unasked], {})?.outcome, 'unasked')
    t.equal(verdict([passed, unasked], {})?.outcome, 'passed')
    // The half that was left out may be the one that needs the waiver.
    t.equal(verdict([passed, unasked], { accepts: 'the system has no words for it' })?.outcome, 'waived')
    t.equal(verdict([unasked], { accepts: 'the system has no words for it' })?.outcome, 'unasked')
    t.end()
  },
)

t.test('a profile that waives everything conforms to nothing, and of no profile nothing is said', (t) => {
  const reason = 'the system was never seen to keep it'
  const waivers = Object.fromEntries(conformanceChecks.map((check) => [check, reason]))
  const nothing: Finding[] = conformanceChecks.map((check) => ({
    check,
    about: 'over its transports',
    outcome: 'inapplicable',
  }))
  const report: Report = { profile: 'idle', office: '50', took: 1, verdicts: verdictsOf(nothing, waivers) }
  t.ok(report.verdicts.every(isGood), 'each of them has its reason')
  t.notOk(conforms(report))
  t.match(
    closingLine([report]),
    /^0 of 1 profiles conform: 0 passed, 0 failed, 10 waived[\s\S]*not good: idle/,
  )
  t.match(progressLine(report, 1, 1), 'does not conform: it waives everything')
  t.match(reportPage({ ...report, verdicts: verdictsOf(nothing, {}) }), 'waivers: accepts')
  t.end()
})

t.test(
  'an office that seals by itself: what it hands over is proved, and so is what proves it',
  async (t) => {
    const offices = await makeOffices([moi, ranong], systemClock, systemRandom)
    const forms = sealedForms(
      formsOf(orThrow(readProfile(shipped('ranong-envelope'), 'ranong.yaml')), systemClock),
      offices,
      systemClock,
    )
    let running = 0
    const parties = {
      from: moi,
      to: ranong,
      nextRunning: () => {
        running += 1
        return running
      },
    }
    const written = async () => {
      const { letter, contents } = sampleLetter(parties, 'plain')
      const made = await forms.send?.write({
        id: 'c-1',
        office: ranong,
        envelope: {
          messageId: newMessageId(systemClock, systemRandom),
          createdAt: systemClock.now(),
          content: 'letter',
          letter,
        },
        open: (sha256) => Readable.from([contents.get(sha256) ?? Buffer.alloc(0)]),
      })
      if (made?.ok !== true) throw new Error('the envelope was not written')
      return made.value
    }
    const [one, other] = [await written(), await written()]
    const doors = sealedDoors(ranong, offices, systemClock, systemRandom)
    const receipt = doors.answer(one.bytes)
    t.equal(receipt.status, 200)
    t.ok(doors.proves(one, receipt.body))
    t.notOk(doors.proves(other, receipt.body), 'a receipt is for one envelope')
    t.notOk(doors.proves(one, one.bytes), 'an envelope is no receipt')
    t.same(
      doors.answer(one.bytes),
      { status: 409, body: receipt.body },
      'the same again, the same answer again',
    )
    const changed = Buffer.from(one.bytes.toString('utf8').replace('ประชุม', 'ประชวม'), 'utf8')
    t.equal(doors.answer(changed).status, 422)
    const read = await forms.receive?.read({
      document: 'letter',
      name: 'changed',
      bytes: changed,
      beside: new Map(),
      sender: 'gone',
      final: true,
    })
    t.match(read, [{ kind: 'fault', problems: [{ code: 'envelope.digest.wrong' }] }])
  },
)

t.test(
  'the clock of a stage runs ahead when it is told to, and what was due meanwhile is done',
  async (t) => {
    const clock = hurriedClock(systemClock)
    // Its timers alone keep no process alive.
    const alive = setInterval(() => undefined, 1_000)
    t.teardown(() => clearInterval(alive))
    const done: string[] = []
    const begun = clock.now()
    const cancel = clock.schedule(begun + 50_000, () => done.push('cancelled'))
    const over = new Promise<void>((resolve) => clock.schedule(begun + 60_000, resolve))
    clock.schedule(begun + 3_600_000, () => done.push('far away'))()
    cancel()
    clock.hurry(60_000)
    await over
    t.same(done, [])
    t.ok(clock.now() >= begun + 60_000)
  },
)

t.test('one line for each profile that is done', (t) => {
  const passed: Finding[] = conformanceChecks.map((check) => ({
    check,
    about: 'a letter',
    outcome: 'passed',
  }))
  const report = { profile: 'test', office: '50', took: 1234 }
  const line = (findings: readonly Finding[]) =>
    progressLine({ ...report, verdicts: verdictsOf(findings, {}) }, 2, 76)
  t.equal(line(passed), '2 of 76: test conforms, 1.2 s\n')
  t.equal(line(passed.slice(1)), '2 of 76: test does not conform: accepts, 1.2 s\n')
  t.end()
})

t.test('reports: JUnit counts failures and escapes what stands in them', (t) => {
  const findings: Finding[] = [
    { check: 'accepts', about: '<a> & "b"', outcome: 'failed', why: 'ข้อความ ]]>\u0000' },
  ]
  const report: Report = { profile: 'test', office: '50', verdicts: verdictsOf(findings, {}), took: 1234 }
  const xml = junit([report])
  t.match(xml, /<testsuite name="test" tests="10" failures="10"/)
  t.match(xml, /&lt;a&gt; &amp; "b"/)
  t.notMatch(xml, '\u0000')
  t.match(reportPage(report), /accepts {4}FAILED/)
  t.match(closingLine([report]), /0 of 1 profiles conform[\s\S]*not good: test/)
  const untried: Finding[] = [
    { check: 'accepts', about: 'a letter', outcome: 'failed', why: 'no' },
    ...conformanceChecks
      .filter((check) => check !== 'accepts')
      .map((check): Finding => ({ check, about: 'it', outcome: 'unasked' })),
  ]
  const verdicts = verdictsOf(untried, { accepts: 'as it is' })
  const said = junit([{ ...report, verdicts }])
  t.match(
    said,
    /<testsuite name="test" tests="10" failures="0" skipped="10"/,
    'what was not tried has not passed',
  )
  t.equal(said.match(/<skipped message="not asked|<skipped message="it/g)?.length, 9)
  t.match(said, /<skipped message="waived: as it is"/)
  t.notMatch(xml, 'system-out')
  const remarks = [problem('adapter.remark.spill-homeless', 'documents.told.fields.reason', 'spill')]
  t.match(
    junit([{ ...report, remarks }]),
    /failures="10"[\s\S]*<system-out> {2}remark: documents\.told\.fields\.reason: [\s\S]*<\/testsuite>/,
  )
  t.end()
})
