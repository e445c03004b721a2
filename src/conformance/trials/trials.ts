// What a profile's channels owe, tried on a stage: each trial sends letters and looks at both ends, never at the journal, for what arrived.
import { type Declared, declaredBy } from '../declared.ts'
import { endsOf } from '../exchange.ts'
import type { Stage } from '../stage.ts'
import type { Finding } from '../verdict.ts'
import { lettersGiven, lettersSent } from './accepts.ts'
import { broughtTwice, corrected, nothingDoubled, nothingMadeUp, twice } from './again.ts'
import { down, slow } from './bad-days.ts'
import { rejections } from './rejects.ts'
import type { Scene, TrialSettings } from './scene.ts'
import { brokenEnvelopes, sealedTexts } from './sealed.ts'

const trials: readonly ((scene: Scene) => Promise<readonly Finding[]>)[] = [
  lettersSent,
  lettersGiven,
  rejections,
  brokenEnvelopes,
  sealedTexts,
  twice,
  broughtTwice,
  corrected,
  slow,
  down,
  nothingDoubled,
  nothingMadeUp,
]

/** Every trial of channels, one after the other. */
export async function checkChannels(stage: Stage, settings: TrialSettings): Promise<readonly Finding[]> {
  let running = 5000
  const nextRunning = (): number => {
    running += 1
    return running
  }
  const { office } = stage.profile
  const declared = (channel: 'send' | 'receive'): Declared => {
    const form = stage.forms[channel]
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
  for (const trial of trials) findings.push(...(await trial(scene)))
  return findings
}
