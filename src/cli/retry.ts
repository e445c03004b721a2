// `saraban messages retry`: what was refused or given up is brought again, and what waits at once, by whose order and why.
import { Command } from 'commander'
import { alreadyOrdered } from '../gateway/delivery/correction.ts'
import { resend } from '../gateway/delivery/resend.ts'
import { JournalUnavailable } from '../gateway/journal/database.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import { problem, within } from '../problem/problem.ts'
import { wrongWords } from './by-why.ts'
import { type Place, storyMeant, withPlace, withWritableJournal } from './journal.ts'
import { isQuery, type Query, retryMany, whenTold } from './retry-many.ts'
import { nameOf } from './standing.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options extends Place, Query {
  readonly yes?: boolean
  readonly by: string
  readonly why: string
}

/** `saraban messages retry ID | QUERY --by NAME --why TEXT`. */
export function retryCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('retry').description(
      'bring again what was refused or given up of letters and their notices, and at once what waits',
    ),
  )
    .argument('[ID]', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--office <OFFICE>', 'only what goes to this office')
    .option('--all', 'of all letters')
    .option('--number <NUMBER>', 'of letters of this number, in any written form')
    .option('--from <OFFICE>', 'of letters of this sender')
    .option('--to <OFFICE>', 'of letters to this office')
    .option('--state <STATE>', 'of letters in this state: refused, wrong, given-up, registered …')
    .option('--since <DAY>', 'of letters that were taken on this day or later: 2026-11-23')
    .option('--until <DAY>', 'of letters that were taken on this day or earlier')
    .option('--waiting', 'of a query: at once what waits for its next attempt, too')
    .option('--yes', 'of a query: do it; else it is shown, and asked for at a terminal')
    .requiredOption('--by <NAME>', 'who orders it: kept with the letter')
    .requiredOption('--why <TEXT>', 'why it will go now: kept with the letter')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', help)
    .action(async (said: string | undefined, options: Options) => {
      const office = checked(options)
      checkChoice(said, options)
      await withWritableJournal(options, terminal, async (database, now) => {
        if (said === undefined) return retryMany(database, options, terminal, now)
        const story = await storyMeant(database.committed, said, options.secret === true)
        const resent = await resend(database, {
          messageId: story.messageId,
          recipients: story.recipients.map(({ recipient }) => recipient),
          ...(office !== undefined && { office }),
          hasten: true,
          by: options.by.trim(),
          why: options.why.trim(),
          at: now.at,
        }).catch((error: unknown) => {
          if (error instanceof JournalUnavailable)
            throw new Failed(exit.refused, [problem('cli.journal.busy', '--data')])
          throw error
        })
        if (resent.length === 0) {
          const { ordered, letter } = story
          throw new Failed(exit.refused, [
            ordered === undefined
              ? problem('cli.retry.nothing', 'ID', said)
              : alreadyOrdered(letter.number.printed, ordered),
          ])
        }
        if (options.json === true) {
          const rows = resent.map(({ how, delivery, content }) => {
            return { how, delivery: delivery.id, content, office: delivery.office, state: delivery.state }
          })
          terminal.write(jsonLine({ messageId: story.messageId, resent: rows, gatewayRunning: now.running }))
          return
        }
        for (const { how, delivery, content } of resent) {
          const told = how === 'resent' ? 'waits to be brought again' : 'is brought at once'
          terminal.write(`${nameOf(content)} to ${delivery.office}: ${told}\n`)
        }
        terminal.write(
          `${whenTold(now)}; saraban messages show ${story.messageId.slice('urn:uuid:'.length)}\n`,
        )
      })
    })
}

/** One letter, or a query. Throws Failed when it is neither, or both. */
function checkChoice(said: string | undefined, options: Options): void {
  const { office: _ofBoth, ...query } = options
  const chosen = said === undefined ? isQuery(options) : !isQuery(query) && options.waiting !== true
  if (chosen) return
  const expected =
    'an ID, with --office or without; or any of --all, --number, --from, --to, --office, --state, --since, --until'
  throw new Failed(exit.usage, [problem('cli.option.wrong', 'ID', said, { expected })])
}

/** The office, if one was named. Throws Failed with every word that is wrong, and with an office that is none. */
function checked(options: Options): OfficeId | undefined {
  const read = options.office === undefined ? undefined : officeId(options.office)
  const problems = [
    ...wrongWords(options),
    ...(read?.ok === false ? read.problems.map((found) => within('--office', found)) : []),
  ]
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return read?.ok === true ? read.value : undefined
}

const help = `
It goes under the message id that it has, so that nothing doubles, and is tried as long as a new one again. Run it as the user of
the gateway, which may run meanwhile. What waits for its next attempt, or for an office that cannot be reached, is brought at
once; an office that is closed at this time, as its profile says, stays so.

A query is shown first, with how many it finds, and done with --yes, or when you say so at a terminal. It is done in steps of
50; broken off, the same command goes on with the others.

Exit code: 0 it waits to be brought again, or it was shown, 1 nothing may be, or it is not known, 2 wrong usage or no journal.

Examples:
  $ saraban messages retry 'ชม 0017.1/492' --by 'somchai' --why 'the table of kinds in profile 50 was completed'
  $ saraban messages retry --state given-up --to 50 --since 2026-11-20 --by somchai --why 'the share is mounted again' --yes
  $ saraban messages retry --office 50 --waiting --by somchai --why 'the share is mounted again'
  $ saraban messages retry 7f3a91c2 --office 50 --by somchai --why 'the share is mounted again'
`
