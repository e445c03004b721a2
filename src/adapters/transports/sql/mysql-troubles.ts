// What MariaDB's and MySQL's errors mean.
import { SqlError, type Trouble } from './engine.ts'

// https://mariadb.com/kb/en/mariadb-error-code-reference/ (the numbers below 2000 are shared with MySQL).
const troubles: Readonly<Record<Exclude<Trouble, 'other'>, readonly number[]>> = {
  // Server gone, shutting down, killed, too many connections, host blocked.
  lost: [
    1040, 1053, 1077, 1079, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927, 2006, 2013, 3168,
  ],
  // Lock wait, deadlock, NOWAIT, time-out or kill of a statement, a table locked or full.
  busy: [1099, 1100, 1114, 1205, 1213, 1317, 1969, 3024, 3572],
  // Access, database, table, column, right, read-only, unknown function, view that is broken.
  closed: [
    1044, 1045, 1049, 1054, 1130, 1141, 1142, 1143, 1146, 1227, 1251, 1290, 1356, 1370, 1410, 1698, 1792,
    1665, 1836, 3118, 3159, 4151,
  ],
  duplicate: [1062, 1586],
  // Null, range, length, charset, foreign key, no default, a check, the size of a packet.
  value: [
    1048, 1153, 1216, 1217, 1264, 1265, 1267, 1292, 1300, 1301, 1364, 1366, 1367, 1406, 1411, 1441, 1451,
    1452, 1525, 1644, 1690, 1977, 3140, 3819, 4025,
  ],
}

const byNumber = new Map(
  Object.entries(troubles).flatMap(([trouble, numbers]) =>
    numbers.map((number) => [number, trouble as Trouble] as const),
  ),
)

/**
 * The column is all that is taken out of a message: the rest may quote what the letter says. `late`: what it means when an
 * answer did not come in time.
 */
export function mysqlTrouble(error: unknown, late: 'busy' | 'lost' = 'lost'): SqlError {
  if (!(error instanceof Error)) return new SqlError('other', 'an error without a name')
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT') return new SqlError(late, code)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return new SqlError('closed', code)
  // The driver puts this code in the place of Node's: what is no failure of the network is the certificate's or TLS's.
  if (code === 'HANDSHAKE_SSL_ERROR' && !('syscall' in error) && !/socket disconnected/.test(error.message))
    return new SqlError('closed', `${code}: ${error.message}`)
  const known = number > 0 ? byNumber.get(number) : undefined
  // Without a number of the server's it is the connection that speaks: ECONNREFUSED, PROTOCOL_CONNECTION_LOST, a time-out.
  const spoken = number >= 1000 && number < 65_536
  const trouble = known ?? (spoken ? 'other' : 'lost')
  const column = /column ['`](?:[^'`]*`\.`[^'`]*`\.`)?([^'`]{1,64})['`]/.exec(error.message)?.[1] ?? ''
  return new SqlError(trouble, spoken ? `${number} ${code}` : code, column)
}
