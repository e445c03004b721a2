// /healthz: the process lives. /readyz: it can take letters. /metrics. They tell no secrets and need no access.
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Obstacles } from './obstacles.ts'

export interface HealthParts {
  readonly obstacles: () => Promise<Obstacles>
  readonly registry: Registry
}

/** A Fastify plugin with the three routes. */
export function healthPlugin({ obstacles, registry }: HealthParts) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/healthz', async () => ({ status: 'alive' }))
    server.get('/readyz', async (_request, reply) => {
      const { ofAll, ofSome } = await obstacles()
      // One system's folder must not take the gateway away from all the others: it is told, and the gateway is ready.
      return reply
        .code(ofAll.length === 0 ? 200 : 503)
        .send({ status: ofAll.length === 0 ? 'ready' : 'not ready', obstacles: [...ofAll, ...ofSome] })
    })
    server.get('/metrics', async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
}
