// A gateway as `saraban start` runs it, that tells its clock when it settled which delivery. `node gateway.js SETTINGS ROLE`.
import pino from 'pino'
import { startGateway } from '../../src/gateway/gateway.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import type { Role } from '../../src/gateway/journal/members.ts'
import { createLog } from '../../src/gateway/log.ts'
import { readSettings } from '../../src/gateway/settings/settings.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { linesOf } from '../../src/log-lines.ts'
import { answerQuestions, sharedNow } from './child.ts'

export type Question =
  | { readonly want: 'address' }
  /** What was settled since; `record`: whether it is written down from now on. */
  | { readonly want: 'settled'; readonly record: boolean }

/** An envelope whose outcome is committed, and when. */
export type Settled = readonly [messageId: string, at: number]

const [, , settings = '', role = 'all'] = process.argv
let settled: Settled[] = []
let recording = false

const gateway = startGateway({
  ...{ settings: orThrow(readSettings(settings)), environment: process.env, role: role as Role },
  ...{ clock: systemClock, random: systemRandom, name: `bench ${process.pid}` },
  log: createLog(pino({ level: 'info', base: null }, linesOf(1))),
  superseded: () => process.exit(75),
  reached: (step, messageId) => {
    if (recording && step === 'delivery.settled' && messageId !== undefined)
      settled.push([messageId, sharedNow()])
  },
})

answerQuestions<Question, readonly Settled[] | string>(
  async (question) => {
    const { http = '' } = await gateway
    if (question.want === 'address') return http
    const told = settled
    settled = []
    recording = question.record
    return told
  },
  () => void gateway.then((running) => running.stop()).finally(() => process.exit(0)),
)
