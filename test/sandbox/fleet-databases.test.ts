// The systems that keep their letters in a database, each with its profile through a real gateway and a real server.
import { members } from '../../src/sandbox/fleet/databases/members.ts'
import { exchange, noneTwice } from './fleet-exchange.ts'

await exchange(members, {}, (t, exchanged) => noneTwice(t, exchanged))
