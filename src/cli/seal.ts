// `saraban seal`: makes a signed envelope of a letter in canonical JSON.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { Command } from 'commander'
import type { SealedEnvelope, Signer } from '../envelope/envelope.ts'
import { seal } from '../envelope/seal.ts'
import { readSigners, readTrustFolder } from '../gateway/trust/folder.ts'
import { attachmentName, mediaTypeOf } from '../letter/attachments.ts'
import { checkLetter } from '../letter/check.ts'
import { type JsonAttachment, letterFromJson } from '../letter/json.ts'
import type { Attachment, Letter } from '../letter/letter.ts'
import { type OfficeId, officeId } from '../letter/offices.ts'
import { type Instant, type MessageId, newMessageId } from '../letter/time.ts'
import { type Problem, problem, type Result, within } from '../problem/problem.ts'
import { measure, readJsonFile, writeOutput } from './files.ts'
import { exit, Failed, jsonLine, type Terminal } from './terminal.ts'

interface Options {
  readonly attach: readonly string[]
  readonly office: string
  readonly certs: string
  readonly out: string
  readonly json?: boolean
}

/** `saraban seal LETTER.json [--attach FILE]… --office CODE --certs DIR --out FILE`. */
export function sealCommand(terminal: Terminal): Command {
  return new Command('seal')
    .description('seal a letter: canonical JSON in, signed envelope out')
    .argument('<LETTER.json>', 'the letter; schemas/letter.schema.json describes it')
    .option(
      '--attach <FILE>',
      'a file of the letter, repeatable; the first is the letter itself (main)',
      (file: string, files: readonly string[]) => [...files, file],
      [],
    )
    .requiredOption('--office <CODE>', 'the office that seals: a province code, or moi')
    .requiredOption('--certs <DIR>', 'a folder as `saraban certs init` makes it')
    .requiredOption('--out <FILE>', 'where the envelope goes; `-` for standard output')
    .option('--json', 'print the message id, the digest and the attachments as JSON')
    .addHelpText('after', help)
    .action((file: string, options: Options) => {
      const signer = readSigner(options.certs, options.office, terminal.clock.now())
      const letter = readLetter(file, options.attach, signer.office)
      const at = terminal.clock.now()
      const messageId = newMessageId(terminal.clock, terminal.random)
      const sealed = seal({ messageId, createdAt: at, content: 'letter', letter }, signer, at)
      if (options.out === '-') terminal.write(sealed.bytes.toString('utf8'))
      else writeOutput(options.out, sealed.bytes)
      if (options.json === true && options.out !== '-')
        terminal.write(report(options, messageId, sealed, letter))
      else if (options.out !== '-')
        terminal.write(`${options.out}: sealed ${messageId} (${sealed.bytes.length} bytes)\n`)
    })
}

const help = `
Attachments travel beside the envelope: it records the name, type, size and SHA-256 of each.
Exit code: 0 sealed, 1 the letter is refused, 2 wrong usage or an unreadable file.

Examples:
  $ echo '{"number":"ชม 0017.1/492","date":"2026-11-23","subject":"ทดสอบ","to":"moi"}' > letter.json
  $ saraban seal letter.json --office 50 --certs certs --out letter.xml
  $ saraban seal letter.json --attach letter.pdf --attach map.png --office 50 --certs certs --out letter.xml
`

function report(options: Options, messageId: MessageId, sealed: SealedEnvelope, letter: Letter): string {
  const { digest, bytes } = sealed
  return jsonLine({
    file: options.out,
    messageId,
    digest,
    size: bytes.length,
    attachments: letter.attachments,
  })
}

/** The signer of an office at an instant, from a folder as `certs init` makes it. Throws Failed with every fault of the folder. */
export function readSigner(folder: string, code: string, at: Instant): Signer {
  const office = officeId(code)
  const trust = readTrustFolder(folder)
  const faults = [...(office.ok ? [] : office.problems), ...(trust.ok ? [] : trust.problems)]
  if (!office.ok || !trust.ok) throw new Failed(exit.usage, faults)
  const signers = readSigners(folder, trust.value, at)
  if (!signers.ok) throw new Failed(exit.usage, signers.problems)
  const signer = signers.value.get(office.value)
  if (signer !== undefined) return signer
  throw new Failed(exit.usage, [problem('cli.key.missing', '--office', office.value, { folder })])
}

/** The checked letter of a JSON file and the files attached to it. Throws Failed with every fault of both. */
function readLetter(file: string, files: readonly string[], office: OfficeId): Letter {
  const json = readJsonFile(file)
  if (!json.ok) throw new Failed(exit.usage, json.problems)
  const unreadable: Problem[] = []
  const faults: Problem[] = []
  const taken = <Value>(path: string, result: Result<Value>, into = faults): Value | undefined => {
    if (result.ok) return result.value
    into.push(...result.problems.map((found) => within(path, found)))
    return undefined
  }
  const read = taken('letter', letterFromJson(json.value))
  const draft = read?.draft ?? {}
  const said = read?.attachments ?? []
  if (draft.from !== undefined && draft.from.office !== office) {
    faults.push(problem('cli.office.differs', 'letter.from', draft.from.office, { expected: office }))
  }
  const attached = files.map((path, index) =>
    attachFile(path, said, index === 0 && !hasMain(said), unreadable, faults),
  )
  const names = new Set(files.map((path) => basename(path)))
  const inline = said
    .filter((one) => !names.has(one.name))
    .map((one, index) => attachInline(one, `letter.attachments.${index}`, faults))
  if (unreadable.length > 0) throw new Failed(exit.usage, [...unreadable, ...faults])
  const attachments = [...inline, ...attached].filter((one) => one !== undefined)
  // A letter that cannot be read has no fields to be missed: its own faults say enough.
  const letter =
    read && taken('letter', checkLetter({ ...draft, from: draft.from ?? { office } }, attachments))
  if (letter === undefined || faults.length > 0) throw new Failed(exit.refused, faults)
  return letter
}

const hasMain = (said: readonly JsonAttachment[]): boolean => said.some((one) => one.role === 'main')

/** One file of `--attach`; what the JSON says of a file of this name goes before what the name says. */
function attachFile(
  path: string,
  said: readonly JsonAttachment[],
  first: boolean,
  unreadable: Problem[],
  faults: Problem[],
): Attachment | undefined {
  const entry = said.find((one) => one.name === basename(path))
  const name = attachmentName(basename(path))
  const mediaType = mediaTypeOf(entry?.mediaType, basename(path))
  const measured = measure(path, '--attach', unreadable)
  if (!name.ok) faults.push(...name.problems.map((found) => within(`--attach ${path}`, found)))
  if (!mediaType.ok) faults.push(...mediaType.problems.map((found) => within(`--attach ${path}`, found)))
  if (!name.ok || !mediaType.ok || measured === undefined) return undefined
  return {
    name: name.value,
    mediaType: mediaType.value,
    role: entry?.role ?? (first ? 'main' : 'enclosure'),
    ...measured,
  }
}

/** An attachment that stands in the JSON itself: its content, or its size and SHA-256. */
function attachInline(said: JsonAttachment, path: string, faults: Problem[]): Attachment | undefined {
  const { name, role, content } = said
  const mediaType = mediaTypeOf(said.mediaType, name)
  if (!mediaType.ok) faults.push(...mediaType.problems.map((found) => within(`${path}.mediaType`, found)))
  const bytes = content === undefined ? undefined : Buffer.from(content, 'base64')
  // Buffer.from skips what is not base64: only what comes back the same was base64.
  if (bytes !== undefined && bytes.toString('base64') !== content?.replace(/[\r\n]/g, '')) {
    const expected = 'base64 (RFC 4648, section 4)'
    faults.push(problem('letter.json.type', `${path}.content`, content?.slice(0, 40), { expected }))
  }
  const size = bytes?.length ?? said.size
  const sha256 = bytes === undefined ? said.sha256 : createHash('sha256').update(bytes).digest('hex')
  if (size === undefined || sha256 === undefined) {
    faults.push(problem('cli.attachment.absent', path, name))
    return undefined
  }
  return mediaType.ok ? { name, mediaType: mediaType.value, role, size, sha256 } : undefined
}
