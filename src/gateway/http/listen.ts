// Binding a server to the address that the settings name.
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import type { Listen } from '../settings/settings.ts'

/** Errors of bind and of the name's look-up: the address is at fault, not the program. */
const faultsOfTheAddress = ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']

/** Listens, and says where: `http://host:port`. Fails, naming the address, when it cannot be had. */
export async function listenAt(
  server: FastifyInstance,
  { host, port }: Listen,
  path: string,
  scheme: 'http' | 'https',
): Promise<Result<string>> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!faultsOfTheAddress.includes(code)) throw error
    return bad(problem('settings.listen.failed', path, `${host}:${port}`, { reason: code }))
  }
  const { address, port: bound, family } = server.server.address() as AddressInfo
  return good(`${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${bound}`)
}
