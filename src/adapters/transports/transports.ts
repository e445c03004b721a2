// The transports that a profile can name: one line each.
import { folder } from './folder.ts'
import { httpIn } from './http-in.ts'
import { httpOut } from './http-out.ts'
import { mailbox } from './mailbox/mailbox.ts'
import { soap } from './soap/soap.ts'
import { sql } from './sql/sql.ts'
import type { TransportKind } from './transport.ts'

export const transports: readonly TransportKind[] = [folder, httpIn, httpOut, mailbox, soap, sql]
