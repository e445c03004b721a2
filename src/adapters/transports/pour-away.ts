// The rest of a body that nobody wants.
import type { Readable } from 'node:stream'

/**
 * The rest flows away unkept, as long as the server's time-out lets it: a client that still writes hears no answer, and what
 * is left unread would stand before the next request of the same connection.
 */
export function pourAway(body: Readable): void {
  if (body.destroyed) return
  // An iterator that was left in the middle listens still, and a stream that is listened to like that does not flow.
  body
    .removeAllListeners('readable')
    .on('error', () => body.destroy())
    .resume()
}
