// After an answer that came before the request's end: the rest is read and thrown away for a while, then the line is cut.
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../letter/time.ts'

/** Milliseconds for the rest of a body that nobody wants. */
const patience = 5000

/**
 * Lets a client finish what it is saying. Cut off at once, it would see a reset connection instead of its answer (the
 * system drops what was sent when unread bytes are left); left alone, it could hold its connection for ever (attacks T7).
 */
export function linger(request: IncomingMessage, clock: Clock): void {
  if (request.complete) {
    request.resume()
    return
  }
  const cancel = clock.schedule(clock.now() + patience, () => request.socket.destroy())
  request.once('close', cancel)
  request.resume()
}
