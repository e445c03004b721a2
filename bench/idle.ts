// What 75 systems cost that have nothing to say: CPU of the gateway's own process while it looks into every folder, mailbox,
// table and interface of the fleet as often as their profiles say, and finds nothing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInstallation } from '../src/cli/demo/installation.ts'
import { systemClock, systemRandom } from '../src/letter/time.ts'
import { fleet } from '../src/sandbox/fleet/fleet.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts'
import type { Options } from './options.ts'
import type { Row } from './row.ts'

/** What may be used of one core, as a share. */
const most = 0.1

export const name = 'idle'

/** Starts the fleet and measures. */
export async function run({ quick }: Options): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-idle-'))
  let gateway: GatewayProcess | undefined
  try {
    const installation = await openInstallation({
      folder,
      members: fleet,
      clock: systemClock,
      random: systemRandom,
      watch: { ministry: () => undefined, province: () => undefined },
      environment: process.env,
      start: async (_settings, environment) => {
        const settings = join(folder, 'saraban.yaml')
        gateway = await startGatewayProcess(settings, environment, join(folder, 'gateway.log'))
        return gateway
      },
    })
    try {
      if (gateway === undefined) throw new Error('no gateway was started')
      // The first looks open connections and compile code: they are no part of being idle.
      await seconds(quick ? 10 : 30)
      const measured = quick ? 15 : 60
      const before = gateway.cpu()
      const began = performance.now()
      await seconds(measured)
      const share = (gateway.cpu() - before) / ((performance.now() - began) / 1000)
      const { members, leftOut } = installation
      const absent = leftOut.length === 0 ? '' : ` (${leftOut.length} cannot run here)`
      return [
        {
          what: `${members.length} systems polled with no work for ${measured} s${absent}`,
          value: share * 100,
          unit: '% of a core',
          ratio: share / most,
          against: `${most * 100} % of a core`,
          expected: '<= 1',
          ok: share <= most,
        },
      ]
    } finally {
      await installation.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const seconds = (count: number): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, count * 1000)
  })
