// What the tests of `rest` share.
import { createHash } from 'node:crypto'
import type { Adapter, Parcel } from '../../../src/adapters/contract.ts'
import { fixedLetter } from '../../letter/arbitrary.ts'
import { parcelOf } from '../stage.ts'
import type { Peer } from './peer.ts'

export const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

export const events = (gateway: { reports: { event: string; facts: object }[] }) =>
  gateway.reports.splice(0).map(({ event, facts }) => [event, 'reason' in facts ? facts.reason : ''])

/** Sends these bytes as the whole answer, and hangs up. */
export const bytes =
  (said: string): Peer['answering'] =>
  (_, { request }) => {
    request.socket.end(said)
    return 'by itself'
  }

export const bringing = (adapter: Adapter, parcel: Parcel | string) =>
  adapter.deliver!(
    typeof parcel === 'string'
      ? parcelOf({ letter: fixedLetter({ attachments: [] }) }, parcel, '57')
      : parcel,
    new AbortController().signal,
  )
