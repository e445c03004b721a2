// Redis, PostgreSQL and gateways are killed, frozen and cut off while several gateways share the work.
import { Redis } from 'ioredis'
import type { Fault } from '../fault.ts'
import { wait, within } from '../stage.ts'

const rounds = (long: boolean): number => (long ? 20 : 1)

const redis: Fault = {
  name: 'redis',
  what: 'Redis is flushed, killed, frozen',
  stage: 'several',
  async run(stage, { long }) {
    const server = stage.servers.redis
    const { host, port, password, process: own } = server
    if (own === undefined) throw new Error('Redis is not ours to kill: unset SARABAN_TEST_REDIS_URL')
    const stop = stage.load()
    let struck = 0
    for (let round = 0; round < rounds(long); round++) {
      await wait(1_000)
      const client = new Redis({ host, port, password })
      if ((await client.flushall()) === 'OK') struck += 1
      client.disconnect()
      await wait(1_000)
      await own.kill()
      struck += 1
      await wait(2_000)
      await own.start()
      await wait(1_000)
      own.freeze()
      struck += 1
      await wait(3_000)
      own.thaw()
    }
    await stop()
    return `${struck} times`
  },
}

const postgresql: Fault = {
  name: 'postgresql',
  what: 'PostgreSQL is killed, silent for seconds, its connections are ended',
  stage: 'several',
  patience: 900_000,
  async run(stage, { long }) {
    const { postgresql: server, database, journal, journalOfOne } = stage.servers
    if (server.crash === undefined)
      throw new Error('PostgreSQL is not ours to kill: unset SARABAN_TEST_POSTGRES_URL')
    const stop = stage.load()
    let ended = 0
    for (let round = 0; round < rounds(long); round++) {
      await wait(1_000)
      await server.crash()
      await wait(3_000)
      for (const link of [journal, journalOfOne]) link.set('held')
      await wait(3_000)
      for (const link of [journal, journalOfOne]) link.set('open')
      for (let time = 0; time < 5; time++) {
        await wait(500)
        const cut = await database.ask(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1',
          [database.user],
        )
        ended += cut.length
      }
    }
    await stop()
    for (const name of ['front', 'spare', 'one', 'two'])
      if (!stage.herd.isUp(name)) await stage.herd.rise(name)
    return ended === 0
      ? undefined
      : `killed and silent ${rounds(long)} times each, ${ended} connections ended`
  },
}

const leaders: Fault = {
  name: 'two-leaders',
  what: 'the one that leads is cut off from the journal and another leads; then it is back, believing that it leads',
  stage: 'several',
  patience: 900_000,
  async run(stage, { long, progress }) {
    const { journalOfOne, database } = stage.servers
    const leader = async (): Promise<string> =>
      (
        await database.ask(
          "SELECT members.name FROM leases JOIN members ON members.id = leases.member WHERE leases.name = 'lead'",
        )
      )[0]?.['name'] ?? ''
    let turns = 0
    for (let round = 0; round < rounds(long); round++) {
      const before = stage.herd.ended.length
      // The front leads when nobody else may.
      await stage.herd.rest('spare')
      await within(60_000, async () => (await leader()) === 'front')
      await stage.herd.rise('spare')
      const csv = stage.system('50')
      journalOfOne.set('held')
      await stage.sendFrom(csv)
      if (await within(60_000, async () => (await leader()) === 'spare')) turns += 1
      await stage.sendFrom(csv)
      journalOfOne.set('open')
      // Both look into the same folder for a moment, each as the one that leads.
      await stage.sendFrom(csv)
      const isGivenUp = () => stage.herd.ended.slice(before).includes('front 75')
      if (!(await within(60_000, isGivenUp))) progress('the front was not given up')
    }
    return turns < rounds(long) ? undefined : `${turns} times`
  },
}

const members: Fault = {
  name: 'herd-kill',
  what: 'any of four gateways is killed or frozen at a random moment under load',
  stage: 'several',
  patience: 900_000,
  async run(stage, { long, chance, progress }) {
    const cycles = long ? 60 : 3
    const before = stage.herd.ended.length
    const stop = stage.load()
    let frozen = 0
    for (let cycle = 1; cycle <= cycles; cycle++) {
      await wait(chance.between(0, 1_500))
      const name = chance.of(['front', 'spare', 'one', 'two'])
      if (!stage.herd.isUp(name)) await stage.herd.rise(name)
      if (cycle % 3 === 0) {
        stage.herd.signal(name, 'SIGSTOP')
        await wait(chance.between(500, 8_000))
        stage.herd.signal(name, 'SIGCONT')
        frozen += 1
      } else {
        stage.herd.signal(name, 'SIGKILL')
        await within(60_000, () => !stage.herd.isUp(name))
        await stage.herd.rise(name)
      }
      progress(`cycle ${cycle}: ${name}`)
    }
    await wait(2_000)
    for (const name of ['front', 'spare', 'one', 'two'])
      if (!stage.herd.isUp(name)) await stage.herd.rise(name)
    await stop()
    const killed = stage.herd.ended.slice(before).filter((how) => how.endsWith('SIGKILL')).length
    return killed + frozen < cycles ? undefined : `${killed} killed, ${frozen} frozen`
  },
}

export const servers: readonly Fault[] = [redis, postgresql, leaders, members]
