// Who may read /metrics. What is counted there by office and outcome counts secret letters too, so that one that is stuck is
// seen: it is for those who look after the gateway, and no ordinary view (decision 0030).
import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import type { Grants } from './api/access.ts'
import { type Grant, may, seesLetter } from './api/roles.ts'

const thisMachine = new BlockList()
thisMachine.addSubnet('127.0.0.0', 8, 'ipv4')
thisMachine.addAddress('::1', 'ipv6')

/** What a proxy of this machine puts on a request of another one. */
const ofProxies = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/** Whoever asks from this machine itself, or shows a grant that sees of every office that secret letters are there. */
export function mayMeasure(grants: Grants, request: IncomingMessage): boolean {
  const grant = grants.of(request)
  return isFromHere(request) || (grant !== undefined && seesAll(grant))
}

function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress ?? ''
  return (
    thisMachine.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') &&
    ofProxies.every((name) => headers[name] === undefined)
  )
}

const seesAll = (grant: Grant): boolean =>
  grant.offices === 'all' && may(grant, 'see states') && seesLetter(grant, 'secret')
