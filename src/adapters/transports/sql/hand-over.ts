// Hands a parcel over as a row. The parcel's id stands in a column of its own, so that a second attempt finds what the first
// one wrote, and compares it; or a row of the system's own is found by what the letter says, and is told what became of it.
import { problem } from '../../../problem/problem.ts'
import type { Outcome, Parcel } from '../../contract.ts'
import { readDump } from '../../formats/row-dump.ts'
import { SqlError } from './engine.ts'
import { homelessFile } from './files-out.ts'
import { type HandOver, Refused, type Verdict } from './handing.ts'
import { inserted } from './insert-row.ts'
import type { Session } from './session.ts'
import { outcomeOf } from './trouble.ts'
import { updated } from './update-row.ts'

/** Brings one parcel. Never throws for what the database does. */
export async function handOver(
  parcel: Parcel,
  options: HandOver,
  session: Session,
  signal: AbortSignal,
): Promise<Outcome> {
  const form = await options.form.write(parcel)
  if (!form.ok)
    return {
      kind: 'refused',
      problem: form.problems[0],
      said: form.problems
        .map(({ code, path }) => `${path}: ${code}`)
        .join('; ')
        .slice(0, 2000),
    }
  const dump = readDump(form.value.bytes)
  if (!dump.ok) return { kind: 'refused', problem: dump.problems[0] }
  const homeless = homelessFile(form.value, dump.value, options.insert?.files ?? [])
  if (homeless !== undefined) {
    const table = (options.insert ?? options.update)?.table ?? ''
    return { kind: 'refused', problem: problem('adapter.sql.file-homeless', '', homeless.name, { table }) }
  }
  let sent = false
  const committing = (): void => {
    sent = true
  }
  try {
    const verdict = await session.use(async (opened): Promise<Verdict> => {
      if (signal.aborted) throw new SqlError('lost', 'stopped')
      const connection = opened.connection
      const stop = (): void => connection.close()
      signal.addEventListener('abort', stop, { once: true })
      try {
        if (options.insert !== undefined)
          return await inserted(
            opened,
            parcel,
            form.value,
            dump.value,
            { ...options, insert: options.insert },
            committing,
          )
        if (options.update !== undefined)
          return await updated(opened, parcel, dump.value, { ...options, update: options.update }, committing)
        throw new Error('a parcel came to a table that is only read')
      } finally {
        signal.removeEventListener('abort', stop)
      }
    })
    return verdict.kind === 'written'
      ? { kind: 'taken', said: (options.insert ?? options.update)?.table ?? '' }
      : { kind: 'refused', problem: verdict.problem }
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', problem: error.problem }
    if (error instanceof SqlError) return outcomeOf(error, sent)
    throw error
  }
}
