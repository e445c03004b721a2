// What a command may use of the world: a place to write to, the environment, a clock and chance. Tests pass their own.
import type { Clock, Random } from '../letter/time.ts'
import { messageOf, type Problem, remedyOf } from '../problem/problem.ts'

export interface Terminal {
  /** Writes to standard output. */
  write(text: string): void
  /** The size of the window in which standard output is seen; absent where it is no terminal. */
  readonly window?: () => { readonly rows: number; readonly columns: number }
  /** Asks a person and gives the line that they write; absent where nobody sits at a terminal. */
  readonly ask?: (question: string) => Promise<string>
  /** Writes to standard error. */
  complain(text: string): void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: Random
  /** Waits until the person or the system asks the program to end. */
  untilEnded(): Promise<void>
}

/** The exit codes of every command. 75 (sysexits.h: EX_TEMPFAIL) a supervisor may take for "start it again". */
export const exit = { good: 0, refused: 1, usage: 2, superseded: 75 } as const
export type ExitCode = (typeof exit)[keyof typeof exit]

/** Ends a command with an exit code, after every problem was told. */
export class Failed extends Error {
  readonly code: ExitCode
  readonly problems: readonly Problem[]

  constructor(code: ExitCode, problems: readonly Problem[]) {
    super(problems.map((found) => found.code).join(', '))
    this.code = code
    this.problems = problems
  }
}

/** Each problem as `error:` and `hint:` lines, for standard error. */
export function complaint(problems: readonly Problem[]): string {
  return problems
    .map((found) => {
      const where = found.path === '' ? '' : `${found.path}: `
      return `error: ${where}${messageOf(found)} [${found.code}]\nhint: ${remedyOf(found)}\n`
    })
    .join('')
}

/** A problem as JSON, for `--json`. */
export const problemJson = (found: Problem): Readonly<Record<string, unknown>> => ({
  code: found.code,
  path: found.path,
  ...(found.value !== undefined && { value: found.value }),
  message: messageOf(found),
  remedy: remedyOf(found),
})

/** One JSON value as a command's whole output. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** What the system said of a failed call: `ENOENT: no such file or directory`, without the path. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split(',')[0] ?? error.message) : String(error)
