// A gateway's process that can die between any two steps, also at the end of a transaction: committed, or not. What it still had
// in hand never goes on; its journal stays.
import type { Database, Reader } from '../../../src/gateway/journal/database.ts'

export class Mortal {
  #writes = Number.POSITIVE_INFINITY
  #commits = false
  #dead = false
  #journal: Database | undefined
  #die: () => void = () => undefined
  /** Resolves when it is dead. */
  readonly died = new Promise<'died'>((resolve) => {
    this.#die = () => {
      this.#dead = true
      resolve('died')
    }
  })

  /** It dies at the end of its n-th write from now, 1 the next one; `commits`: what that wrote stays. */
  dieAt(write: number, commits: boolean): void {
    this.#writes = write
    this.#commits = commits
  }

  die(): void {
    this.#die()
  }

  get isDead(): boolean {
    return this.#dead
  }

  /** The journal as this process has it. */
  through = (database: Database): Database => {
    this.#journal = database
    return this.#mortal(database)
  }

  /** The journal itself, which outlives the process. */
  get committed(): Reader {
    if (this.#journal === undefined) throw new Error('not open')
    return this.#journal.committed
  }

  readonly #mortal = (database: Database): Database => ({
    committed: {
      all: (statement, ...parameters) => this.#alive(() => database.committed.all(statement, ...parameters)),
      one: (statement, ...parameters) => this.#alive(() => database.committed.one(statement, ...parameters)),
    },
    write: async (work) => {
      if (this.#dead) return never()
      this.#writes -= 1
      if (this.#writes > 0) return this.#alive(() => database.write(work))
      if (this.#commits) await database.write(work)
      this.#die()
      return never()
    },
    unsafe: () => this.#alive(() => database.unsafe()),
    close: () => database.close(),
  })

  async #alive<Value>(ask: () => Promise<Value>): Promise<Value> {
    if (this.#dead) return never()
    const value = await ask()
    return this.#dead ? never() : value
  }
}

const never = <Value>(): Promise<Value> => new Promise<Value>(() => undefined)
