// `saraban messages correct`: a letter that was refused, called wrong or given up goes again with other words: shown first, then
// ordered from the running gateway, which seals it.
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { Command } from 'commander'
import type { AttachmentsAt } from '../gateway/attachments/place.ts'
import { keepBesideGateway } from '../gateway/attachments/place.ts'
import { alreadyOrdered, type CorrectionPlan, planCorrection } from '../gateway/delivery/correction.ts'
import { type CorrectionOrder, waitingCorrection } from '../gateway/journal/orders.ts'
import { attachmentName, mediaTypeOf } from '../letter/attachments.ts'
import type { Attachment } from '../letter/letter.ts'
import { limits } from '../letter/limits.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import { newMessageId } from '../letter/time.ts'
import { type Problem, printable, problem, within } from '../problem/problem.ts'
import { wrongWords } from './by-why.ts'
import { measure, readJsonFile } from './files.ts'
import { type Place, storyMeant, withPlace, withWritableJournal } from './journal.ts'
import { fulfilled, giveOrder, type Unfulfilled } from './order.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options extends Place {
  readonly office?: string
  readonly subject?: string
  readonly number?: string
  readonly date?: string
  readonly to: readonly string[]
  readonly urgency?: string
  readonly secrecy?: string
  readonly description?: string
  readonly enclosureNote?: string
  readonly fields?: string
  readonly main?: string
  readonly attach: readonly string[]
  readonly drop: readonly string[]
  readonly yes?: boolean
  readonly secret?: boolean
  readonly by: string
  readonly why: string
}

const several = (value: string, values: readonly string[]): readonly string[] => [...values, value]

/** `saraban messages correct ID … --by NAME --why TEXT`. */
export function correctCommand(terminal: Terminal): Command {
  return withPlace(
    new Command('correct').description(
      'correct a letter that was refused, called wrong or given up: the old one is recalled, the new one follows',
    ),
  )
    .argument('<ID>', 'a message id, the end of one (at least 6 characters), or a letter number')
    .option('--office <OFFICE>', 'only at this recipient; else wherever it came to nothing')
    .option('--subject <TEXT>', 'the subject')
    .option('--number <NUMBER>', 'the number, in any written form')
    .option('--date <DATE>', 'the date: 2026-11-23')
    .option(
      '--to <OFFICE>',
      'who is to have it, repeatable; else those at whom it came to nothing',
      several,
      [],
    )
    .option('--urgency <URGENCY>', 'ordinary, urgent, very-urgent, most-urgent')
    .option('--secrecy <SECRECY>', 'ordinary, confidential, secret, top-secret')
    .option('--description <TEXT>', 'the description')
    .option('--enclosure-note <TEXT>', 'what is enclosed, in words')
    .option(
      '--fields <FILE>',
      'JSON with any fields of schemas/letter.schema.json, each said anew as a whole',
    )
    .option('--main <FILE>', 'the letter itself: it takes the place of the main file')
    .option(
      '--attach <FILE>',
      'an enclosure, repeatable: it takes the place of one of its name, or comes after them',
      several,
      [],
    )
    .option('--drop <NAME>', 'an attachment that it is to have no more, repeatable', several, [])
    .option('--yes', 'do it; else it is shown, and asked for at a terminal')
    .requiredOption('--by <NAME>', 'who orders it: kept with the letter')
    .requiredOption('--why <TEXT>', 'why: kept with the letter')
    .option('--secret', 'secret letters too: they have a register of their own')
    .addHelpText('after', help)
    .action(async (said: string, options: Options) => {
      const { files, correction } = read(options)
      await withWritableJournal(options, terminal, async (database, _now, isRunning, attachments) => {
        const { messageId, letter } = await storyMeant(database.committed, said, options.secret === true)
        const waiting = await waitingCorrection(database.committed, messageId)
        if (waiting !== undefined)
          throw new Failed(exit.refused, [alreadyOrdered(letter.number.printed, waiting)])
        const plan = await planCorrection(database.committed, { ...correction, messageId })
        if (plan === undefined) throw new Failed(exit.refused, [problem('cli.message.unknown', 'ID', said)])
        if (!plan.ok) throw new Failed(exit.refused, plan.problems)
        if (options.json !== true) terminal.write(planPage(plan.value))
        if (options.yes !== true && !(await isAgreed(options, terminal))) {
          if (options.json === true) terminal.write(jsonLine({ kind: 'planned', ...planJson(plan.value) }))
          else terminal.write('nothing was done: --yes does it\n')
          return
        }
        await keep(files, attachments, terminal)
        const answered = await giveOrder(database, isRunning, terminal, {
          ...{ kind: 'correct', ...correction, messageId, digest: plan.value.digest },
          ...{ as: newMessageId(terminal.clock, terminal.random) },
          ...{ by: options.by.trim(), why: options.why.trim() },
        })
        tell(answered, options, terminal)
      })
    })
}

type Read = Omit<CorrectionOrder, 'messageId' | 'as' | 'digest' | 'by' | 'why'>

/** What the options say, with the files measured and not yet kept. Throws Failed with every fault. */
function read(options: Options): { readonly files: readonly string[]; readonly correction: Read } {
  const problems: Problem[] = [...wrongWords(options)]
  const file = options.fields === undefined ? undefined : readJsonFile(options.fields)
  if (file?.ok === false) problems.push(...file.problems)
  const said = file?.ok === true ? file.value : {}
  if (typeof said !== 'object' || said === null || Array.isArray(said))
    problems.push(
      problem('letter.json.type', '--fields', JSON.stringify(said).slice(0, 100), { expected: 'object' }),
    )
  const { subject, number, date, to, urgency, secrecy, description, enclosureNote } = options
  const named = {
    ...{ subject, number, date, urgency, secrecy, description, enclosureNote },
    to: to.length === 0 ? undefined : to,
  }
  const fields = {
    ...(said as Record<string, unknown>),
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  }
  const files = [...(options.main === undefined ? [] : [options.main]), ...options.attach]
  const attach = files.flatMap((path, index) => {
    const role = options.main !== undefined && index === 0 ? 'main' : 'enclosure'
    return attached(path, role, problems) ?? []
  })
  const read = options.office === undefined ? undefined : officeId(options.office)
  if (read?.ok === false) problems.push(...read.problems.map((found) => within('--office', found)))
  if (problems.length > 0) throw new Failed(exit.usage, problems)
  const office: OfficeId | undefined = read?.ok === true ? read.value : undefined
  return { files, correction: { fields, attach, drop: options.drop, ...(office && { office }) } }
}

function attached(path: string, role: Attachment['role'], problems: Problem[]): Attachment | undefined {
  const option = role === 'main' ? '--main' : '--attach'
  const name = attachmentName(basename(path))
  const mediaType = mediaTypeOf(undefined, basename(path))
  for (const each of [name, mediaType])
    if (!each.ok) problems.push(...each.problems.map((found) => within(`${option} ${path}`, found)))
  const measured = measure(path, option, problems)
  if (!name.ok || !mediaType.ok || measured === undefined) return undefined
  return { name: name.value, mediaType: mediaType.value, role, ...measured }
}

/** The files come to the gateway's attachments before the order that names them. A file that changed meanwhile is found missing there. */
async function keep(files: readonly string[], place: AttachmentsAt, { clock }: Terminal): Promise<void> {
  if (files.length === 0) return
  await keepBesideGateway(place, clock, async (store) => {
    for (const path of files) await store.keep(createReadStream(path), limits.attachmentSize)
  })
}

async function isAgreed({ json }: Options, terminal: Terminal): Promise<boolean> {
  if (terminal.ask === undefined || json === true) return false
  return ['y', 'yes'].includes((await terminal.ask('correct it so? yes or no: ')).trim().toLowerCase())
}

function planPage({ before, after, corrects, unsure, differences }: CorrectionPlan): string {
  // Whole, however long: what is cut off could be what was changed.
  const value = (said: unknown): string => {
    if (said === null) return '-'
    if (Array.isArray(said)) return said.map((each) => `\n      ${value(each)}`).join('')
    return printable(typeof said === 'string' ? said : JSON.stringify(said), Number.POSITIVE_INFINITY)
  }
  const lines = differences.map(
    ({ field, before: was, after: is }) => `  ${field}: ${value(was)}\n    → ${value(is)}\n`,
  )
  const recalled = corrects
    .map(({ recipient, state }) => `${recipient} (${state}${unsure.includes(recipient) ? arrived : ''})`)
    .join(', ')
  return `${printable(before.number.printed)}\n${lines.join('')}recalled at: ${recalled}\nsent to: ${after.to.offices.join(', ')}\n`
}

/** Ask there before the same letter goes twice. */
const arrived = ': it may have arrived there, and be registered still'

const planJson = ({ after, corrects, unsure, differences }: CorrectionPlan) => ({
  changes: differences,
  recalls: corrects.map(({ recipient, state }) => ({
    ...{ recipient, state, mayHaveArrived: unsure.includes(recipient) },
  })),
  recipients: after.to.offices,
})

type Answer =
  | { readonly kind: 'corrected'; readonly messageId: string; readonly recipients: readonly string[] }
  | Unfulfilled

function tell(answered: Awaited<ReturnType<typeof giveOrder>>, { json }: Options, terminal: Terminal): void {
  if (answered.kind === 'stopped') {
    if (json === true) terminal.write(jsonLine({ kind: 'ordered', order: answered.order }))
    else
      terminal.write(
        `ordered (${answered.order}): the gateway is not running, and does it when it is started; the letter's story tells what came of it\n`,
      )
    return
  }
  const answer = fulfilled(answered.answer as Answer, json, terminal)
  if (json === true) terminal.write(jsonLine(answer))
  else
    terminal.write(
      `corrected: ${answer.messageId} goes to ${answer.recipients.join(', ')}; saraban messages show ${answer.messageId.slice('urn:uuid:'.length)}\n`,
    )
}

const help = `
The old letter is recalled at those recipients where it was refused, called wrong or given up, and the new one, under a message id of
its own, follows in the same lane; whoever has it keeps it. It is sealed under its sender's key by the running gateway: an office that
seals by itself corrects by itself. Tell the office what was changed: its own system knows the letter as it handed it over.

It is shown first, and done with --yes, or when you say so at a terminal. Run it as the user of the gateway. When no gateway runs,
the order waits for the next start.

Exit code: 0 it goes, is ordered, or was shown, 1 refused, or it is not known, 2 wrong usage or no journal.

Examples:
  $ saraban messages correct 'ชม 0017.1/492' --subject 'ขอส่งรายงานประจำเดือน' --by somchai --why 'the ministry refused the old subject'
  $ saraban messages correct 7f3a91c2 --to 57 --by somchai --why 'it was addressed to the wrong province' --yes
  $ saraban messages correct 7f3a91c2 --main letter.pdf --drop old.pdf --by somchai --why 'the scan was another letter'
`
