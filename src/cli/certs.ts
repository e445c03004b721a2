// `saraban certs`: a test authority with keys and certificates for the offices.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { keyFile, readCertificates } from '../gateway/trust/folder.ts'
import { type OfficeId, officeById, officeId, offices } from '../letter/offices.ts'
import { printInstant } from '../letter/time.ts'
import { type Problem, printable, problem } from '../problem/problem.ts'
import { addCertificates, makeCertificates, testAuthorityOf } from './certificates.ts'
import { exit, Failed, jsonLine, reasonOf, type Terminal } from './terminal.ts'

/** `saraban certs init` and `saraban certs list`. */
export function certsCommand(terminal: Terminal): Command {
  return new Command('certs')
    .description('make and list the certificates of a test installation')
    .addCommand(initCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(listCommand(terminal))
}

function initCommand(terminal: Terminal): Command {
  return new Command('init')
    .description('make a test authority, with a key and a certificate for every office, in a new folder')
    .requiredOption('--out <DIR>', 'the folder to make; it must not exist')
    .option('--office <CODE...>', 'only these offices instead of all')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', `${initHelp}`)
    .action(async (options: { out: string; office?: string[]; json?: boolean }) => {
      const problems: Problem[] = []
      const wanted = officesOf(options.office ?? offices.map((office) => office.id), problems)
      if (existsSync(options.out)) problems.push(problem('cli.folder.exists', '--out', options.out))
      if (problems.length > 0) throw new Failed(exit.usage, problems)
      try {
        await makeCertificates(options.out, wanted, terminal.clock, terminal.random)
      } catch (error) {
        throw new Failed(exit.refused, [
          problem('cli.file.unwritable', '--out', options.out, { reason: reasonOf(error) }),
        ])
      }
      if (options.json === true) {
        terminal.write(jsonLine({ folder: options.out, offices: wanted, servers: ['gateway', 'inbox'] }))
        return
      }
      terminal.write(
        `${options.out}: a test authority, ${wanted.length} offices, and the servers gateway and inbox.\n` +
          'The keys are for tests only: never trust this authority in production.\n',
      )
    })
}

const initHelp = `
DIR is then a trust folder: authority.pem, offices/<office id>/certificate.pem, and beside it the secrets
authority.key.pem, keys/<office id>.pem, tls/<server>.key.pem (readable by you alone).

Examples:
  $ saraban certs init --out certs
  $ saraban certs init --out /tmp/two --office 50 --office moi
`

/** The offices that were named, each once; what names none goes to `problems`. */
function officesOf(texts: readonly string[], problems: Problem[]): readonly OfficeId[] {
  const named = texts.flatMap((text) => {
    const office = officeId(text)
    if (office.ok) return [office.value]
    problems.push(...office.problems)
    return []
  })
  return [...new Set(named)]
}

function addCommand(terminal: Terminal): Command {
  return new Command('add')
    .description('add offices to a test authority: a key and a certificate for each that has none')
    .requiredOption('--office <CODE...>', 'the offices')
    .option('--certs <DIR>', 'the folder that certs init made', 'certs')
    .option('--json', 'print what was added as JSON')
    .addHelpText('after', addHelp)
    .action(async (options: { certs: string; office: string[]; json?: boolean }) => {
      const problems: Problem[] = []
      const wanted = officesOf(options.office, problems)
      let added: readonly OfficeId[] = []
      try {
        const authority = testAuthorityOf(options.certs)
        if (authority === undefined)
          problems.push(problem('cli.authority.not-test', '--certs', options.certs))
        if (problems.length > 0) throw new Failed(exit.usage, problems)
        if (authority !== undefined)
          added = await addCertificates(options.certs, authority, wanted, terminal.clock, terminal.random)
      } catch (error) {
        if (error instanceof Failed) throw error
        throw new Failed(exit.refused, [
          problem('cli.file.unwritable', '--certs', options.certs, { reason: reasonOf(error) }),
        ])
      }
      const there = wanted.filter((office) => !added.includes(office))
      if (options.json === true) terminal.write(jsonLine({ folder: options.certs, added, there }))
      else {
        const list = (ids: readonly OfficeId[]): string => ids.join(', ') || 'none'
        terminal.write(
          `${options.certs}: added ${list(added)}; there already, and left as they are: ${list(there)}\n`,
        )
      }
    })
}

const addHelp = `
Only a test authority that saraban certs init made is added to. A gateway reads its trust folder when it starts, and at
saraban profile reload.

Examples:
  $ saraban certs add --certs certs --office 57
  $ saraban certs add --certs /tmp/two --office 55 93 --json
`

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description(
      'list the certificates of a trust folder: those registered for its offices, and the authority’s',
    )
    .option('--certs <DIR>', 'the trust folder', 'certs')
    .option('--json', 'print the list as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ saraban certs list --certs certs\n  $ saraban certs list --json\n',
    )
    .action((options: { certs: string; json?: boolean }) => {
      const rows = readRows(options.certs)
      if (options.json === true) {
        terminal.write(jsonLine(rows))
        return
      }
      for (const row of rows) {
        const key = row.key ? 'key' : '   '
        terminal.write(
          `${(row.office ?? 'authority').padEnd(9)} ${key}  ${row.validTo}  ${row.fingerprint.slice(0, 23)}…  ${row.name}\n`,
        )
      }
      terminal.write(`${rows.length} certificates in ${options.certs}\n`)
    })
}

interface Row {
  /** Null: it is the authority's. */
  readonly office: OfficeId | null
  readonly name: string
  readonly file: string
  /** SHA-256 over the certificate, as `openssl x509 -fingerprint` prints it. */
  readonly fingerprint: string
  readonly validFrom: string
  readonly validTo: string
  /** Whether the folder holds the private key of that office, or of the authority, too. */
  readonly key: boolean
}

function readRows(folder: string): Row[] {
  const problems: Problem[] = []
  const rows: Row[] = []
  const root = join(folder, 'offices')
  if (!existsSync(root)) {
    throw new Failed(exit.usage, [
      problem('cli.file.unreadable', '--certs', root, { reason: 'there is no such folder' }),
    ])
  }
  for (const office of readdirSync(root).sort()) {
    const known = officeId(office)
    if (!known.ok) {
      problems.push(...known.problems)
      continue
    }
    const own = { office: known.value, name: officeById(known.value).th, key: keyFile(folder, known.value) }
    for (const name of readdirSync(join(root, office)).sort())
      if (name.endsWith('.pem')) rows.push(...rowsOf(join(root, office, name), own, problems))
  }
  const authority = join(folder, 'authority.pem')
  const key = join(folder, 'authority.key.pem')
  if (existsSync(authority)) rows.push(...rowsOf(authority, { office: null, name: undefined, key }, problems))
  if (problems.length > 0) throw new Failed(exit.refused, problems)
  return rows
}

/** Every certificate of a file: one that stands behind another is registered too. */
function rowsOf(
  file: string,
  { office, name, key }: { office: OfficeId | null; name: string | undefined; key: string },
  problems: Problem[],
): readonly Row[] {
  return readCertificates(file, problems).map((certificate) => ({
    ...{ office, name: name ?? printable(certificate.subject.replaceAll('\n', ', ')), file },
    fingerprint: certificate.fingerprint256,
    validFrom: printInstant(Date.parse(certificate.validFrom)),
    validTo: printInstant(Date.parse(certificate.validTo)),
    key: existsSync(key),
  }))
}
