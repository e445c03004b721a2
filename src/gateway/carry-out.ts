// What the orders of a person lead to.

import { problem } from '../problem/problem.ts'
import type { Desk } from './desk.ts'
import type { AtWork } from './installation/at-work.ts'
import type { Reload } from './installation/reload.ts'
import { correctLetter } from './intake/correct.ts'
import { hasLeft, type ReaderOf, retryQuarantined } from './intake/retry.ts'
import type { Order } from './journal/orders.ts'

interface Able {
  readonly reload: Reload
  readonly desk: Desk
  readonly atWork: AtWork
  /** Told of what is wrong with one part of an order, of which the others are carried out. */
  failed(work: string, error: unknown): void
}

/** Places of which an answer tells; of all of them the diary does. */
const mostTold = 1_000

/** Carries an order out and gives its answer. */
export async function carryOut({ reload, desk, atWork, failed }: Able, order: Order): Promise<object> {
  switch (order.kind) {
    case 'reload':
      // Also one that was asked before this gateway had started: nobody can tell whether it has read what was changed since.
      return reload.run(order.apply)
    case 'retry': {
      const retried = await retryQuarantined(desk, readerAt(desk, atWork), order, (error) =>
        failed('retry', error),
      )
      const stay = retried.filter(({ became }) => !hasLeft(became)).length
      return { kind: 'retried', count: retried.length, stay, places: retried.slice(0, mostTold) }
    }
    case 'correct': {
      const made = await correctLetter(desk, order)
      if (made === undefined)
        return { kind: 'refused', problems: [problem('cli.message.unknown', 'ID', order.messageId)] }
      return made.ok ? { kind: 'corrected', ...made.value } : { kind: 'refused', problems: made.problems }
    }
    default:
      return order satisfies never
  }
}

/** Who reads a source: its own system, or, where its profile has another name by now, the one of its office. */
const readerAt =
  (desk: Desk, atWork: AtWork): ReaderOf =>
  (id, office) => {
    const all = [...atWork.systems.values()]
    const found =
      all.find(({ system }) => system.id === id && (office === null || system.office === office)) ??
      all.find(({ system }) => system.office === office)
    return (
      found && {
        system: found.system,
        read: (source) => found.adapter.read({ ...source, open: (sha256) => desk.attachments.open(sha256) }),
      }
    )
  }
