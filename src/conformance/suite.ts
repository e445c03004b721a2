// The suite over one profile: its documents first, which need no system, then its channels against real counterparts.
import { formsOf } from '../adapters/adapter.ts'
import { type Profile, readProfile } from '../adapters/profile.ts'
import { moi, officeId } from '../letter/offices.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import type { FleetServers } from '../sandbox/fleet/member.ts'
import { declaredBy } from './declared.ts'
import { checkDocuments } from './documents.ts'
import { mustBe, type Parties, sampleLetter } from './letters.ts'
import { checkNotices, toldKinds } from './notices.ts'
import { openStage } from './stage.ts'
import { checkChannels } from './trials.ts'
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
}

/** The whole suite over one profile's text, which was checked. Rejects when the disk fails or the suite itself is wrong. */
export async function testProfile(text: string, settings: SuiteSettings): Promise<Report> {
  const began = settings.clock.elapsed()
  const profile = mustBe(readProfile(text, 'profile.yaml'))
  const findings = [
    ...(await documentFindings(profile, settings)),
    ...(await channelFindings(text, profile, settings)),
  ]
  return {
    profile: profile.id,
    office: profile.office,
    verdicts: verdictsOf(findings, profile.waivers),
    took: Math.round(settings.clock.elapsed() - began),
  }
}

/** A system that seals by itself has no form for the suite to write in: what it owes is held where envelopes and their doors are. */
const sealedElsewhere = (check: Finding['check']): Finding => ({
  check,
  about: 'sealed by its sender',
  outcome: 'inapplicable',
  why: 'its system seals envelopes by itself: test/envelope, test/gateway/http and the fleet hold what they owe',
})

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
      outcome: 'inapplicable',
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
async function channelFindings(
  text: string,
  profile: Profile,
  settings: SuiteSettings,
): Promise<readonly Finding[]> {
  if (formsOf(profile, settings.clock).send?.receipts === true) return channelChecks.map(sealedElsewhere)
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

const documentChecks = ['accepts', 'longest', 'emptiest', 'hostile', 'garbage'] as const

/** What the documents of a profile owe. */
export async function documentFindings(
  profile: Profile,
  { clock, random }: Pick<SuiteSettings, 'clock' | 'random'>,
): Promise<readonly Finding[]> {
  const forms = formsOf(profile, clock)
  // What its sender sealed is passed on as it is: there is no form to be written in.
  if (forms.send?.receipts === true) return documentChecks.map(sealedElsewhere)
  const messageId = () => newMessageId(clock, random)
  const own = profile.office
  const other = own === moi ? mustBe(officeId('50')) : moi
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
  if (forms.sendNotices) {
    const { letter } = sampleLetter(isGiven, 'plain')
    findings.push(
      ...(await checkNotices({
        name: 'notices that it tells',
        form: forms.sendNotices,
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
