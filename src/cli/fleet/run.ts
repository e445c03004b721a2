// The fleet: every provincial system, real letters both ways, a circular to all; then whether each ended as it must.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProfile } from '../../adapters/profile.ts'
import { orThrow } from '../../gateway/installation/systems.ts'
import { readSqlite } from '../../gateway/journal/sqlite.ts'
import { type OfficeId, officeById } from '../../letter/offices.ts'
import type { Clock } from '../../letter/time.ts'
import type { LeftOut } from '../../sandbox/fleet/host.ts'
import type { FleetMember } from '../../sandbox/fleet/member.ts'
import { type Installation, openInstallation } from '../demo/installation.ts'
import type { PrintedLetter } from '../demo/letters.ts'
import { aloneLines } from '../demo/settings.ts'
import type { Terminal } from '../terminal.ts'
import { endedWell, type Fate, judge, missingOf, type Sent, strangers } from './judge.ts'
import { planLetters, sendFromMinistry, sendOut } from './letters.ts'
import { startLooking } from './looking.ts'
import { type Described, isWhole, type Row, rowOf } from './rows.ts'
import { reasonsOf } from './stuck.ts'
import { displayOn } from './table.ts'

export interface FleetOrder {
  /** Empty or new. */
  readonly folder: string
  readonly members: readonly FleetMember[]
  readonly printed: readonly PrintedLetter[]
  /** Letters in each direction for each member. */
  readonly each: number
  /** Goes on until the person ends it. */
  readonly stay: boolean
  /** Whoever takes no part is a failure too. */
  readonly strict: boolean
  /** How long no book may grow before what is missing counts as stuck, in milliseconds; default: 100 s. */
  readonly patience?: number
}

export interface FleetOutcome {
  /** Every letter ended as it must; where the order is strict, of all members. */
  readonly good: boolean
  readonly seconds: number
  readonly rows: readonly Row[]
  readonly leftOut: readonly LeftOut[]
  /** Why letters are where they are, by office, as the gateway's journal has it. */
  readonly stuck: Readonly<Record<string, readonly string[]>>
  /** How the gateway is started alone, from what is left in the folder. */
  readonly alone: string
}

/** How often it is looked at what became of the letters, in milliseconds. */
const glance = 500
/** How long all of it may take, in milliseconds. */
const longest = 20 * 60_000
/** How long it goes on after the last number is back, so that what is doubled shows, in milliseconds. */
const aftermath = 5_000

export async function runFleet(order: FleetOrder, terminal: Terminal): Promise<FleetOutcome> {
  const { folder, members } = order
  const { clock } = terminal
  const begun = clock.now()
  terminal.write(
    `Starting a gateway, the ministry's inbox and ${members.length} provincial systems in ${folder}\n`,
  )
  const watch = { ministry: () => undefined, province: () => undefined }
  const { random, environment } = terminal
  const installation = await openInstallation({ folder, members, clock, random, watch, environment })
  try {
    return await send(order, installation, begun, terminal)
  } finally {
    await installation.close()
  }
}

async function send(
  order: FleetOrder,
  installation: Installation,
  begun: number,
  terminal: Terminal,
): Promise<FleetOutcome> {
  const { clock } = terminal
  const { systems, control, inbox } = installation
  const { patience = 100_000 } = order
  const letters: Sent[] = []
  const refusals: string[] = []
  const books = {
    ministry: inbox.entries,
    of: (office: OfficeId) => systems.find((system) => system.office === office)?.entries ?? [],
  }
  const described = installation.members.map(({ member }) => describedBy(member, installation.folder))
  const looking = startLooking(systems, clock, () => inbox.entries.length)
  const fates = (): readonly Fate[] => judge(letters, books)
  const rows = (now: readonly Fate[]): readonly Row[] =>
    described.map((each) => {
      const error = looking.troubleOf(each.office)
      const trouble = [...strangers(letters, each.office, books), ...(error === undefined ? [] : [error])]
      return rowOf(each, order.each, now, trouble)
    })
  const display = displayOn(terminal, begun)
  const note = (refusal: string | undefined): void => {
    if (refusal !== undefined) refusals.push(refusal)
  }
  /** Shows how it stands until every letter has ended, or nothing happens any more. */
  async function wait(sending: Promise<unknown>): Promise<void> {
    let handedOver = false
    const sent = sending
      .catch((error: unknown) => note(error instanceof Error ? error.message : String(error)))
      .then(() => {
        handedOver = true
      })
    for (;;) {
      const now = fates()
      display.show(rows(now), toldOf(now, clock.now() - begun))
      if (handedOver && now.every((fate) => fate.back || fate.faults.length > 0)) break
      if (looking.quietFor() > patience || clock.now() - begun > longest) break
      await pause(clock, glance)
    }
    await sent
  }
  const plan = planLetters(order.printed, order.each)
  await wait(
    Promise.all(
      systems.map(async (system, index) => {
        const own = plan.letters(index)
        const out = sendOut(system, own.out, clock, (sent) => letters.push(sent))
        for (const letter of own.back)
          note(
            await sendFromMinistry(control, letter, [system], 'from the ministry', (sent) =>
              letters.push(sent),
            ),
          )
        note(await out)
      }),
    ),
  )
  if (systems.length > 0)
    await wait(
      sendFromMinistry(control, plan.circular, systems, 'circular', (sent) => letters.push(sent)).then(note),
    )
  await pause(clock, aftermath)

  const last = fates()
  const closing = rows(last).map((row) => ({
    ...row,
    trouble: [...row.trouble, ...missingOf(last, row.office)],
  }))
  const seconds = (clock.now() - begun) / 1000
  display.show(closing, toldOf(last, clock.now() - begun))
  display.end(closing)
  const stuck = await reasons(closing, installation, clock)
  for (const [office, lines] of Object.entries(stuck).filter(([, lines]) => lines.length > 0))
    terminal.write(
      `${[`Stuck at ${office}, as the gateway's journal has it:`, ...lines, ''].join('\n  ').trimEnd()}\n`,
    )
  for (const refusal of refusals) terminal.write(`${refusal}\n`)
  for (const { member, server, remedy } of installation.leftOut)
    terminal.write(`${member.office} ${member.profile} took no part: no ${server}. To enable it: ${remedy}\n`)
  const here = !order.strict || installation.leftOut.length === 0
  const good = refusals.length === 0 && closing.every(isWhole) && systems.length > 0 && here
  terminal.write(summary(last, closing, installation.leftOut.length, seconds, good))
  if (order.stay) {
    terminal.write('Everything goes on running. Ctrl-C ends it.\n')
    await terminal.untilEnded()
  }
  await looking.stop()
  const alone = aloneLines(installation.folder, installation.ports)
  return { good, seconds, rows: closing, leftOut: installation.leftOut, stuck, alone }
}

function describedBy(member: FleetMember, folder: string): Described {
  const file = join(folder, 'profiles', `${member.profile}.yaml`)
  const profile = orThrow(readProfile(readFileSync(file, 'utf8'), file))
  const used = Object.values(profile.channels)
  const kinds = (of: readonly string[]): string => [...new Set(of)].join(' + ')
  const transports = kinds(used.map((channel) => channel.transport.kind))
  const formats = kinds(used.map((channel) => profile.documents[channel.document]?.format.kind ?? ''))
  const { office, product } = member
  const name = officeById(office).en
  return { office, name, profile: member.profile, product, carries: `${transports}, ${formats}` }
}

const toldOf = (fates: readonly Fate[], milliseconds: number): string =>
  `${Math.round(milliseconds / 1000)} s: of ${fates.length} letters ` +
  `${fates.filter((fate) => fate.receiveNumber !== undefined).length} are registered, ` +
  `${fates.filter((fate) => fate.back).length} numbers are back`

function summary(
  fates: readonly Fate[],
  rows: readonly Row[],
  leftOut: number,
  seconds: number,
  good: boolean,
): string {
  const well = fates.filter(endedWell).length
  const absent = leftOut === 0 ? '' : `; ${leftOut} took no part`
  return (
    `${rows.length} systems, ${fates.length} letters, ${well} registered once with every scan and the number back, ` +
    `in ${seconds.toFixed(0)} s${absent}; ${good ? 'all is well' : 'SOMETHING IS MISSING'}\n`
  )
}

/** What the journal knows of those that are not through. */
async function reasons(
  rows: readonly Row[],
  installation: Installation,
  clock: Clock,
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  const journal = readSqlite(join(installation.data, 'journal.sqlite'))
  try {
    for (const row of rows.filter((row) => !isWhole(row)))
      found[row.office] = await reasonsOf(journal.committed, row.office, row.profile, clock.now())
  } finally {
    journal.close()
  }
  return found
}

const pause = (clock: Clock, milliseconds: number): Promise<void> =>
  new Promise((go) => clock.schedule(clock.now() + milliseconds, go))
