// The transports that a profile can name: one line each.
import { folder } from './folder/folder.ts'
import { httpIn } from './http/http-in.ts'
import { httpOut } from './http/http-out.ts'
import { mailbox } from './mailbox/mailbox.ts'
import { ftp } from './remote/ftp.ts'
import { sftp } from './remote/sftp.ts'
import { rest } from './rest/rest.ts'
import { soap } from './soap/soap.ts'
import { soapOut } from './soap/soap-out.ts'
import { sql } from './sql/sql.ts'
import type { TransportKind } from './transport.ts'

export const transports: readonly TransportKind[] = [
  folder,
  ftp,
  httpIn,
  httpOut,
  mailbox,
  rest,
  sftp,
  soap,
  soapOut,
  sql,
]
