// `saraban verify`: judges envelopes as an auditor would, without a gateway.
import { Command } from 'commander'
import type { Trust } from '../envelope/envelope.ts'
import { type VerifiedEnvelope, verifyEnvelope } from '../envelope/verify.ts'
import { readTrustFolder } from '../gateway/trust/folder.ts'
import { type Instant, printInstant, readInstant } from '../letter/time.ts'
import { describe, type Problem, printable, type Result, within } from '../problem/problem.ts'
import { readEnvelopeFile } from './files.ts'
import { exit, Failed, jsonLine, problemJson, type Terminal } from './terminal.ts'

/** `saraban verify FILE… [--trust DIR] [--at TIME] [--json]`. */
export function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .description('verify envelopes: signature, signer, schema and meaning')
    .argument('<FILE...>', 'the envelopes')
    .option('--trust <DIR>', trustHelp)
    .option('--at <TIME>', 'judge as of this time, 2026-11-23T10:15:00+07:00 (no zone: +07:00); default: now')
    .option('--json', 'print the verdicts as JSON')
    .addHelpText('after', help)
    .action((files: string[], options: { trust?: string; at?: string; json?: boolean }) => {
      const trust = readTrust(options.trust, terminal)
      const at = readTime(options.at, terminal)
      const verdicts = files.map((file): Verdict => {
        const bytes = readEnvelopeFile(file)
        if (!bytes.ok) return { file, verdict: 'unreadable', problems: bytes.problems }
        return judge(file, verifyEnvelope(bytes.value, trust, at))
      })
      if (options.json === true) terminal.write(jsonLine(verdicts.map(verdictJson)))
      else for (const verdict of verdicts) terminal.write(`${verdictLine(verdict)}\n`)
      const unreadable = verdicts.flatMap((one) => (one.verdict === 'unreadable' ? one.problems : []))
      if (unreadable.length > 0) throw new Failed(exit.usage, unreadable)
      if (verdicts.some((one) => one.verdict === 'refused')) throw new Failed(exit.refused, [])
    })
}

export const trustHelp = 'the trust folder; default: SARABAN_TRUST, else certs'

const help = `
Exit code: 0 all good, 1 at least one refused, 2 wrong usage or an unreadable file.

Examples:
  $ saraban verify letter.xml
  $ saraban verify *.xml --trust certs --json
  $ saraban verify letter.xml --at 2026-11-23T10:15:00+07:00
`

type Verdict =
  | { readonly file: string; readonly verdict: 'good'; readonly verified: VerifiedEnvelope }
  | {
      readonly file: string
      readonly verdict: 'refused' | 'unreadable'
      readonly problems: readonly [Problem, ...Problem[]]
    }

const judge = (file: string, judged: Result<VerifiedEnvelope>): Verdict =>
  judged.ok
    ? { file, verdict: 'good', verified: judged.value }
    : { file, verdict: 'refused', problems: judged.problems }

/** The trust folder that the option, the environment or the custom names. Throws Failed when it cannot be read. */
export function readTrust(folder: string | undefined, terminal: Terminal): Trust {
  const trust = readTrustFolder(folder ?? terminal.environment['SARABAN_TRUST'] ?? 'certs')
  if (!trust.ok) throw new Failed(exit.usage, trust.problems)
  return trust.value
}

/** The time that `--at` names, or now. */
export function readTime(at: string | undefined, terminal: Terminal): Instant {
  if (at === undefined) return terminal.clock.now()
  const read = readInstant(at)
  if (!read.ok) {
    throw new Failed(
      exit.usage,
      read.problems.map((found) => within('--at', found)),
    )
  }
  return read.value
}

function verdictLine(verdict: Verdict): string {
  const file = printable(verdict.file)
  if (verdict.verdict !== 'good')
    return `${file}: ${verdict.verdict} ${verdict.problems.map((found) => describe(found)).join('; ')}`
  const facts = factsOf(verdict.verified)
  return `${file}: good ${facts.content} ${facts.messageId} from ${facts.from} to ${facts.to.join(', ')}`
}

/** What a verified envelope is, in ids: no letter text. */
function factsOf({ envelope }: VerifiedEnvelope) {
  return envelope.content === 'letter'
    ? {
        content: 'letter',
        messageId: envelope.messageId,
        from: envelope.letter.from.office,
        to: envelope.letter.to.offices,
      }
    : {
        content: envelope.notice.kind,
        messageId: envelope.messageId,
        from: envelope.notice.from,
        to: [envelope.notice.to],
        about: envelope.notice.about.messageId,
      }
}

function verdictJson(verdict: Verdict): Readonly<Record<string, unknown>> {
  const { file } = verdict
  if (verdict.verdict !== 'good') {
    return {
      file,
      verdict: verdict.verdict,
      code: verdict.problems[0].code,
      problems: verdict.problems.map(problemJson),
    }
  }
  const { verified } = verdict
  return {
    file,
    verdict: 'good',
    ...factsOf(verified),
    digest: verified.digest,
    signedAt: printInstant(verified.signingTime),
    signer: verified.certificate.fingerprint256,
  }
}
