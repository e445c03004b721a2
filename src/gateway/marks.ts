// The marks of one system's places, as its adapter may ask for them.
import type { Marks } from '../adapters/contract.ts'
import type { Clock } from '../letter/time.ts'
import type { Database } from './journal/database.ts'
import { type MarkedBy, markOf, markPlace } from './journal/marks.ts'

export const marksOf = (database: Database, clock: Clock, system: MarkedBy): Marks => ({
  known: (place) => markOf(database.committed, system, place),
  become: (place, mark, before) =>
    database.write((transaction) => markPlace(transaction, { system, place, mark }, before, clock.now())),
})
