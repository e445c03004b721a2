// The process is killed at every named step of a letter's way and started again. What is judged is not the gateway's own
// journal but the ledgers of the sandbox: the ministry's register and the provinces' books.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { type Installation, openInstallation, type StartGateway } from '../../src/cli/demo/installation.ts'
import { clerkLetter, type PrintedLetter, readPrintedLetters } from '../../src/cli/demo/letters.ts'
import { sendFromMinistry } from '../../src/cli/demo/send.ts'
import { type Step, steps } from '../../src/gateway/desk.ts'
import { moi } from '../../src/letter/offices.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { csvFolder, ecmsSoap, jsonOverHttp } from '../../src/sandbox/fleet/three.ts'
import type { OfficeSystem } from '../../src/sandbox/systems/system.ts'
import { scratch } from './harness.ts'
import { journalSettings } from './journal-engine.ts'
import type { Order } from './kill/gateway.ts'

t.setTimeout(600_000)

/** A gateway that is killed where it is told, one place after the other, and started again each time. */
class Phoenix {
  #child: ChildProcess | undefined
  #order: Omit<Order, 'step' | 'pass'> | undefined
  #stopped = false
  readonly #fates: Step[] = []
  readonly deaths: Step[] = []

  readonly start: StartGateway = async (settings, environment) => {
    const journal = await journalSettings(settings.data)
    this.#order = {
      settings: { ...settings, ...journal.settings },
      environment: { ...environment, ...journal.environment },
    }
    await this.#rise()
    return { stop: () => this.stop() }
  }

  /** Starts again with these places to die at; the last life is a peaceful one. */
  async dieAt(...fates: readonly Step[]): Promise<void> {
    this.#fates.push(...fates)
    await this.#rest()
    await this.#rise()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#rest()
  }

  async #rise(): Promise<void> {
    const program = fileURLToPath(new URL('kill/gateway.ts', import.meta.url))
    const child = fork(program, [], { execArgv: ['--import', 'tsx'] })
    this.#child = child
    const [step] = this.#fates
    child.once('exit', (_code, signal) => {
      if (signal !== 'SIGKILL' || step === undefined) return
      this.deaths.push(step)
      this.#fates.shift()
      if (!this.#stopped) void this.#rise()
    })
    child.send({ ...this.#order, ...(step && { step, pass: 1 }) })
    await Promise.race([once(child, 'message'), once(child, 'exit')])
  }

  async #rest(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.disconnect()
    await ended
  }
}

/** Goes on looking, as clerks do, until `done`; how often bounds the time. */
async function lookUntil(installation: Installation, done: () => boolean): Promise<boolean> {
  for (let look = 0; look < 1_000; look++) {
    if (done()) return true
    await Promise.all(installation.systems.map((system) => system.look().catch(() => undefined)))
    await pause(100)
  }
  return done()
}

/** A clerk who is told that the gateway is not there tries again. */
async function sendPatiently(
  system: OfficeSystem,
  letter: Parameters<OfficeSystem['send']>[0],
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await system.send(letter)
    } catch (error) {
      if (attempt === 600) throw error
      await pause(200)
    }
  }
}

const sentOf = (system: OfficeSystem) => system.entries.filter((entry) => entry.entry === 'letter.sent')
const receivedOf = (system: OfficeSystem) =>
  system.entries.filter((entry) => entry.entry === 'letter.received')
const numbersBack = (system: OfficeSystem) =>
  system.entries.filter((entry) => entry.entry === 'notice.received').filter(({ kind }) => kind === 'accept')

t.test('killed at every step, restarted: every acknowledged letter is registered exactly once', async (t) => {
  const phoenix = new Phoenix()
  const installation = await openInstallation({
    folder: scratch(t),
    members: [csvFolder, ecmsSoap, jsonOverHttp('key')],
    clock: systemClock,
    random: systemRandom,
    watch: { ministry: () => undefined, province: () => undefined },
    environment: process.env,
    start: phoenix.start,
  })
  t.after(() => installation.close())
  const { inbox, systems } = installation
  const registered = () => inbox.entries.filter((entry) => entry.entry === 'letter.registered')
  const accepts = () =>
    inbox.entries.filter((entry) => entry.entry === 'notice.received').filter(({ kind }) => kind === 'accept')
  const journeys = {
    begin: () => undefined,
    sentAs: () => undefined,
    refuse: () => undefined,
  } as unknown as Parameters<typeof sendFromMinistry>[2]
  const [model] = readPrintedLetters()
  const letters: PrintedLetter[] = []

  // Three deaths a round: what one of them interrupts is on its way again when the next one comes.
  for (const round of [0, 1, 2]) {
    const fates = steps.filter((_step, index) => index % 3 === round)
    const died = phoenix.deaths.length
    await phoenix.dieAt(...fates)
    const letter: PrintedLetter = {
      ...model!,
      item: String(100 + round),
      number: `มท 0210.3/${1000 + round}`,
      subject: `${model!.subject} (${round})`,
    }
    letters.push(letter)
    await Promise.all([
      ...systems.map((system) => sendPatiently(system, clerkLetter(letter, system.office, moi))),
      sendFromMinistry(installation, [letter], journeys),
    ])
    const all = letters.length * systems.length
    const whole = await lookUntil(
      installation,
      () =>
        phoenix.deaths.length === died + fates.length &&
        registered().length >= all &&
        accepts().length >= all &&
        systems.every(
          (system) =>
            receivedOf(system).length >= letters.length && numbersBack(system).length >= letters.length,
        ),
    )
    t.same(phoenix.deaths.slice(-fates.length), fates, 'the process died at each of these steps')
    t.ok(whole, 'and all letters arrive, in both directions, and every number is back')
    if (!whole) break
  }

  for (const system of systems) {
    t.equal(sentOf(system).length, letters.length, `${system.name}: every letter was acknowledged`)
    for (const { number } of letters) {
      const entered = registered().filter((entry) => entry.from === system.office && entry.number === number)
      t.equal(entered.length, 1, `${system.name} → ministry ${number}: registered once`)
      const told = numbersBack(system).filter((entry) => entry.number === number)
      t.same(
        [...new Set(told.map(({ receiveNumber }) => receiveNumber))],
        entered.map(({ receiveNumber }) => receiveNumber),
        `${number}: under the number that its sender was told`,
      )
      t.equal(
        receivedOf(system).filter((entry) => entry.number === number).length,
        1,
        `ministry → ${system.name} ${number}: received once`,
      )
    }
  }
  for (const system of systems) {
    const first = new Map(receivedOf(system).map(({ id, number }) => [number, id]))
    const repeated = system.entries.filter((entry) => entry.entry === 'letter.repeated')
    // Over HTTP an answer may be lost, so a letter may come again, but under the id by which the system can tell.
    for (const { id, number } of repeated)
      t.equal(id, first.get(number), `${system.name} ${number}: came again as itself`)
    if (system.name === 'CSV folder')
      t.same(repeated, [], 'a file is handed over once, whenever the process dies')
  }
  t.equal(
    new Set(registered().map(({ receiveNumber }) => receiveNumber)).size,
    registered().length,
    'no receive number twice',
  )
})
