// The API's description (OpenAPI 3.1) at /openapi.json: one file of the project, served as it is.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

/** What the gateway itself answers; no door may stand there. */
const ownPaths: readonly string[] = ['/healthz', '/readyz', '/metrics', '/openapi.json']

/** Where the operators' API answers, where the settings open it. */
const api: Readonly<Record<string, RegExp>> = {
  GET: /^\/v1\/(?:openapi\.json$|(?:letters|notices|deliveries|offices|profiles|quarantine|events|orders)(?:\/|$))/,
  POST: /^\/v1\/(?:reload$|(?:letters|deliveries|quarantine)\/)/,
}

/** Whether the gateway itself answers there; `withApi`: the operators' API is open. */
export const isOwn = (method: string, path: string, withApi: boolean): boolean =>
  ownPaths.includes(path) || (withApi && api[method]?.test(path) === true)

/** A Fastify plugin with the one route. It tells no secrets and needs no access. */
export function descriptionPlugin() {
  const description = readFileSync(new URL('../../../schemas/openapi.json', import.meta.url))
  return async (server: FastifyInstance): Promise<void> => {
    server.get('/openapi.json', async (_request, reply) =>
      reply.type('application/openapi+json; charset=utf-8').send(description),
    )
  }
}
