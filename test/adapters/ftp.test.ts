// Folders by FTP, on bad days.

import t from 'tap'
import { ftpServer } from '../../src/sandbox/servers/ftp.ts'
import { remoteSuite } from './remote-suite.ts'

// Each of its verbs opens a connection of its own: slower than all other tests.
t.setTimeout(900_000)

remoteSuite('ftp, plain', () => ftpServer({ tls: 'none' }), 29)
