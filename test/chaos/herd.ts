// Gateways of one installation, each in a process of its own: the first takes what systems hand over, the others bring. Each can be
// killed, frozen and started again.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StartGateway } from '../../src/cli/demo/installation.ts'
import type { Role } from '../../src/gateway/journal/members.ts'
import type { Settings } from '../../src/gateway/settings/settings.ts'
import type { Order } from '../gateway/kill/gateway.ts'

/** What differs from the settings of the first. */
export interface Beast {
  readonly name: string
  readonly role: Role
  /** Whether it has the addresses at which systems hand over. */
  readonly front: boolean
  /** What it alone has of its own. */
  readonly own?: (settings: Settings) => Settings
}

/** How a process is begun, where `node` alone is not enough. */
export interface Begun {
  readonly execPath: string
  readonly execArgv: readonly string[]
}

/** The status with which a gateway ends that the others gave up. */
const superseded = 75

export class Herd {
  readonly #beasts: readonly Beast[]
  readonly #children = new Map<string, ChildProcess>()
  /** Resolves when it listens or has ended. */
  readonly #ready = new WeakMap<ChildProcess, Promise<unknown>>()
  readonly #deadAfter: number
  /** Makes the settings that all of them share. */
  readonly #shared: (settings: Settings) => Promise<Pick<Order, 'settings' | 'environment'>>
  #order: Pick<Order, 'settings' | 'environment'> | undefined
  /** Told of what they say while they run. */
  heard: (name: string, message: object) => void = () => undefined
  /** How the process with this data folder is begun. */
  begun: (data: string) => Begun = () => ({ execPath: process.execPath, execArgv: ['--import', 'tsx'] })
  /** Whether one that the others gave up, as it stood still for too long, is started again at once: so a supervisor does. */
  supervised = false
  /** How each process that ended did: `name code` or `name signal`. */
  readonly ended: string[] = []

  /** `deadAfter`: milliseconds without a word after which they give each other up. */
  constructor(
    beasts: readonly Beast[],
    shared: (settings: Settings) => Promise<Pick<Order, 'settings' | 'environment'>>,
    deadAfter = 5_000,
  ) {
    this.#beasts = beasts
    this.#shared = shared
    this.#deadAfter = deadAfter
  }

  readonly start: StartGateway = async (settings, environment) => {
    const shared = await this.#shared(settings)
    this.#order = { settings: shared.settings, environment: { ...environment, ...shared.environment } }
    for (const { name } of this.#beasts) await this.rise(name)
    return { stop: () => this.stop() }
  }

  /** Starts one that is not up, and waits until it listens or ends. */
  async rise(name: string): Promise<void> {
    const up = this.#children.get(name)
    if (up !== undefined) return void (await this.#ready.get(up))
    const beast = this.#beasts.find((each) => each.name === name)
    if (beast === undefined || this.#order === undefined) throw new Error(`nobody is called ${name}`)
    const { settings, environment } = this.#order
    const program = fileURLToPath(new URL('gateway.ts', import.meta.url))
    const data = join(settings.data, '..', `data-${name}`)
    const { execPath, execArgv } = this.begun(data)
    const child = fork(program, [], { execPath, execArgv: [...execArgv] })
    this.#children.set(name, child)
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null) this.heard(name, message)
    })
    child.once('exit', (code, signal) => {
      this.ended.push(`${name} ${signal ?? code}`)
      if (this.#children.get(name) === child) this.#children.delete(name)
      if (code === superseded && this.supervised) void this.rise(name)
    })
    const order: Order = {
      settings: {
        ...(beast.own?.(settings) ?? settings),
        data,
        listen: beast.front ? settings.listen : { http: { host: '127.0.0.1', port: 0 } },
      },
      environment,
      role: beast.role,
      // They give each other up sooner than usual: a test need not wait for half a minute.
      pace: { every: 250, deadAfter: this.#deadAfter },
      name,
    }
    child.send(order)
    const ready = Promise.race([once(child, 'message'), once(child, 'exit')])
    this.#ready.set(child, ready)
    await ready
  }

  /** Says something to one that is up. */
  tell(name: string, message: object): void {
    const child = this.#children.get(name)
    if (child?.connected) child.send(message, () => undefined)
  }

  /** Of one that is up. */
  processOf(name: string): number | undefined {
    return this.#children.get(name)?.pid
  }

  isUp(name: string): boolean {
    return this.#children.has(name)
  }

  /** `SIGKILL` ends it without a word, `SIGSTOP` freezes it until `SIGCONT`. */
  signal(name: string, signal: NodeJS.Signals): void {
    this.#children.get(name)?.kill(signal)
  }

  /** Ends one in peace, and waits until it has. */
  async rest(name: string): Promise<void> {
    const child = this.#children.get(name)
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill('SIGCONT')
    if (child.connected) child.disconnect()
    await ended
  }

  async stop(): Promise<void> {
    this.supervised = false
    await Promise.all(this.#beasts.map(({ name }) => this.rest(name)))
  }
}
