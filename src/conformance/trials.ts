// What a profile's channels owe, tried on a stage: each trial sends letters and looks at both ends, never at the journal, for what arrived.
import { formsOf } from '../adapters/adapter.ts'
import type { ConformanceCheck } from '../adapters/conformance-checks.ts'
import type { Letter } from '../letter/letter.ts'
import type { Clock, Random } from '../letter/time.ts'
import type { Answer } from './counterpart/counterpart.ts'
import { type Declared, declaredBy } from './declared.ts'
import { differences } from './documents.ts'
import { type End, endsOf, messageIdOf } from './exchange.ts'
import { type Parties, type Sample, sampleLetter } from './letters.ts'
import { toldKinds } from './notices.ts'
import type { Stage } from './stage.ts'
import type { Finding } from './verdict.ts'

export interface TrialSettings {
  readonly clock: Clock
  readonly random: Random
  /** How long something may take that must happen, in milliseconds. */
  readonly patience: number
}

interface Scene extends TrialSettings {
  readonly stage: Stage
  readonly system: End
  readonly ministry: End
  readonly sends: Parties
  readonly isGiven: Parties
  /** What the forms of the profile leave out or add by themselves: of letters that it sends, and that it is given. */
  readonly sent: Declared
  readonly given: Declared
}

/** Every trial of channels, one after the other. */
export async function checkChannels(stage: Stage, settings: TrialSettings): Promise<readonly Finding[]> {
  let running = 5000
  const nextRunning = (): number => {
    running += 1
    return running
  }
  const { office } = stage.profile
  const forms = formsOf(stage.profile, settings.clock)
  const declared = (channel: 'send' | 'receive'): Declared => {
    const form = forms[channel]
    return form === undefined ? { unsaid: [], always: [] } : declaredBy(stage.profile, channel, form)
  }
  const scene: Scene = {
    ...settings,
    stage,
    ...endsOf(stage, settings.clock, settings.random),
    sends: { from: office, to: stage.other, nextRunning },
    isGiven: { from: stage.other, to: office, nextRunning },
    sent: declared('send'),
    given: declared('receive'),
  }
  const findings: Finding[] = []
  for (const trial of [lettersSent, lettersGiven, rejections, twice, corrected, slow, down, nothingDoubled])
    findings.push(...(await trial(scene)))
  return findings
}

const passed = (check: ConformanceCheck, about: string): Finding => ({ check, about, outcome: 'passed' })
const failed = (check: ConformanceCheck, about: string, why: string): Finding => ({
  check,
  about,
  outcome: 'failed',
  why,
})
const inapplicable = (check: ConformanceCheck, about: string, why: string): Finding => ({
  check,
  about,
  outcome: 'inapplicable',
  why,
})

/** A letter with a scan whose name no other letter has: systems name scans by their letters, and folders need it. */
const sample = (parties: Parties, name: string, subject?: string): Sample => {
  const running = parties.nextRunning()
  const bytes = Buffer.from(`%PDF-1.4\n% ${running}\n%%EOF\n`)
  return sampleLetter(parties, name, {
    ...(subject !== undefined && { subject }),
    files: [{ name: `หนังสือ ${running}.pdf`, role: 'main', bytes }],
  })
}

const ofNumber = (end: End, { number }: Letter) =>
  end.received.letters.filter(({ letter }) => letter.number.normalized === number.normalized)

/** Looks at both ends until it is so, at most as long as patience lasts. */
async function until(
  { clock, patience, system, ministry }: Scene,
  so: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = clock.now() + patience
  for (;;) {
    await system.look()
    await ministry.look()
    if (await so()) return true
    if (clock.now() >= end) return false
    await new Promise<void>((go) => clock.schedule(clock.now() + 50, go))
  }
}

const saidOf = (answer: Answer | undefined): string =>
  answer === undefined
    ? 'its form cannot say it'
    : answer.kind === 'refused'
      ? `the gateway refused it: ${answer.said}`
      : 'it was handed over'

/** A letter from one end stands at the other, as it was. Undefined when it does; else why not. */
async function goesOver(scene: Scene, from: End, to: End, made: Sample): Promise<string | undefined> {
  const answer = await from.send(made)
  if (answer === undefined || answer.kind === 'refused') return saidOf(answer)
  if (!(await until(scene, () => ofNumber(to, made.letter).length > 0)))
    return `it was handed over and did not arrive within ${scene.patience / 1000} s${await standing(scene, made)}`
  const [arrived] = ofNumber(to, made.letter)
  if (arrived === undefined) return 'it did not arrive'
  const declared = from === scene.system ? scene.sent : scene.given
  const lost = differences(made.letter, arrived.letter, { spilled: [], texts: arrived.texts, ...declared })
  return lost.length === 0 ? undefined : lost.join('; ')
}

/** Where the gateway says that a letter is: for a person who reads the report, never for the verdict. */
async function standing({ stage, system, ministry }: Scene, { letter }: Sample): Promise<string> {
  const row = (await stage.letters()).find(({ number }) => number === letter.number.normalized)
  const waiting = (await stage.quarantine()).flatMap(({ problems }) => problems.map(({ code }) => code))
  const unreadable = [...system.received.unreadable, ...ministry.received.unreadable]
  return [
    row === undefined ? '; the gateway does not know it' : `; the gateway has it as ${row.state}`,
    waiting.length > 0 ? `; in quarantine: ${waiting.join(' ')}` : '',
    unreadable.length > 0 ? `; not understood at the other end: ${unreadable.join(' | ')}` : '',
  ].join('')
}

/** Says `accept` of a letter at one end; its receive number stands at the other. Undefined when it does; else why not. */
async function numberComesBack(
  scene: Scene,
  from: End,
  to: End,
  letter: Letter,
  receiveNumber: string,
): Promise<string | undefined> {
  const messageId = await messageIdOf(scene.stage, letter)
  if (messageId === undefined) return 'the gateway does not know the letter'
  const answer = await from.say({ kind: 'accept', letter, messageId, receiveNumber })
  if (answer === undefined || answer.kind === 'refused') return saidOf(answer)
  const there = await until(scene, () =>
    to.received.notices.some((each) => each.kind === 'accept' && each.receiveNumber === receiveNumber),
  )
  return there
    ? undefined
    : `the receive number ${receiveNumber} did not come back within ${scene.patience / 1000} s`
}

async function lettersSent(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, sends } = scene
  const about = 'a letter that it sends reaches the ministry, and its receive number comes back'
  const made = sample(sends, 'plain')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('accepts', about, lost)]
  const back = await numberComesBack(scene, ministry, system, made.letter, '2345/2569')
  return [back === undefined ? passed('accepts', about) : failed('accepts', about, back)]
}

async function lettersGiven(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, isGiven, stage } = scene
  const about = 'a letter of the ministry reaches it'
  const made = sample(isGiven, 'plain')
  const lost = await goesOver(scene, ministry, system, made)
  if (lost !== undefined) return [failed('accepts', about, lost)]
  const told = 'its receive number reaches the ministry'
  if (stage.profile.channels.sendNotices === undefined)
    return [passed('accepts', about), inapplicable('accepts', told, 'the profile has no channel sendNotices')]
  const back = await numberComesBack(scene, system, ministry, made.letter, '77/2569')
  return [
    passed('accepts', about),
    back === undefined ? passed('accepts', told) : failed('accepts', told, back),
  ]
}

async function rejections(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, sends } = scene
  const about = 'what is no letter is not taken, and the next letter is'
  const before = ministry.received.letters.length
  const answer = await system.sendBytes(
    Buffer.from('\x00\x01 not a letter \xff\xfe', 'latin1'),
    sample(sends, 'garbage'),
  )
  const made = sample(sends, 'behind it')
  const lost = await goesOver(scene, system, ministry, made)
  const findings: Finding[] = []
  if (lost !== undefined) findings.push(failed('rejects', about, `the letter behind it: ${lost}`))
  else if (ministry.received.letters.length !== before + 1)
    findings.push(failed('rejects', about, 'the ministry was brought a letter that nobody wrote'))
  else if (
    answer?.kind !== 'refused' &&
    !(await until(scene, async () => (await stage.quarantine()).length > 0))
  )
    findings.push(failed('rejects', about, 'nobody was told: it was neither refused nor put into quarantine'))
  else findings.push(passed('rejects', about))

  const told = 'a refusal by the ministry reaches it with its reason'
  if (!toldKinds(stage.profile.channels.notices?.untold ?? []).includes('reject'))
    return [
      ...findings,
      inapplicable('rejects', told, 'the profile leaves notices of the kind reject untold'),
    ]
  const messageId = await messageIdOf(stage, made.letter)
  if (messageId === undefined)
    return [...findings, failed('rejects', told, 'the gateway does not know the letter')]
  await ministry.say({ kind: 'reject', letter: made.letter, messageId, reason: 'ส่งผิดหน่วยงาน' })
  const there = await until(scene, () => system.received.notices.some(({ kind }) => kind === 'reject'))
  return [...findings, there ? passed('rejects', told) : failed('rejects', told, 'it did not arrive')]
}

async function twice(scene: Scene): Promise<readonly Finding[]> {
  const { system, ministry, sends } = scene
  const about = 'the same letter handed over twice is taken once'
  const made = sample(sends, 'twice')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('twice', about, lost)]
  const answer = await system.sendAgain(made)
  if (answer?.kind === 'refused') return [failed('twice', about, `the second time ${saidOf(answer)}`)]
  const behind = await goesOver(scene, system, ministry, sample(sends, 'behind it'))
  if (behind !== undefined) return [failed('twice', about, `the letter behind it: ${behind}`)]
  const count = ofNumber(ministry, made.letter).length
  return [count === 1 ? passed('twice', about) : failed('twice', about, `the ministry has it ${count} times`)]
}

async function corrected(scene: Scene): Promise<readonly Finding[]> {
  const { stage, system, ministry, sends } = scene
  const about = 'another letter under the same number is not taken in silence'
  const made = sample(sends, 'first')
  const lost = await goesOver(scene, system, ministry, made)
  if (lost !== undefined) return [failed('corrected', about, lost)]
  const before = (await stage.quarantine()).length
  const other = sampleLetter(sends, 'corrected', {
    number: made.letter.number,
    date: made.letter.date,
    subject: 'แก้ไขเรื่อง ขอเลื่อนการประชุม',
    files: [
      {
        name: `แก้ไข ${sends.nextRunning()}.pdf`,
        role: 'main',
        bytes: Buffer.from('%PDF-1.4\n% corrected\n%%EOF\n'),
      },
    ],
  })
  const answer = await system.send(other)
  const told =
    answer?.kind === 'refused' || (await until(scene, async () => (await stage.quarantine()).length > before))
  await until({ ...scene, patience: 500 }, () => false)
  const [arrived, another] = ofNumber(ministry, made.letter)
  if (another !== undefined || arrived?.letter.subject !== made.letter.subject)
    return [failed('corrected', about, 'the ministry was brought the second letter too')]
  return [told ? passed('corrected', about) : failed('corrected', about, 'nobody is told of it')]
}

async function slow(scene: Scene): Promise<readonly Finding[]> {
  const about = 'over a slow line a letter goes each way once'
  const ways = scene.stage.counterparts.flatMap(({ slow: day }) => (day === undefined ? [] : [day]))
  if (ways.length === 0)
    return [inapplicable('slow', about, 'its letters lie in a folder, or it calls the gateway by itself')]
  for (const way of ways) await way.begin()
  try {
    return [await bothWays(scene, 'slow', about)]
  } finally {
    for (const way of ways) await way.end()
  }
}

async function down(scene: Scene): Promise<readonly Finding[]> {
  const about = 'what is sent while it is away arrives afterwards, once'
  const ways = scene.stage.counterparts.flatMap(({ away }) => (away === undefined ? [] : [away]))
  if (ways.length === 0) return [inapplicable('down', about, 'it calls the gateway by itself')]
  for (const way of ways) await way.go()
  const made = sample(scene.isGiven, 'while away')
  await scene.ministry.send(made)
  await until({ ...scene, patience: 1_000 }, () => false)
  const early = ofNumber(scene.system, made.letter).length
  for (const way of ways) await way.back()
  if (early > 0) return [failed('down', about, 'it stands at a system that was away')]
  // The first pauses of the gateway's schedule (5 s, 20 s) need not be sat out: time passes, a second at each look.
  let passing = 60
  const there = await until(scene, () => {
    if (ofNumber(scene.system, made.letter).length > 0) return true
    passing -= 1
    if (passing > 0) scene.stage.hurry(1_000)
    return false
  })
  if (!there) return [failed('down', about, `it did not arrive${await standing(scene, made)}`)]
  return [await bothWays(scene, 'down', about)]
}

async function bothWays(scene: Scene, check: ConformanceCheck, about: string): Promise<Finding> {
  const { system, ministry, sends, isGiven } = scene
  const [out, back] = await Promise.all([
    goesOver(scene, system, ministry, sample(sends, check)),
    goesOver(scene, ministry, system, sample(isGiven, check)),
  ])
  const lost = [
    ...(out === undefined ? [] : [`a letter that it sends: ${out}`]),
    ...(back === undefined ? [] : [`a letter that it is given: ${back}`]),
  ]
  return lost.length === 0 ? passed(check, about) : failed(check, about, lost.join('; '))
}

/** After all trials: every letter stood once at each end, and nothing came that its reader could not read. */
async function nothingDoubled(scene: Scene): Promise<readonly Finding[]> {
  await until({ ...scene, patience: 500 }, () => false)
  const about = 'after everything each letter stands once'
  const faults = (
    [
      ['the ministry', scene.ministry],
      ['the system', scene.system],
    ] as const
  ).flatMap(([name, end]) => {
    const counts = new Map<string, number>()
    for (const { letter } of end.received.letters)
      counts.set(letter.number.normalized, (counts.get(letter.number.normalized) ?? 0) + 1)
    const doubled = [...counts].filter(([, count]) => count > 1).map(([number]) => number)
    return [
      ...(doubled.length > 0 ? [`${name} has ${doubled.join(', ')} more than once`] : []),
      ...end.received.unreadable.map((said) => `${name} cannot read what it was brought: ${said}`),
    ]
  })
  return [faults.length === 0 ? passed('twice', about) : failed('twice', about, faults.join('\n'))]
}
