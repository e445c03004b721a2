// One installation to measure: a province that hands over JSON, a ministry that takes envelopes by mutual TLS, and gateways in
// processes of their own on a journal and a queue of either kind.
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { makeCertificates } from '../../src/cli/certificates.ts'
import type { Role } from '../../src/gateway/journal/members.ts'
import type { PostgresqlAt } from '../../src/gateway/journal/postgresql-connection.ts'
import { moi } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { type ProcessFigures, processFigures } from '../gateway-process.ts'
import { key, province, provinceOffice } from '../province.ts'
import { type Child, startChild } from './child.ts'
import type { Settled, Question as ToGateway } from './gateway.ts'
import type { Figures, Question as ToMinistry } from './ministry.ts'
import type { Order, Posted } from './poster.ts'

/** Where a gateway keeps what it knows. */
export type Engine =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'servers'
      readonly at: PostgresqlAt
      readonly redis: { readonly host: string; readonly port: number; readonly password: string }
    }

export const engineNames: Readonly<Record<Engine['kind'], string>> = {
  embedded: 'SQLite, queue in memory',
  servers: 'PostgreSQL + Redis',
}

export interface Gateway extends ProcessFigures {
  readonly http: string
  /** The data folder. */
  readonly data: string
  readonly pid: number
  /** Every delivery that was settled since it was asked last, and when; nothing unless `record` was said before. */
  settled(record: boolean): Promise<readonly Settled[]>
  stop(): Promise<void>
}

export interface Installation {
  readonly folder: string
  readonly certs: string
  readonly environment: Readonly<Record<string, string>>
  readonly ministry: {
    readonly url: string
    ask(question?: ToMinistry): Promise<Figures>
  }
  start(name: string, engine: Engine, options?: { readonly role?: Role }): Promise<Gateway>
  /** Posts letters at a gateway's door, from a process of its own. */
  post(gateway: Gateway, order: Omit<Order, 'url' | 'key'>): Promise<Posted>
  close(): Promise<void>
}

/** Makes it in an empty folder. `atOnce`: attempts to the ministry under way at once, where it is not the usual. */
export async function openInstallation(
  folder: string,
  { atOnce }: { readonly atOnce?: number } = {},
): Promise<Installation> {
  const certs = join(folder, 'certs')
  mkdirSync(join(folder, 'profiles'), { recursive: true })
  mkdirSync(join(folder, 'attachments'))
  await makeCertificates(certs, [moi, provinceOffice], systemClock, systemRandom, ['gateway', 'inbox'])
  writeFileSync(join(folder, 'profiles', 'province.yaml'), province)
  writeFileSync(join(folder, 'profiles', 'ministry.yaml'), ministryProfile(atOnce))
  const ministry: Child<ToMinistry, Figures> = startChild('ministry.js', [certs])
  const poster: Child<Order, Posted> = startChild('poster.js', [])
  const gateways = new Set<Gateway>()
  const { port } = await ministry.ask({})
  const url = `https://localhost:${port}/envelopes`
  const environment = { SARABAN_BENCH_INBOX: url }

  async function start(name: string, engine: Engine, { role = 'all' }: { readonly role?: Role } = {}) {
    const data = join(folder, `data-${name}`)
    const file = join(folder, `${name}.yaml`)
    writeFileSync(
      file,
      stringify({
        ...{ data, trust: certs, profiles: 'profiles', listen: { http: { host: '127.0.0.1', port: 0 } } },
        ...(engine.kind === 'servers' && {
          journal: {
            url: `postgresql://${engine.at.user}@${engine.at.host}:${engine.at.port}/${engine.at.database}`,
            password: { env: 'SARABAN_BENCH_POSTGRESQL' },
          },
          queue: {
            url: `redis://${engine.redis.host}:${engine.redis.port}`,
            password: { env: 'SARABAN_BENCH_REDIS' },
          },
          attachments: { url: `file://${join(folder, 'attachments')}` },
        }),
      }),
    )
    const child: Child<ToGateway, readonly Settled[] | string> = startChild('gateway.js', [file, role], {
      log: openSync(join(folder, `${name}.log`), 'a'),
      environment: {
        ...environment,
        ...(engine.kind === 'servers' && {
          SARABAN_BENCH_POSTGRESQL: engine.at.password ?? '',
          SARABAN_BENCH_REDIS: engine.redis.password,
        }),
      },
    })
    const gateway: Gateway = {
      ...processFigures(child.pid),
      ...{ data, pid: child.pid },
      http: String(await child.ask({ want: 'address' })),
      settled: async (record) => (await child.ask({ want: 'settled', record })) as readonly Settled[],
      async stop() {
        gateways.delete(gateway)
        await child.end()
      },
    }
    gateways.add(gateway)
    return gateway
  }

  return {
    ...{ folder, certs, environment, start },
    ministry: { url, ask: (question = {}) => ministry.ask(question) },
    post: (gateway, order) => poster.ask({ ...order, url: gateway.http, key }),
    async close() {
      for (const gateway of gateways) await gateway.stop()
      await poster.end()
      await ministry.end()
    },
  }
}

const ministryProfile = (atOnce: number | undefined): string =>
  stringify({
    ...{ id: 'bench-ministry', office: moi, title: 'bench', origin: 'self-built', illustrative: true },
    documents: { envelope: { format: { kind: 'envelope' } } },
    send: {
      transport: { kind: 'http-in', path: '/v1/envelopes', access: { kind: 'certificate' } },
      document: 'envelope',
    },
    receive: { transport: inbox(atOnce), document: 'envelope' },
    notices: { transport: inbox(atOnce), document: 'envelope' },
    ...(atOnce !== undefined && { delivery: { atOnce } }),
  })

const inbox = (atOnce: number | undefined) => ({
  kind: 'http-out',
  // As many as the transport may have.
  ...(atOnce !== undefined && { connections: Math.min(atOnce, 64) }),
  url: { env: 'SARABAN_BENCH_INBOX' },
  tls: {
    key: { file: '../certs/tls/gateway.key.pem' },
    certificate: { file: '../certs/tls/gateway.pem' },
    authority: { file: '../certs/authority.pem' },
  },
})
