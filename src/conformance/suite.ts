// The suite over one profile: its documents first, which need no system, then its channels against real counterparts.
import { formsOf } from '../adapters/adapter.ts'
import { type Profile, readProfile } from '../adapters/profile.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import type { FleetServers } from '../sandbox/fleet/member.ts'
import type { CounterpartMaker } from './counterpart/counterpart.ts'
import { declaredBy } from './declared.ts'
import { checkDocuments } from './documents.ts'
import { tellingChannel } from './exchange.ts'
import { mustBe, type Parties, sampleLetter } from './letters.ts'
import { checkNotices, toldKinds } from './notices.ts'
import { makeOffices } from './offices.ts'
import { sealedForms, sealsByItself } from './sealing.ts'
import { openStage, otherThan } from './stage.ts'
import { checkChannels } from './trials/trials.ts'
import { type Finding, type Report, verdictsOf } from './verdict.ts'

export interface SuiteSettings {
  readonly clock: Clock
  readonly random: Random
  /** Where programs of servers are found. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Real servers that several profiles share. */
  readonly servers: FleetServers
  /** An empty folder, absolute, for the stage. */
  readonly folder: string
  /** How long something may take that must happen, in milliseconds. */
  readonly patience: number
  /** Counterparts in the place of those that the suite has for a kind of transport. */
  readonly instead?: Readonly<Record<string, CounterpartMaker>>
}

/** The whole suite over one profile's text, which was checked. Rejects when the disk fails or the suite itself is wrong. */
export async function testProfile(text: string, settings: SuiteSettings): Promise<Report> {
  const began = settings.clock.elapsed()
  const profile = mustBe(readProfile(text, 'profile.yaml'))
  const findings = [
    ...(await documentFindings(profile, settings)),
    ...(await channelFindings(text, settings)),
  ]
  return {
    profile: profile.id,
    office: profile.office,
    verdicts: verdictsOf(findings, profile.waivers),
    took: Math.round(settings.clock.elapsed() - began),
  }
}

/** The part of the suite that needs no server. What only channels can show is inapplicable here. */
export async function documentsOnly(
  text: string,
  settings: Pick<SuiteSettings, 'clock' | 'random'>,
): Promise<Report> {
  const began = settings.clock.elapsed()
  const profile = mustBe(readProfile(text, 'profile.yaml'))
  const left = channelChecks.map(
    (check): Finding => ({
      check,
      about: 'over its transports',
      outcome: 'unasked',
      why: 'only documents were asked for',
    }),
  )
  return {
    profile: profile.id,
    office: profile.office,
    verdicts: verdictsOf([...(await documentFindings(profile, settings)), ...left], profile.waivers),
    took: Math.round(settings.clock.elapsed() - began),
  }
}

/** What the channels owe. A machine that cannot play the system's part is a failure of each check, and says what to install. */
async function channelFindings(text: string, settings: SuiteSettings): Promise<readonly Finding[]> {
  const stage = await openStage(text, settings)
  if ('missing' in stage)
    return channelChecks.map((check) => ({
      check,
      about: 'over its transports',
      outcome: 'failed',
      why: stage.missing,
    }))
  try {
    return await checkChannels(stage, settings)
  } catch (error) {
    // A counterpart that breaks must not take the other profiles' reports with it.
    const why = `the trial broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    return channelChecks.map((check) => ({ check, about: 'over its transports', outcome: 'failed', why }))
  } finally {
    await stage.close()
  }
}

const channelChecks = ['accepts', 'rejects', 'twice', 'corrected', 'slow', 'down'] as const

/** What the documents of a profile owe. */
export async function documentFindings(
  profile: Profile,
  { clock, random }: Pick<SuiteSettings, 'clock' | 'random'>,
): Promise<readonly Finding[]> {
  const messageId = () => newMessageId(clock, random)
  const own = profile.office
  const other = otherThan(own)
  const plain = formsOf(profile, clock)
  const forms = sealsByItself(plain)
    ? sealedForms(plain, await makeOffices([own, other], clock, random), clock)
    : plain
  let running = 1000
  const nextRunning = (): number => {
    running += 1
    return running
  }
  const sends: Parties = { from: own, to: other, nextRunning }
  const isGiven: Parties = { from: other, to: own, nextRunning }
  const findings: Finding[] = []
  if (forms.send)
    findings.push(
      ...(await checkDocuments({
        name: 'letters that it sends',
        form: forms.send,
        parties: sends,
        messageId,
        declared: declaredBy(profile, 'send', forms.send),
      })),
    )
  if (forms.receive)
    findings.push(
      ...(await checkDocuments({
        name: 'letters that it is given',
        form: forms.receive,
        parties: isGiven,
        messageId,
        declared: declaredBy(profile, 'receive', forms.receive),
      })),
    )
  if (forms.notices) {
    const kinds = toldKinds(profile.channels.notices?.untold ?? [])
    const { letter } = sampleLetter(sends, 'plain')
    findings.push(
      ...(await checkNotices({
        name: 'notices that it is told',
        form: forms.notices,
        from: other,
        to: own,
        letter,
        kinds,
        messageId,
      })),
    )
  }
  const telling = tellingChannel(forms)
  const tells = telling && forms[telling]
  if (tells) {
    const { letter } = sampleLetter(isGiven, 'plain')
    findings.push(
      ...(await checkNotices({
        name: 'notices that it tells',
        form: tells,
        from: own,
        to: other,
        letter,
        kinds: ['accept'],
        messageId,
      })),
    )
  }
  return findings
}
