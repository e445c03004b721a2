// The command as it is started: the one file besides main.ts that touches the process.
import { createInterface } from 'node:readline/promises'
import { systemClock, systemRandom } from '../letter/time.ts'
import { run } from './program.ts'

// Whoever reads may have seen enough (`| head`): that is no fault, and nobody is left to be told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

/** One question, one line; nothing more is held of the terminal between two of them. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

// The clock's timers keep nothing alive: a command that waits for an answer by them would end before it came.
const atWork = setInterval(() => undefined, 60_000)
process.exitCode = await run(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  ...(process.stdout.isTTY && {
    window: () => ({ rows: process.stdout.rows, columns: process.stdout.columns }),
  }),
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  complain: (text) => process.stderr.write(text),
  environment: process.env,
  clock: systemClock,
  random: systemRandom,
  untilEnded: () =>
    new Promise((end) => {
      process.once('SIGINT', () => end())
      process.once('SIGTERM', () => end())
    }),
})
clearInterval(atWork)
