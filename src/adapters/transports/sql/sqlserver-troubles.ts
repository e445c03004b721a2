// What SQL Server's errors mean, and those of its driver.
import { SqlError, type Trouble, untrusted } from './engine.ts'

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
const troubles: Readonly<Record<Exclude<Trouble, 'other'>, readonly number[]>> = {
  // In recovery, being restored, offline, paused or shutting down; no connection or worker left; a session that was killed;
  // a secondary that moved; an error of the disk.
  lost: [
    596, 823, 824, 921, 922, 926, 927, 942, 945, 952, 976, 978, 982, 983, 6002, 6005, 10928, 10929, 17142,
    17188, 17197, 17198, 18401, 18451, 40197, 40501, 40613,
  ],
  // Rows that moved under a list; memory, a full disk or log, time-outs of locks and of memory, deadlocks, a snapshot that
  // was overtaken.
  busy: [
    601, 701, 802, 1101, 1105, 1204, 1205, 1211, 1221, 1222, 3635, 3960, 3961, 5029, 5030, 8645, 8651, 8902,
    9002, 17053, 17803,
  ],
  // Logins, databases, tables, columns, rights, read-only; a name in the wrong case; a function that is not there.
  closed: [
    195, 207, 208, 209, 229, 230, 262, 297, 300, 334, 916, 3906, 3908, 4060, 4064, 4104, 4121, 4413, 4502,
    18452, 18456, 18461, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18486, 18487, 18488,
  ],
  duplicate: [2601, 2627],
  // Range, length, conversion, NULL, keys, checks, rules, kinds that do not go together, the length of a row.
  value: [
    206, 220, 232, 235, 241, 242, 244, 245, 246, 248, 257, 260, 271, 272, 273, 289, 295, 296, 402, 511, 513,
    515, 517, 529, 544, 547, 550, 1701, 2628, 3930, 4405, 4406, 4712, 4815, 4819, 8106, 8111, 8114, 8115,
    8134, 8152, 8169, 9402, 9411, 9420, 9803, 9804, 9819, 13535, 15458,
  ],
}

const byNumber = new Map(
  Object.entries(troubles).flatMap(([trouble, numbers]) =>
    numbers.map((number) => [number, trouble as Trouble] as const),
  ),
)

/** From here on numbers are the system's own: RAISERROR and THROW of its triggers. */
const own = 50_000

/** A server that has TLS where we have none, or has none: a person has to act. */
const unencrypted = /^(?:EENCRYPT|ENOENCRYPT)/

/** `number`: the server's, where it spoke. The column is all that is taken out of a message: it quotes values. */
export function serverTrouble({ number, message }: { readonly number: number; readonly message: string }) {
  const trouble = number >= own ? 'value' : (byNumber.get(number) ?? 'other')
  const column = /\bcolumn(?: name)? '([^']{1,128})'/.exec(message)?.[1] ?? ''
  return new SqlError(trouble, String(number), column)
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** `late`: what it means when the driver waited for an answer in vain, and took its question back. */
export function sqlserverTrouble(error: unknown, late: 'busy' | 'lost'): SqlError {
  if (error instanceof SqlError) return error
  if (!(error instanceof Error)) return new SqlError('other', 'an error without a name')
  // Several errors of one statement: the first says what happened, the others what followed from it.
  if (error instanceof AggregateError) return sqlserverTrouble(error.errors[0], late)
  if ('number' in error && typeof error.number === 'number')
    return serverTrouble({ number: error.number, message: error.message })
  const code = codeOf(error)
  const cause = codeOf(error.cause)
  if ([cause, code].some((each) => untrusted.test(each) || unencrypted.test(each)))
    return new SqlError('closed', cause || code)
  if (code === 'ETIMEOUT') return new SqlError(late, 'ETIMEOUT')
  // A value that the driver itself cannot say.
  if (code === 'EPARAM' || error.name === 'InputError' || error instanceof TypeError)
    return new SqlError('value', code || error.name)
  return new SqlError('lost', cause || code || error.name)
}
