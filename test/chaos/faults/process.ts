// The process is killed, and the disk is full.
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fault } from '../fault.ts'
import { wait, within } from '../stage.ts'

const kill: Fault = {
  name: 'kill',
  what: 'SIGKILL at a random moment under load, and started again',
  stage: 'one',
  async run(stage, { long, chance, progress }) {
    const cycles = long ? 200 : 6
    const before = stage.herd.ended.length
    const stop = stage.load()
    for (let cycle = 1; cycle <= cycles; cycle++) {
      await wait(chance.between(0, 2_500))
      stage.herd.signal('only', 'SIGKILL')
      await within(60_000, () => !stage.herd.isUp('only'))
      await stage.herd.rise('only')
      if (cycle % 10 === 0) progress(`killed ${cycle} times`)
    }
    await stop()
    const killed = stage.herd.ended.slice(before).filter((how) => how === 'only SIGKILL').length
    return killed < cycles ? undefined : `killed ${killed} times`
  },
}

const starting: Fault = {
  name: 'kill-starting',
  what: 'SIGKILL while it starts and recovers what the last one left, again and again, under load',
  stage: 'one',
  async run(stage, { long, chance, progress }) {
    const cycles = long ? 60 : 4
    const before = stage.herd.ended.length
    const killed = (): number => stage.herd.ended.slice(before).filter((how) => how === 'only SIGKILL').length
    const stop = stage.load()
    for (let cycle = 1; cycle <= cycles; cycle++) {
      stage.herd.signal('only', 'SIGKILL')
      await within(60_000, () => !stage.herd.isUp('only'))
      // How long a start takes differs from machine to machine: some get through, and are killed as they begin to work.
      const rising = stage.herd.rise('only')
      await Promise.race([rising, wait(chance.between(1, 12) * 500)])
      progress(`killed ${killed()} times`)
    }
    stage.herd.signal('only', 'SIGKILL')
    await within(60_000, () => !stage.herd.isUp('only'))
    await stage.herd.rise('only')
    await stop()
    return killed() < cycles ? undefined : `killed ${killed()} times`
  },
}

const disk: Fault = {
  name: 'disk-full',
  what: 'the disk of the gateway fills up, a real one, and has room again',
  stage: 'small-disk',
  async run(stage, { long, progress }) {
    // The disk is the gateway's alone: it is reached through its process.
    const data = join(
      '/proc',
      String(stage.herd.processOf('only')),
      'root',
      stage.installation.data,
      '..',
      'data-only',
    )
    const filler = join(data, 'filler')
    const times = long ? 20 : 3
    let full = 0
    for (let time = 1; time <= times; time++) {
      const sending = stage.send()
      // From nothing left to a few pages: the write that finds no room is another one each time.
      for (let size = 64 * 1024 * 1024; size >= 4096; size = Math.floor(size / 2))
        try {
          writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        }
      if (statfsSync(data).bavail <= time) full += 1
      await wait(1_500)
      rmSync(filler)
      await sending
      await stage.whole(60_000)
      progress(`full ${time} times`)
    }
    return full < times ? undefined : `full ${full} times`
  },
}

export const processes: readonly Fault[] = [kill, starting, disk]
