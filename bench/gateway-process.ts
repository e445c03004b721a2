// A gateway in a process of its own, started as an operator starts it, and what that process costs, as the kernel counts it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What a process costs. */
export interface ProcessFigures {
  /** CPU time so far, all threads, in seconds. */
  cpu(): number
  /** Memory that is in use now, in bytes. */
  memory(): number
  /** The most memory that was in use since the last `forgetPeak`, in bytes. */
  peak(): number
  forgetPeak(): void
}

export interface GatewayProcess extends ProcessFigures {
  /** Where it listens without TLS: `http://host:port`. */
  readonly http: string
  stop(): Promise<void>
}

/** How many of the kernel's ticks are a second (`getconf CLK_TCK`): the same on every Linux that Node.js runs on. */
const ticks = 100

/** Starts the gateway of a settings file; resolves when it listens. Its log goes into `log`. */
export async function startGatewayProcess(
  settings: string,
  environment: Readonly<Record<string, string>>,
  log: string,
): Promise<GatewayProcess> {
  const program = fileURLToPath(new URL('../src/cli/saraban.js', import.meta.url))
  const child = spawn(process.execPath, [program, 'start', '--settings', settings], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  child.stdout.pipe(createWriteStream(log))
  const http = await new Promise<string>((started, failed) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"gateway.started"')) started(/"http":"([^"]*)"/.exec(line)?.[1] ?? '')
    })
    ended.then(([code]) => failed(new Error(`the gateway ended with ${code}; its log: ${log}`)), failed)
  })
  return {
    http,
    ...processFigures(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What the process with this id costs, as long as it lives. */
export function processFigures(pid: number): ProcessFigures {
  const status = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read('status'))
    if (found === null) throw new Error(`the kernel does not say ${name}`)
    return Number(found[1]) * 1024
  }
  const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  return {
    cpu: () => {
      // proc(5): the name in brackets may hold anything; utime and stime are the 12th and 13th behind it.
      const fields = read('stat').split(') ').at(-1)?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / ticks
    },
    memory: () => status('VmRSS'),
    peak: () => status('VmHWM'),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
  }
}
