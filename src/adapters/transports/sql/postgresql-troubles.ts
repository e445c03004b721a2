// What PostgreSQL's errors mean (Appendix A of its manual: the class is the first two characters).
import { SqlError, type Trouble, untrusted } from './engine.ts'

const byState: Readonly<Record<string, Trouble>> = {
  '23505': 'duplicate',
  '25006': 'closed',
  '25P03': 'lost',
  '40P01': 'busy',
  '55P03': 'busy',
  '55006': 'busy',
  '57014': 'busy',
  '57P01': 'lost',
  '57P02': 'lost',
  '57P03': 'lost',
  '57P05': 'lost',
  '3D000': 'closed',
  '3F000': 'closed',
  '42501': 'closed',
  '42703': 'closed',
  '42P01': 'closed',
  '42804': 'value',
  '42883': 'closed',
  '54000': 'value',
}

const byClass: Readonly<Record<string, Trouble>> = {
  '08': 'lost',
  '22': 'value',
  '23': 'value',
  '28': 'closed',
  '40': 'busy',
  '53': 'busy',
  '58': 'lost',
  P0: 'value',
}

/** A driver's own errors have no state: they speak of the connection. */
export function postgresqlTrouble(error: unknown): SqlError {
  if (!(error instanceof Error)) return new SqlError('other', 'an error without a name')
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (!('severity' in error) || !/^[0-9A-Z]{5}$/.test(code)) {
    if (untrusted.test(code)) return new SqlError('closed', code)
    if (/does not support SSL/.test(error.message)) return new SqlError('closed', 'no TLS')
    const timed = /timeout/i.test(error.message)
    return new SqlError('lost', code || (timed ? 'time-out' : 'connection lost'))
  }
  const trouble = byState[code] ?? byClass[code.slice(0, 2)] ?? 'other'
  return new SqlError(
    trouble,
    code,
    'column' in error && typeof error.column === 'string' ? error.column : '',
  )
}
