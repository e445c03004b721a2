// A webhook: an HTTPS POST of JSON, signed with HMAC-SHA256 (RFC 2104) of the body, so that its receiver knows who speaks.
import { createHmac } from 'node:crypto'
import { Agent } from 'undici'
import { breakable } from '../../adapters/breakable.ts'
import { networkWords } from '../../adapters/transports/network-words.ts'
import type { HookSettings } from '../settings/alarms.ts'
import type { Hook } from './hook.ts'

/** Milliseconds for the whole exchange, and for each part of it. */
const within = 10_000

/** Of an answer nothing but its status is read. 2xx = told; redirects are not followed. */
export function webhook(
  { name, url }: Extract<HookSettings, { kind: 'webhook' }>,
  { secret = '', authority }: { readonly secret: string | undefined; readonly authority: string | undefined },
): Hook {
  const agent = new Agent({
    connections: 1,
    headersTimeout: within,
    bodyTimeout: within,
    connect: { timeout: within, ...(authority !== undefined && { ca: authority }) },
  })
  const { origin, pathname, search } = new URL(url)
  return {
    name,
    async tell(body, { id, event }, signal) {
      const signature = createHmac('sha256', secret).update(body).digest('hex')
      const post = async (breakOff: AbortSignal) => {
        const { statusCode, body: said } = await agent.request({
          ...{ origin, path: `${pathname}${search}`, method: 'POST', body },
          headers: {
            'content-type': 'application/json',
            'saraban-id': id,
            'saraban-event': event,
            'saraban-signature': `sha256=${signature}`,
          },
          signal: breakOff,
        })
        await said.dump({ limit: 16 * 1024 }).catch(() => undefined)
        return statusCode
      }
      try {
        const statusCode = await breakable([signal, AbortSignal.timeout(within)], post)
        return statusCode >= 200 && statusCode < 300
          ? { kind: 'told' }
          : { kind: 'failed', said: `it answered ${statusCode}` }
      } catch (error) {
        return { kind: 'failed', said: networkWords(error) }
      }
    },
    close: () => agent.destroy(),
  }
}
