// Whether the places of systems can be reached, by the cheapest look at each: a folder is read and written in, a server is connected
// to, an address is asked for its head. What it answers is nobody's business here, but for its clock.
import { spawn } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { Agent } from 'undici'
import type { Clock } from '../../letter/time.ts'
import { type Problem, printable, problem } from '../../problem/problem.ts'
import type { Place } from '../places.ts'

/** Milliseconds for one place, or one store. */
const within = 5_000
/** The Date header has seconds, and the way there takes some: below this nothing is said. */
const leastDifference = 30_000

/** What is wrong with a place; undefined: nothing. */
export async function reach(place: Place, clock: Clock): Promise<Problem | undefined> {
  try {
    switch (place.kind) {
      case 'folder':
        await answers(place.path)
        return await answered(rightsTo(place.path))
      case 'socket':
        await answers(place.path)
        await answered(stat(place.path))
        return undefined
      case 'server':
        await connected(place)
        return undefined
      case 'address':
        return clockDiffers(place.url, await dateOf(place), clock)
      default:
        return place satisfies never
    }
  } catch (error) {
    const reason = reasonOf(error)
    // A folder above it that may not be entered.
    if (reason === 'EACCES' && place.kind === 'folder')
      return problem('doctor.rights', '', place.path, { reason })
    return problem('doctor.unreachable', '', shownPlaceOf(place), { reason })
  }
}

/** What stands in the way of reading and writing in a folder, or a file, that is there; undefined: nothing. */
export async function rightsTo(path: string): Promise<Problem | undefined> {
  const entered = (await stat(path)).isDirectory() ? constants.X_OK : 0
  try {
    await access(path, constants.R_OK | constants.W_OK | entered)
    return undefined
  } catch (error) {
    return problem('doctor.rights', '', path, { reason: reasonOf(error) })
  }
}

const silence = (): Error => new Error('it does not answer')

/** Acts when the time is over, after what came while this machine itself stood still was heard. Gives what cancels it. */
function whenSilent(act: () => void): () => void {
  let turn: NodeJS.Immediate | undefined
  const timer = setTimeout(() => {
    turn = setImmediate(act)
  }, within)
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}

/**
 * Whether a path answers at all. A share whose server is gone says nothing for ever, and whoever asks it cannot be broken off: asked
 * here, it would hold one of the few threads for files, and keep the command from ending. So it is asked by a process that is let go.
 */
function answers(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = spawn('stat', ['--', path], { stdio: 'ignore' })
    const cancel = whenSilent(() => {
      asking.kill('SIGKILL')
      asking.unref()
      reject(silence())
    })
    const end = (): void => {
      cancel()
      resolve()
    }
    asking.once('exit', end)
    // There is no such program: the look itself is all there is.
    asking.once('error', end)
  })
}

/** That a folder does not answer at all; undefined: it does, or none stands there. Whoever looks into it asks this first. */
export async function silentFolder(path: string): Promise<Problem | undefined> {
  try {
    await answers(path)
    return undefined
  } catch (error) {
    return problem('doctor.unreachable', '', path, { reason: reasonOf(error) })
  }
}

/** Rejects when a look takes too long, and lets it go on by itself. */
export async function answered<Value>(look: Promise<Value>): Promise<Value> {
  let cancel = (): void => undefined
  const silent = new Promise<never>((_, reject) => {
    cancel = whenSilent(() => reject(silence()))
  })
  try {
    return await Promise.race([look, silent])
  } finally {
    cancel()
  }
}

const shownPlaceOf = (place: Place): string =>
  place.kind === 'folder' || place.kind === 'socket'
    ? place.path
    : place.kind === 'server'
      ? `${place.host}:${place.port}`
      : new URL(place.url).origin

/** The two clocks, where they differ by more than can be the way's fault. */
export function clockDiffers(whose: string, there: number | undefined, clock: Clock): Problem | undefined {
  const difference = there === undefined ? 0 : Math.abs(clock.now() - there)
  if (difference < leastDifference) return undefined
  const shown = URL.canParse(whose) ? new URL(whose).origin : whose
  return problem('doctor.clock', '', shown, { seconds: Math.round(difference / 1000) })
}

function connected({ host, port }: Extract<Place, { kind: 'server' }>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: within })
    const end = (act: () => void): void => {
      socket.destroy()
      act()
    }
    socket.once('connect', () => end(resolve))
    socket.once('timeout', () => end(() => reject(silence())))
    socket.once('error', (error) => end(() => reject(error)))
  })
}

/** The time that a server says, by its Date header (RFC 9110, section 6.6.1). Rejects when it cannot be reached. */
async function dateOf({ url, tls }: Extract<Place, { kind: 'address' }>): Promise<number | undefined> {
  const { key, certificate, authority } = tls
  const agent = new Agent({
    connect: {
      timeout: within,
      ...(key !== undefined && { key }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(authority !== undefined && { ca: authority }),
    },
  })
  try {
    const { origin } = new URL(url)
    const signal = AbortSignal.timeout(within)
    const answer = await agent.request({ origin, path: '/', method: 'HEAD', signal })
    await answer.body.dump()
    const date = Date.parse(String(answer.headers['date']))
    return Number.isNaN(date) ? undefined : date
  } finally {
    await agent.destroy()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  if (error.message === '' || /^E[A-Z]+$/.test(code)) return printable(code, 200)
  return printable(code === 'Error' ? error.message : `${code} ${error.message}`, 200)
}
