// Folders by FTP, on bad days.

import { ftpServer } from '../servers/ftp.ts'
import { remoteSuite } from './remote-suite.ts'

remoteSuite('ftp, plain', () => ftpServer({ tls: 'none' }), 11)
