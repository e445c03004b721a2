// `saraban show`: an envelope for a person. Only what was verified is shown as what the office said.
import { Command } from 'commander'
import type { Envelope } from '../envelope/envelope.ts'
import { type VerifiedEnvelope, verifyEnvelope } from '../envelope/verify.ts'
import { kindNames, secrecyNames, urgencyNames } from '../letter/codes.ts'
import { printLetterDate } from '../letter/dates.ts'
import { letterToJson } from '../letter/json.ts'
import type { Letter } from '../letter/letter.ts'
import type { Notice } from '../letter/notice.ts'
import { type OfficeId, officeById } from '../letter/offices.ts'
import { printInstant } from '../letter/time.ts'
import { describe, type Problem, printable } from '../problem/problem.ts'
import { readEnvelopeFile } from './files.ts'
import { exit, Failed, jsonLine, problemJson, type Terminal } from './terminal.ts'
import { readTime, readTrust, trustHelp } from './verify.ts'

/** `saraban show FILE [--trust DIR] [--at TIME] [--raw] [--json]`. */
export function showCommand(terminal: Terminal): Command {
  return new Command('show')
    .description('show an envelope to a person, and whether it was verified')
    .argument('<FILE>', 'the envelope')
    .option('--trust <DIR>', trustHelp)
    .option('--at <TIME>', 'judge as of this time; default: now')
    .option('--raw', 'show the XML of an envelope that cannot be verified; nobody vouches for it')
    .option('--json', 'print the envelope as JSON')
    .addHelpText('after', help)
    .action((file: string, options: { trust?: string; at?: string; raw?: boolean; json?: boolean }) => {
      const bytes = readEnvelopeFile(file)
      if (!bytes.ok) throw new Failed(exit.usage, bytes.problems)
      const judged = verifyEnvelope(
        bytes.value,
        readTrust(options.trust, terminal),
        readTime(options.at, terminal),
      )
      if (options.json === true) {
        terminal.write(jsonLine(judged.ok ? verifiedJson(judged.value) : refusedJson(judged.problems)))
      } else if (judged.ok) terminal.write(page(judged.value))
      else terminal.write(refusedPage(judged.problems, options.raw === true ? bytes.value : undefined))
      if (!judged.ok) throw new Failed(exit.refused, [])
    })
}

const help = `
Exit code: 0 verified and shown, 1 not verified, 2 wrong usage or an unreadable file.

Examples:
  $ saraban show letter.xml
  $ saraban show letter.xml --json
  $ saraban show strange.xml --raw
`

const line = (name: string, value: string): string => `  ${name.padEnd(14)} ${printable(value, 1_000)}\n`
const officeName = (office: OfficeId): string => `${officeById(office).th} (${office})`

function page(verified: VerifiedEnvelope): string {
  const { envelope, certificate } = verified
  const head =
    `VERIFIED  ${envelope.content === 'letter' ? 'letter' : `notice: ${envelope.notice.kind}`}\n` +
    line(
      'signed by',
      `${certificate.subject.replaceAll('\n', ', ')}, at ${printInstant(verified.signingTime)}`,
    ) +
    line('message id', envelope.messageId) +
    line('digest', verified.digest) +
    line('created', printInstant(envelope.createdAt))
  const body = envelope.content === 'letter' ? letterLines(envelope.letter) : noticeLines(envelope.notice)
  return head + body + provenanceLines(envelope)
}

function letterLines(letter: Letter): string {
  const note = letter.number.completed ? `  (${letter.number.normalized})` : ''
  const circular = letter.circular ? ', หนังสือเวียน' : ''
  return [
    line('ที่', `${letter.number.printed}${note}`),
    line('ลงวันที่', `${printLetterDate(letter.date, 'd MMMM yyyy')} (${letter.date})`),
    line('จาก', officeName(letter.from.office)),
    line('ถึง', letter.to.offices.map(officeName).join(', ')),
    line('เรื่อง', letter.subject),
    line('ชนิด', `${kindNames[letter.kind]}${circular}`),
    line('ความเร็ว', urgencyNames[letter.urgency]),
    line('ความลับ', secrecyNames[letter.secrecy]),
    ...letter.references.map((one) =>
      line('อ้างถึง', [one.number, one.date ?? '', one.subject].join(' ').trim()),
    ),
    ...(letter.enclosureNote === '' ? [] : [line('สิ่งที่ส่งมาด้วย', letter.enclosureNote)]),
    ...(letter.description === '' ? [] : [line('หมายเหตุ', letter.description)]),
    ...letter.attachments.map((one) =>
      line(one.role, `${one.name}  ${one.mediaType}  ${one.size} bytes  sha256 ${one.sha256}`),
    ),
    ...letter.extension.map((field) => line('extension', `${field.name} = ${field.value}`)),
  ].join('')
}

function noticeLines(notice: Notice): string {
  return [
    line('จาก', officeName(notice.from)),
    line('ถึง', officeName(notice.to)),
    line('at', printInstant(notice.at)),
    ...(notice.receiveNumber === undefined ? [] : [line('เลขรับ', notice.receiveNumber)]),
    ...(notice.reason === '' ? [] : [line('reason', notice.reason)]),
    line('about', notice.about.messageId),
    line('its digest', notice.about.digest),
    line('ที่', notice.about.number),
    line('ลงวันที่', printLetterDate(notice.about.date, 'd MMMM yyyy')),
    line('เรื่อง', notice.about.subject),
  ].join('')
}

function provenanceLines(envelope: Envelope): string {
  const { provenance } = envelope
  if (provenance === undefined) return ''
  const said = [provenance.system, provenance.format, provenance.charset].filter((one) => one !== undefined)
  return (
    line('came from', said.join(', ')) +
    line('source sha256', provenance.sourceDigest) +
    (provenance.datePrinted === undefined ? '' : line('date printed', provenance.datePrinted))
  )
}

function refusedPage(problems: readonly Problem[], raw: Buffer | undefined): string {
  const reasons = problems.map((found) => `  ${describe(found)}\n`).join('')
  const head = `NOT VERIFIED: nobody vouches for this envelope\n${reasons}`
  if (raw === undefined) return `${head}  Its content is not shown; --raw shows the XML.\n`
  // Line by line, so that what is hostile in it cannot steer the terminal.
  const lines = raw.toString('utf8').split('\n')
  return `${head}\n${lines.map((one) => `${printable(one, 100_000)}\n`).join('')}`
}

function verifiedJson(verified: VerifiedEnvelope): Readonly<Record<string, unknown>> {
  const { envelope } = verified
  return {
    verified: true,
    messageId: envelope.messageId,
    digest: verified.digest,
    createdAt: printInstant(envelope.createdAt),
    signedAt: printInstant(verified.signingTime),
    signer: verified.certificate.fingerprint256,
    ...(envelope.content === 'letter'
      ? { content: 'letter', letter: letterToJson(envelope.letter) }
      : {
          content: envelope.notice.kind,
          notice: { ...envelope.notice, at: printInstant(envelope.notice.at) },
        }),
    ...(envelope.provenance !== undefined && { provenance: envelope.provenance }),
  }
}

const refusedJson = (problems: readonly Problem[]): Readonly<Record<string, unknown>> => ({
  verified: false,
  problems: problems.map(problemJson),
})
