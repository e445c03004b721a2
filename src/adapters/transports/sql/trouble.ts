// A database's no, as an outcome and in words: no value of a letter is in either.
import { describe, type ProblemCode, problem, remedyOf } from '../../../problem/problem.ts'
import type { Outcome } from '../../contract.ts'
import { SqlError } from './engine.ts'
import { patience } from './session.ts'

/** The engine's code and the column that it names, for people. */
export const troubleOf = ({ reason, column }: SqlError): string =>
  column === '' ? reason : `${reason}, column ${column}`

/** Which of them is meant, nobody can tell: a person has to. */
export const twoHaveKey = (): SqlError => new SqlError('busy', 'two rows have this key')

/**
 * What became of a hand-over that ended with this. `sent`: the commit had been sent, or a table without transactions
 * written to: whatever the connection says then, nobody knows.
 */
export function outcomeOf(error: SqlError, sent: boolean): Outcome {
  const reason = troubleOf(error)
  switch (error.trouble) {
    case 'lost':
      return sent
        ? { kind: 'unknown', said: saidOf('adapter.sql.unsure', undefined, { reason }) }
        : unavailable('adapter.sql.unavailable', reason)
    case 'busy':
      // Without transactions a part of it may stand there by now, and a statement that took too long may go on.
      if (sent) return { kind: 'unknown', said: saidOf('adapter.sql.unsure', undefined, { reason }) }
      return unavailable('adapter.sql.busy', reason)
    // Another session wrote the same parcel meanwhile: the next attempt finds and compares it.
    case 'duplicate':
      return unavailable('adapter.sql.busy', reason)
    case 'closed':
      return error.reason.startsWith('schema: ')
        ? {
            kind: 'unavailable',
            said: saidOf('adapter.sql.schema', error.reason.slice('schema: '.length), {}),
            retryAfter: patience,
          }
        : { ...unavailable('adapter.sql.not-let-in', reason), retryAfter: patience }
    case 'value':
      return {
        kind: 'refused',
        problem: problem('adapter.sql.value-refused', '', undefined, {
          reason: error.reason,
          column: error.column || '?',
        }),
        said: reason,
      }
    case 'other':
      return unavailable('adapter.sql.unavailable', reason)
    default:
      return error.trouble satisfies never
  }
}

const unavailable = (code: ProblemCode, reason: string) =>
  ({ kind: 'unavailable', said: saidOf(code, undefined, { reason }) }) as const

function saidOf(
  code: ProblemCode,
  value: string | undefined,
  details: Readonly<Record<string, string>>,
): string {
  const found = problem(code, '', value, details)
  return `${describe(found)} ${remedyOf(found)}`
}

/** For the log: the engine's code, or the name of a defect. */
export const reasonOf = (error: unknown): string =>
  error instanceof SqlError ? troubleOf(error) : error instanceof Error ? error.name : 'unknown'
