// The command as it is started: the one file besides main.ts that touches the process.
import { systemClock, systemRandom } from '../letter/time.ts'
import { run } from './program.ts'

// Whoever reads may have seen enough (`| head`): that is no fault, and nobody is left to be told.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await run(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  ...(process.stdout.isTTY && {
    window: () => ({ rows: process.stdout.rows, columns: process.stdout.columns }),
  }),
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
