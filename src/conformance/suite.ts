// The suite over one profile: its documents first, which need no system, then its channels against real counterparts.
import { formsOf } from '../adapters/adapter.ts'
import type { Profile } from '../adapters/profile.ts'
import { moi, officeId } from '../letter/offices.ts'
import { type Clock, newMessageId, type Random } from '../letter/time.ts'
import { checkDocuments } from './documents.ts'
import { mustBe, type Parties, sampleLetter } from './letters.ts'
import { checkNotices, toldKinds } from './notices.ts'
import type { Finding } from './verdict.ts'

export interface SuiteSettings {
  readonly clock: Clock
  readonly random: Random
}

/** What the documents of a profile owe. */
export async function documentFindings(
  profile: Profile,
  { clock, random }: SuiteSettings,
): Promise<readonly Finding[]> {
  const forms = formsOf(profile, clock)
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
      })),
    )
  if (forms.receive)
    findings.push(
      ...(await checkDocuments({
        name: 'letters that it is given',
        form: forms.receive,
        parties: isGiven,
        messageId,
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
