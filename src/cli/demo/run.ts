// The demonstration: every real letter, every system, both directions; then the table, and whether all ended well.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reader } from '../../gateway/journal/database.ts'
import { readSqlite } from '../../gateway/journal/sqlite.ts'
import { listLetters, listQuarantined, storyOf } from '../../gateway/journal/story.ts'
import { moi } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import { messageOf, printable } from '../../problem/problem.ts'
import { csvFolder, ecmsSoap, jsonOverHttp, secret } from '../../sandbox/fleet/three.ts'
import { makePdf } from '../../sandbox/paper.ts'
import { letterCsv } from '../../sandbox/systems/csv.ts'
import type { Terminal } from '../terminal.ts'
import { type Installation, openInstallation } from './installation.ts'
import { endedWell, followJourneys, isOver, type Journey, type Journeys } from './journeys.ts'
import type { PrintedLetter } from './letters.ts'
import { closingTable, invitation, quarantineLines, refusedLine, stepLine } from './page.ts'
import { sendFromMinistry, sendFromProvince } from './send.ts'
import { aloneLines } from './settings.ts'

/** How often the systems look for what has come, in milliseconds: a person would look twice a day. */
const lookEvery = 250
/** How long nothing may happen before the demonstration gives up, in milliseconds. */
const patience = 90_000

export interface Outcome {
  readonly good: boolean
  /** How the gateway is started alone, from what the demonstration leaves in its folder. */
  readonly alone: string
  readonly journeys: readonly Journey[]
  /** What books said of letters that nobody sent this way. */
  readonly strange: readonly string[]
}

/** Runs the demonstration of these letters in `folder`; with `stay`, goes on until the person ends it. */
export async function demonstrate(
  folder: string,
  letters: readonly PrintedLetter[],
  stay: boolean,
  terminal: Terminal,
): Promise<Outcome> {
  const { clock } = terminal
  let lastChange = clock.now()
  let systems: Installation['systems'] = []
  const journeys = followJourneys(
    clock,
    (office) => systems.find((system) => system.office === office),
    (journey, step) => {
      lastChange = clock.now()
      terminal.write(stepLine(journey, step, lastChange))
    },
  )
  terminal.write(`Starting a gateway, the ministry's inbox and three provincial systems in ${folder}\n`)
  const key = secret(terminal.random)
  const installation = await openInstallation({
    folder,
    members: [csvFolder, ecmsSoap, jsonOverHttp(key)],
    clock,
    random: terminal.random,
    watch: journeys,
    environment: terminal.environment,
  })
  try {
    terminal.write(
      `${letters.length} real letters of B.E. 2551, through three systems, in both directions:\n\n`,
    )
    systems = installation.systems
    const looking = startLooking(installation, clock)
    const sending = Promise.all([
      ...systems.map((system) => sendFromProvince(system, letters, journeys)),
      sendFromMinistry(installation, letters, journeys),
    ])
    await sending
    while (!(await allOver(installation, journeys)) && clock.now() - lastChange < patience)
      await wait(clock, lookEvery)
    const unfinished = await waitForNotices(installation, clock)
    await looking.pause()

    const dated = new Set(letters.filter((letter) => letter.date !== '').map((letter) => letter.item))
    const good =
      unfinished === 0 &&
      journeys.strange.length === 0 &&
      journeys.all.length === letters.length * systems.length * 2 &&
      journeys.all.every((journey) => endedWell(journey, dated.has(journey.item)))
    terminal.write(`\n${closingTable(journeys.all)}\n`)
    await tellRefused(installation, journeys, terminal)
    for (const said of journeys.strange) terminal.write(`${printable(said, 300)}\n`)
    const through = journeys.all.filter((journey) => journey.backAt !== undefined).length
    terminal.write(
      `${through} of ${journeys.all.length} letters registered, each number back at its sender; ` +
        `${unfinished} notices on their way; ${good ? 'all is well' : 'SOMETHING IS MISSING'}\n`,
    )
    if (stay) {
      terminal.write(invitation(installation, makeSamples(folder), key))
      looking.resume()
      await terminal.untilEnded()
    }
    await looking.pause()
    return {
      good,
      alone: aloneLines(folder, installation.ports),
      journeys: journeys.all,
      strange: journeys.strange,
    }
  } finally {
    await installation.close()
  }
}

const wait = (clock: Clock, milliseconds: number): Promise<void> =>
  new Promise((go) => clock.schedule(clock.now() + milliseconds, go))

/** The systems look again and again, each at its own pace. */
function startLooking(installation: Installation, clock: Clock): { pause(): Promise<void>; resume(): void } {
  let on = true
  const look = async (system: Installation['systems'][number]): Promise<void> => {
    while (on) {
      await system.look()
      await wait(clock, lookEvery)
    }
  }
  let rounds = Promise.all(installation.systems.map(look))
  return {
    async pause() {
      on = false
      await rounds
    },
    resume() {
      on = true
      rounds = Promise.all(installation.systems.map(look))
    },
  }
}

/** Every letter has ended; what waits in quarantine is told to the journeys here, since its sender hears nothing. */
async function allOver(installation: Installation, journeys: Journeys): Promise<boolean> {
  for (const waiting of await fromJournal(installation, (reader) => listQuarantined(reader, 1_000))) {
    const reasons = waiting.problems.map((found) => `${found.path}: ${messageOf(found)}`)
    const journey = journeys.all.find((one) => one.file === waiting.name)
    if (journey !== undefined) journeys.refuse(journey, `in quarantine: ${reasons.join('; ')}`)
  }
  return journeys.all.every(isOver)
}

/** Reads the gateway's journal beside the gateway. */
async function fromJournal<Value>(
  installation: Installation,
  read: (reader: Reader) => Promise<Value>,
): Promise<Value> {
  const journal = readSqlite(join(installation.data, 'journal.sqlite'))
  try {
    return await read(journal.committed)
  } finally {
    journal.close()
  }
}

/** How many notices have not reached their system: waits until there are none, or until patience ends. */
async function waitForNotices(installation: Installation, clock: Clock): Promise<number> {
  const end = clock.now() + patience
  for (;;) {
    const open = await fromJournal(installation, countOpenNotices)
    if (open === 0 || clock.now() >= end) return open
    await wait(clock, lookEvery)
  }
}

async function countOpenNotices(reader: Reader): Promise<number> {
  const letters = await listLetters(reader, { limit: 1_000, secret: true })
  let open = 0
  for (const messageId of new Set(letters.map((letter) => letter.messageId))) {
    const story = await storyOf(reader, messageId)
    const deliveries = story?.notices.flatMap((notice) => notice.deliveries) ?? []
    open += deliveries.filter(({ delivery }) => delivery.state !== 'taken').length
  }
  return open
}

async function tellRefused(
  installation: Installation,
  journeys: Journeys,
  terminal: Terminal,
): Promise<void> {
  const refused = journeys.all.filter((journey) => journey.refused !== undefined)
  if (refused.length > 0) terminal.write('What could not be translated, and why:\n')
  for (const journey of refused) terminal.write(refusedLine(journey))
  const waiting = await fromJournal(installation, (reader) => listQuarantined(reader, 1_000))
  terminal.write(`In quarantine, whole, for a person: ${waiting.length}\n`)
  for (const one of waiting) terminal.write(quarantineLines(one))
  terminal.write('\n')
}

/** A letter with its scan, ready to be copied into the CSV system's folder. Returns the samples' folder. */
function makeSamples(folder: string): string {
  const samples = join(folder, 'try')
  mkdirSync(samples, { recursive: true })
  writeFileSync(join(samples, 'try.pdf'), makePdf('ทดลองส่งหนังสือ', ['0017.1/500']))
  const letter = {
    number: 'ชม 0017.1/500',
    date: '23 พ.ย. 2569',
    subject: 'ทดลองส่งหนังสือ',
    urgency: '',
    to: moi,
    scans: [{ name: 'try.pdf', mediaType: 'application/pdf', bytes: Buffer.alloc(0) }],
  } as const
  writeFileSync(join(samples, 'try.csv'), letterCsv(letter, csvFolder.office, 500))
  return samples
}
