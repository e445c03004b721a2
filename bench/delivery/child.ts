// Programs of the bench in processes of their own, each asked one question at a time.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Child<Question, Answer> {
  readonly pid: number
  ask(question: Question): Promise<Answer>
  /** The program ends by itself when nobody is there to ask it. */
  end(): Promise<void>
}

/** Starts `program`, a file of this folder. Its standard output goes to `log`, a descriptor, where one is given. */
export function startChild<Question extends object, Answer>(
  program: string,
  parameters: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>
    readonly log?: number
    readonly node?: readonly string[]
  } = {},
): Child<Question, Answer> {
  const child: ChildProcess = fork(fileURLToPath(new URL(program, import.meta.url)), [...parameters], {
    env: { ...process.env, ...options.environment },
    execArgv: [...(options.node ?? [])],
    stdio: ['ignore', options.log ?? 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  })
  const ended = once(child, 'exit')
  let turn: Promise<unknown> = Promise.resolve()
  const askNow = async (question: Question): Promise<Answer> => {
    const answered = once(child, 'message') as Promise<[Answer]>
    child.send(question)
    const died = ended.then(([code, signal]) => {
      throw new Error(`${program} ended with ${signal ?? code}`)
    })
    const [answer] = await Promise.race([answered, died])
    return answer
  }
  return {
    pid: child.pid ?? 0,
    ask(question) {
      const answer = turn.then(() => askNow(question))
      turn = answer.catch(() => undefined)
      return answer
    },
    async end() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** The other end: answers each question. `ended`: nobody asks any more. */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Promise<Answer>,
  ended: () => void,
): void {
  process.on('message', (question: Question) => {
    answer(question).then(
      (said) => process.connected && process.send?.(said),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        process.exit(1)
      },
    )
  })
  process.once('disconnect', ended)
}

/** Milliseconds of a clock that all processes of this machine share. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1e6
