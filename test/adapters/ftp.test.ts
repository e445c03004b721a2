// Folders by FTP in the clear, on bad days.
import t from 'tap'
import { ftpServer } from '../../src/sandbox/servers/ftp.ts'
import { remoteBadDays } from './remote-bad-days.ts'
import { remoteHanding } from './remote-handing.ts'
import { remoteTaking } from './remote-taking.ts'
import { remoteWhose } from './remote-whose.ts'

// Each of its verbs opens a connection of its own: slower than all other tests.
t.setTimeout(900_000)

const served = { kind: 'ftp, plain', make: () => ftpServer({ tls: 'none' }), step: 29 }
for (const suite of [remoteTaking, remoteBadDays, remoteWhose, remoteHanding]) suite(served)
