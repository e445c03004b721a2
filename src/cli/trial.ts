// What `saraban profile try` shows of a trial: the letter, the envelope and the way back, or every problem.
import { createHash } from 'node:crypto'
import iconv from 'iconv-lite'
import type { NoticeDraft } from '../adapters/contract.ts'
import type { Profile } from '../adapters/profile.ts'
import type { Channel } from '../adapters/transports/transport.ts'
import type { Trial, TrialItem } from '../adapters/try.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { writeEnvelope } from '../envelope/write.ts'
import { letterToJson } from '../letter/json.ts'
import type { Letter } from '../letter/letter.ts'
import { newMessageId, printInstant } from '../letter/time.ts'
import { messageOf, type Problem, printable, remedyOf } from '../problem/problem.ts'
import { problemJson, type Terminal } from './terminal.ts'

/** Something does not go there and back. */
export const isFaulty = (item: TrialItem): boolean =>
  item.kind === 'fault' || (item.kind !== 'envelope' && (item.problems.length > 0 || item.lost.length > 0))

/** The envelope that the gateway would seal, as XML without its signature. */
function envelopeXml(letter: Letter, bench: Bench): string {
  const { profile, terminal, sample } = bench
  const format = profile.documents[profile.channels.send?.document ?? '']?.format.kind ?? 'unknown'
  const envelope: Envelope = {
    messageId: newMessageId(terminal.clock, terminal.random),
    createdAt: terminal.clock.now(),
    content: 'letter',
    letter,
    provenance: {
      system: profile.id,
      profileVersion: profile.version,
      format,
      sourceDigest: createHash('sha256').update(sample).digest('hex'),
      ...(letter.number.completed && { numberCompleted: true }),
    },
  }
  return writeEnvelope(envelope).toString('utf8')
}

/** What was tried. */
export interface Bench {
  readonly profile: Profile
  readonly sample: Buffer
  readonly terminal: Terminal
}

/** What the profile's documents are written in, for showing their bytes to a person. */
function charsetOf({ profile }: Bench, document: 'letter' | 'notice'): string {
  return charsetOfChannel(profile, document === 'letter' ? 'send' : 'sendNotices')
}

/** What a channel's document is written in, as far as the profile says it. */
export function charsetOfChannel(profile: Profile, channel: Channel): string {
  const charset = profile.documents[profile.channels[channel]?.document ?? '']?.format['charset']
  return typeof charset === 'string' && iconv.encodingExists(charset) ? charset : 'utf-8'
}

/** The trial as a person reads it. */
export function trialPage(trial: Trial, bench: Bench): string {
  if (trial.items.length === 0) return `the sample holds no ${trial.document}\n`
  return trial.items.map((item) => `── ${item.position} ──\n${itemPage(item, bench)}`).join('\n')
}

function itemPage(item: TrialItem, bench: Bench): string {
  switch (item.kind) {
    case 'fault':
      return problemLines(item.problems)
    case 'envelope':
      return 'an envelope, sealed by its sender: it is passed on as it is; `saraban show` shows it\n'
    case 'notice':
      return `notice, said by office ${bench.profile.office}\n${safeLines(JSON.stringify(noticeJson(item.notice), null, 2))}\n\n${noticeBackPage(item, bench)}`
    case 'letter': {
      const letter = safeLines(JSON.stringify(letterToJson(item.letter), null, 2))
      const envelope = safeLines(envelopeXml(item.letter, bench))
      return `letter\n${letter}\n\nenvelope, before it is sealed\n${envelope}\n\n${backPage(item, bench)}`
    }
    default:
      return item satisfies never
  }
}

/** A notice as the gateway reads it, its instant as text. */
const noticeJson = ({ at, ...notice }: NoticeDraft): Readonly<Record<string, unknown>> => ({
  ...notice,
  ...(at !== undefined && { at: printInstant(at) }),
})

const noticeBackPage = (item: TrialItem & { kind: 'notice' }, bench: Bench): string =>
  item.wayBack === undefined && item.problems.length === 0
    ? 'no way back is shown: the sample does not give the number and date of the letter that it speaks of\n'
    : backPage(item, bench)

function backPage(item: TrialItem & { kind: 'letter' | 'notice' }, bench: Bench): string {
  const { wayBack, lost, problems, kind } = item
  if (wayBack === undefined) return `there is no way back\n${problemLines(problems)}`
  const charset = charsetOf(bench, kind)
  const text = safeLines(iconv.decode(wayBack.bytes, charset))
  const files = wayBack.files.map((name) => `  file ${printable(name)}\n`).join('')
  const spilled =
    wayBack.spilled.length === 0 ? '' : `whole in a file beside: ${wayBack.spilled.join(', ')}\n`
  const verdict =
    lost.length === 0
      ? `read again, it is the same ${kind}\n`
      : `read again, it is ANOTHER ${kind}; it differs in: ${lost.join(', ')}\n`
  return `the way back: ${wayBack.bytes.length} bytes, ${wayBack.mediaType}, ${charset}\n${text}\n${files}${spilled}${verdict}${problemLines(problems)}`
}

/** Problems below what they are about. */
export const problemLines = (problems: readonly Problem[]): string =>
  problems
    .map((found) => {
      const where = found.path === '' ? '' : `${printable(found.path)}: `
      return `  error: ${where}${messageOf(found)} [${found.code}]\n  hint: ${remedyOf(found)}\n`
    })
    .join('')

/** Text from outside, line by line: nothing in it steers the terminal. */
export const safeLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((one) => printable(one, 100_000))
    .join('\n')

/** The trial as JSON. */
export function trialJson(trial: Trial, bench: Bench): unknown {
  const { id: profile, office } = bench.profile
  const items = trial.items.map((item) => {
    const { kind, position } = item
    if (item.kind === 'fault') return { kind, position, problems: item.problems.map(problemJson) }
    if (item.kind === 'envelope') return { kind, position, envelope: item.bytes.toString('utf8') }
    const { wayBack, lost, problems } = item
    const charset = charsetOf(bench, kind === 'letter' ? 'letter' : 'notice')
    const back = wayBack && {
      charset,
      text: iconv.decode(wayBack.bytes, charset),
      bytes: wayBack.bytes.toString('base64'),
      mediaType: wayBack.mediaType,
      files: wayBack.files,
      spilled: wayBack.spilled,
      lost,
    }
    return {
      kind,
      position,
      ...(item.kind === 'letter'
        ? { letter: letterToJson(item.letter), envelope: envelopeXml(item.letter, bench) }
        : { notice: noticeJson(item.notice) }),
      ...(back && { wayBack: back }),
      problems: problems.map(problemJson),
    }
  })
  return { profile, office, document: trial.document, items }
}
