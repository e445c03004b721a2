// `saraban messages retry`: what was refused or given up of a letter is brought again, by whose order and why.
import { Command } from 'commander'
import { resend } from '../gateway/delivery/resend.ts'
import { JournalUnavailable } from '../gateway/journal/database.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import { type Problem, problem, within } from '../problem/problem.ts'
import { type Place, storiesOf, withPlace, withWritableJournal } from './journal.ts'
import { nameOf } from './standing.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options extends Place {
  readonly office?: string
  readonly by: string
  readonly why: string
  readonly secret?: boolean
}

/** `saraban messages retry ID [--office ID] --by NAME --why TEXT`. */
export function retryCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('retry').description('bring again what was refused or given up of a letter and its notices'),
  )
    .argument('<ID>', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--office <OFFICE>', 'only what goes to this office')
    .requiredOption('--by <NAME>', 'who orders it: kept with the letter')
    .requiredOption('--why <TEXT>', 'why it will go now: kept with the letter')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', help)
    .action(async (said: string, options: Options) => {
      const office = checked(options)
      await withWritableJournal(options, terminal, async (database, now) => {
        const stories = await storiesOf(database.committed, said, options.secret === true)
        const [story, another] = stories
        if (story === undefined) throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
        if (another !== undefined) {
          const ids = stories.map(({ messageId }) => messageId).join(', ')
          throw new Failed(exit.refused, [problem('cli.message.ambiguous', 'ID', said, { ids })])
        }
        const resent = await resend(database, {
          messageId: story.messageId,
          recipients: story.recipients.map(({ recipient }) => recipient),
          ...(office !== undefined && { office }),
          by: options.by.trim(),
          why: options.why.trim(),
          at: now.at,
        }).catch((error: unknown) => {
          if (error instanceof JournalUnavailable)
            throw new Failed(exit.refused, [problem('cli.journal.busy', '--data')])
          throw error
        })
        if (resent.length === 0) throw new Failed(exit.refused, [problem('cli.retry.nothing', 'ID', said)])
        if (options.json === true) {
          const rows = resent.map(({ delivery, content }) => {
            return { delivery: delivery.id, content, office: delivery.office, state: delivery.state }
          })
          terminal.write(jsonLine({ messageId: story.messageId, resent: rows, gatewayRunning: now.running }))
          return
        }
        for (const { delivery, content } of resent)
          terminal.write(`${nameOf(content)} to ${delivery.office}: waits to be brought again\n`)
        const when = now.running
          ? 'the running gateway finds it within 15 seconds'
          : 'the gateway is not running: nothing moves until it is started'
        terminal.write(`${when}; saraban messages show ${story.messageId.slice('urn:uuid:'.length)}\n`)
      })
    })
}

/** The office, if one was named. Throws Failed with every option that is wrong. */
function checked({ office, by, why }: Options): OfficeId | undefined {
  const problems: Problem[] = []
  for (const [name, text] of Object.entries({ '--by': by, '--why': why })) {
    const length = text.trim().length
    const expected = 'a few words, at most 200 characters'
    if (length === 0 || length > 200) problems.push(problem('cli.option.wrong', name, text, { expected }))
  }
  const read = office === undefined ? undefined : officeId(office)
  if (read?.ok === false) problems.push(...read.problems.map((found) => within('--office', found)))
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  return read?.ok === true ? read.value : undefined
}

const help = `
It goes under the message id that it has, so that nothing doubles, and is tried as long as a new one again. Run it as the user of
the gateway, which may run meanwhile.

Exit code: 0 it waits to be brought again, 1 nothing of the letter may be, or it is not known, 2 wrong usage or no journal.

Examples:
  $ saraban messages retry 'ชม 0017.1/492' --by 'somchai' --why 'the table of kinds in profile 50 was completed'
  $ saraban messages retry 7f3a91c2 --office 50 --by somchai --why 'the share is mounted again'
`
