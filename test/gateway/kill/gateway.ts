// A gateway in a process of its own, which kills itself (SIGKILL: no handler, no cleaning up) when it reaches a step of a
// letter's way for the n-th time. The parent sends {settings, environment, step?, pass?} and hears 'listening'; {elapse} makes so many
// milliseconds pass for it, while no clock is set.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { Step } from '../../../src/gateway/desk.ts'
import { startGateway } from '../../../src/gateway/gateway.ts'
import type { Role } from '../../../src/gateway/journal/members.ts'
import { createLog } from '../../../src/gateway/log.ts'
import type { Pace } from '../../../src/gateway/membership.ts'
import type { Settings } from '../../../src/gateway/settings/settings.ts'
import { systemClock, systemRandom } from '../../../src/letter/time.ts'

export interface Order {
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string>>
  readonly role?: Role
  readonly name?: string
  readonly pace?: Pace
  readonly step?: Step
  /** 1: the first time that it is reached. */
  readonly pass?: number
}

let elapsed = 0

process.once('message', async (order: Order) => {
  process.on('message', ({ elapse = 0 }: { readonly elapse?: number }) => {
    elapsed += elapse
  })
  const file = join(order.settings.data, '..', 'gateway.log')
  let passed = 0
  let leave: (status: number) => void = (status) => process.exit(status)
  const gateway = await startGateway({
    settings: order.settings,
    environment: order.environment,
    clock: { ...systemClock, elapsed: () => systemClock.elapsed() + elapsed },
    random: systemRandom,
    ...(order.role && { role: order.role }),
    ...(order.name && { name: order.name }),
    ...(order.pace && { pace: order.pace }),
    superseded: () => leave(75),
    log: createLog(pino({ level: 'info', base: null }, pino.destination({ dest: file, sync: true }))),
    reached(step) {
      if (step !== order.step) return
      passed += 1
      if (passed !== order.pass) return
      appendFileSync(file, `killed at ${step}\n`)
      process.kill(process.pid, 'SIGKILL')
      // The signal comes at once, but not before the next turn of the event loop: nothing may happen until then.
      for (;;);
    },
  })
  leave = (status) => void gateway.stop().then(() => process.exit(status))
  process.once('disconnect', () => leave(0))
  // The parent may be gone already: a test that failed leaves nothing behind.
  if (process.connected) process.send?.('listening')
  else leave(0)
})
