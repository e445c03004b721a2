// The API's description (OpenAPI 3.1) at /openapi.json: one file of the project, served as it is.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

/** What the gateway itself answers; no door may stand there. */
export const ownPaths: readonly string[] = ['/healthz', '/readyz', '/metrics', '/openapi.json']

/** A Fastify plugin with the one route. It tells no secrets and needs no access. */
export function descriptionPlugin() {
  const description = readFileSync(new URL('../../../schemas/openapi.json', import.meta.url))
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/openapi.json', async (_request, reply) =>
      reply.type('application/openapi+json; charset=utf-8').send(description),
    )
  }
}
