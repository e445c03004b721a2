// /healthz: the process lives. /readyz: it can take letters. /metrics. They tell no secrets and need no access.
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

export interface HealthParts {
  /** Every reason why nothing can be taken at present; empty when all is well. */
  readonly obstacles: () => Promise<readonly string[]>
  readonly registry: Registry
}

/** A Fastify plugin with the three routes. */
export function healthPlugin({ obstacles, registry }: HealthParts) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/healthz', async () => ({ status: 'alive' }))
    server.get('/readyz', async (_request, reply) => {
      const found = await obstacles()
      return reply
        .code(found.length === 0 ? 200 : 503)
        .send({ status: found.length === 0 ? 'ready' : 'not ready', obstacles: found })
    })
    server.get('/metrics', async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
}
