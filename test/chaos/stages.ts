// The stages: which gateways run on each, and on what.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { startGateway } from '../../src/gateway/gateway.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { journalIn } from '../../src/gateway/journal/place.ts'
import { createLog } from '../../src/gateway/log.ts'
import { readAlarmSettings } from '../../src/gateway/settings/alarms.ts'
import { systemRandom } from '../../src/letter/time.ts'
import { fleet } from '../../src/sandbox/fleet/fleet.ts'
import type { FleetMember } from '../../src/sandbox/fleet/member.ts'
import { postgresqlServer } from '../../src/sandbox/servers/postgresql.ts'
import { redisServer } from '../../src/sandbox/servers/redis.ts'
import { MovedClock } from './clock.ts'
import type { StageKind } from './fault.ts'
import { Herd } from './herd.ts'
import { Link } from './link.ts'
import { callPerson } from './person.ts'
import { Stage, type StageParts } from './stage.ts'

/** Opens a stage. Rejects, naming what would help, where something that it needs is not there. */
export function openStage(kind: StageKind): Promise<Stage> {
  switch (kind) {
    case 'one':
    case 'cut-off':
      return openOne()
    // Four times what the journal's log may come to before it is written back (32 MiB): it is full because it was filled up.
    case 'small-disk':
      return openOne((data) => ({
        execPath: 'unshare',
        execArgv: [
          ...(process.getuid?.() === 0 ? ['-m'] : ['-Urm']),
          ...['sh', '-c', `mkdir -p "$0" && mount -t tmpfs -o size=128m none "$0" && exec "$@"`, data],
          ...[process.execPath, '--import', 'tsx'],
        ],
      }))
    case 'days':
      return openDays()
    case 'fleet':
      return openDays(oneOfEach)
    case 'several':
      return openSeveral()
    default:
      return kind satisfies never
  }
}

async function openOne(begun?: Herd['begun']): Promise<Stage> {
  const herd = new Herd([{ name: 'only', role: 'all', front: true }], async (settings) => ({
    settings,
    environment: {},
  }))
  if (begun !== undefined) herd.begun = begun
  const person = await callPerson()
  // Its disk may be its own: it is reached through its process.
  const journal: StageParts['journal'] = ({ installation }) =>
    journalIn(
      join('/proc', String(herd.processOf('only') ?? 'self'), 'root', installation.data, '..', 'data-only'),
    )
  return Stage.open({ herd, journal, person, close: () => person.close() }, () => herd.start)
}

/** A system for each transport, and for each way of using it in which an answer that is lost tells something else. */
const oneOfEach: readonly FleetMember[] = fleet.filter(({ profile }) =>
  [
    ...['chiang-mai-csv', 'lampang-csv', 'phrae-csv'],
    ...['kamphaeng-phet-sql', 'sukhothai-sql', 'phichit-sql'],
    ...['nonthaburi-web', 'ratchaburi-web', 'suphan-buri-web', 'samut-sakhon-web'],
    ...['samut-prakan-xml', 'chumphon-csv', 'chiang-rai-json', 'ranong-envelope'],
    ...['narathiwat-ecms', 'phatthalung-ecms', 'trang-ecms-server', 'yala-ecms-server'],
    ...['sing-buri-mailbox', 'surin-dbf'],
  ].includes(profile),
)

async function openDays(members?: readonly FleetMember[]): Promise<Stage> {
  const clock = new MovedClock()
  const person = await callPerson()
  const journal: StageParts['journal'] = ({ installation }) => journalIn(installation.data)
  const close = (): Promise<void> => person.close()
  const parts = { clock, person, journal, close, ...(members && { members }) }
  return Stage.open(parts, (folder) => (settings, environment) => {
    const log = createLog(
      pino({ level: 'info', base: null }, pino.destination(join(folder, 'installation', 'gateway.log'))),
    )
    const hooks = [{ name: 'person', webhook: { url: person.url, secret: { env: 'SARABAN_TEST_HOOK' } } }]
    return startGateway({
      settings: { ...settings, alarms: orThrow(readAlarmSettings({ hooks }, folder)) },
      environment: { ...environment, SARABAN_TEST_HOOK: 'chaos' },
      ...{ clock, random: systemRandom, log },
    })
  })
}

async function openSeveral(): Promise<Stage> {
  const postgresql = await postgresqlServer(process.env, { durable: true })
  if ('missing' in postgresql) throw new Error(postgresql.missing)
  const redis = await redisServer(process.env)
  if ('missing' in redis) {
    await postgresql.stop()
    throw new Error(redis.missing)
  }
  const made = await postgresql.database('chaos')
  await made.ask(`GRANT CREATE ON SCHEMA public TO ${made.user}`)
  const journal = await Link.to(made.port)
  const journalOfOne = await Link.to(made.port)
  const queue = await Link.to(redis.port)
  const { user, database } = made
  const at = (port: number) => ({
    at: { host: '127.0.0.1', port, user, database },
    secrets: { password: { env: 'SARABAN_TEST_JOURNAL_PASSWORD' } },
  })
  const herd = new Herd(
    [
      {
        ...{ name: 'front', role: 'intake', front: true },
        // Its own way to the journal: it can be cut off from it while the others are not.
        own: (settings) => ({ ...settings, journal: at(journalOfOne.port) }),
      },
      { name: 'spare', role: 'intake', front: false },
      { name: 'one', role: 'worker', front: false },
      { name: 'two', role: 'worker', front: false },
    ],
    async (settings) => {
      const attachments = join(settings.data, '..', 'attachments')
      mkdirSync(attachments, { recursive: true })
      return {
        settings: {
          ...settings,
          journal: at(journal.port),
          attachments: { kind: 'folder', path: attachments },
          queue: {
            at: { host: '127.0.0.1', port: queue.port, database: 0, tls: false },
            secrets: { password: { env: 'SARABAN_TEST_REDIS_PASSWORD' } },
          },
        },
        environment: {
          SARABAN_TEST_JOURNAL_PASSWORD: made.password,
          SARABAN_TEST_REDIS_PASSWORD: redis.password,
        },
      }
    },
  )
  herd.supervised = true
  const close = async (): Promise<void> => {
    for (const link of [journal, journalOfOne, queue]) await link.close()
    await postgresql.stop()
    await redis.stop()
  }
  const servers = { postgresql, database: made, redis, journal, journalOfOne, queue }
  const { host, port, password } = made
  const place = { kind: 'postgresql', at: { host, port, user, database, password } } as const
  return Stage.open({ herd, servers, journal: () => place, close }, () => herd.start)
}
