// The counterparts, by kind of transport. A kind without one cannot be tried, and the suite says so.
import type { CounterpartMaker } from './counterpart.ts'
import { folder } from './folder.ts'
import { httpIn, httpOut } from './http.ts'
import { mailbox } from './mailbox.ts'
import { rest } from './rest.ts'
import { ftp, sftp } from './server.ts'
import { soap } from './soap.ts'
import { soapOut } from './soap-out.ts'
import { sql } from './sql/sql.ts'

export const counterparts: Readonly<Record<string, CounterpartMaker>> = {
  folder,
  sftp,
  ftp,
  'http-in': httpIn,
  'http-out': httpOut,
  rest,
  mailbox,
  soap,
  'soap-out': soapOut,
  sql,
}
