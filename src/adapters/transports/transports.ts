// The transports that a profile can name: one line each.
import { folder } from './folder.ts'
import { ftp } from './ftp.ts'
import { httpIn } from './http-in.ts'
import { httpOut } from './http-out.ts'
import { mailbox } from './mailbox/mailbox.ts'
import { sftp } from './sftp.ts'
import { soap } from './soap/soap.ts'
import { sql } from './sql/sql.ts'
import type { TransportKind } from './transport.ts'

export const transports: readonly TransportKind[] = [folder, ftp, httpIn, httpOut, mailbox, sftp, soap, sql]
