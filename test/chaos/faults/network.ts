// The network itself is gone: packets vanish, and nobody is told. In a namespace of its own (run.ts enters it).
import { spawnSync } from 'node:child_process'
import type { Fault } from '../fault.ts'
import { wait } from '../stage.ts'

const link = (state: 'up' | 'down'): boolean => spawnSync('ip', ['link', 'set', 'lo', state]).status === 0

const cut: Fault = {
  name: 'network-cut',
  what: 'the network between all parts is down for seconds; connections stay and hear nothing',
  stage: 'cut-off',
  patience: 900_000,
  async run(stage, { long, chance }) {
    const stop = stage.load()
    let struck = 0
    const times = long ? 30 : 2
    for (let time = 0; time < times; time++) {
      await wait(chance.between(500, 2_000))
      if (!link('down')) break
      await wait(chance.between(1_000, 6_000))
      if (link('up')) struck += 1
    }
    await stop()
    return struck < times ? undefined : `down ${struck} times`
  },
}

export const network: readonly Fault[] = [cut]
