// Where log lines go: what is said in one turn of the event loop leaves in one write. Of a process that is killed from outside the
// lines of its last turn are lost, of one that ends in any other way none.
import pino, { type DestinationStream } from 'pino'

/** Writes lines to a file descriptor (1: the standard output), at the end of the turn in which they were said. */
export function linesOf(descriptor: number): DestinationStream {
  const out = pino.destination({ dest: descriptor, sync: true })
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length === 0) return
    const said = lines.join('')
    lines = []
    out.write(said)
  }
  process.on('exit', flush)
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(flush)
    },
  }
}
