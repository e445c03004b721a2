// /healthz: the process lives. /readyz: it can take letters. They tell no secrets and need no access. /metrics, for those who may.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { problem } from '../../problem/problem.ts'
import { answerOf } from './answers.ts'
import type { Obstacles } from './obstacles.ts'

export interface HealthParts {
  readonly obstacles: () => Promise<Obstacles>
  readonly registry: Registry
  readonly mayMeasure: (request: IncomingMessage) => boolean
}

/** A Fastify plugin with the three routes. */
export function healthPlugin({ obstacles, registry, mayMeasure }: HealthParts) {
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/healthz', async () => ({ status: 'alive' }))
    server.get('/readyz', async (_request, reply) => {
      const { ofAll, ofSome } = await obstacles()
      // One system's folder must not take the gateway away from all the others: it is told, and the gateway is ready.
      return reply
        .code(ofAll.length === 0 ? 200 : 503)
        .send({ status: ofAll.length === 0 ? 'ready' : 'not ready', obstacles: [...ofAll, ...ofSome] })
    })
    server.get('/metrics', async (request, reply) => {
      if (mayMeasure(request.raw)) return reply.type(registry.contentType).send(await registry.metrics())
      const { status, headers, body } = answerOf([problem('metrics.access.denied', 'request')])
      reply.header('www-authenticate', 'Bearer realm="saraban"')
      return reply.code(status).headers(headers).send(body)
    })
  }
}
