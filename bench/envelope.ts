// Sealing and verifying against the limit (node:crypto with the same key) and against two other implementations, in one
// run and in turns, so that a busy machine slows all of them alike. Figures are medians; the ratios are what counts.
import { execFile } from 'node:child_process'
import { sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignedXml } from 'xml-crypto'
import type { Envelope } from '../src/envelope/envelope.ts'
import { seal } from '../src/envelope/seal.ts'
import { verifyEnvelope } from '../src/envelope/verify.ts'
import type { Attachment, Recipients } from '../src/letter/letter.ts'
import { moi, offices } from '../src/letter/offices.ts'
import { issue, newAuthority, newKey, signerOf, trustOf } from '../test/envelope/certificates.ts'
import { fixedLetter } from '../test/letter/arbitrary.ts'
import type { Options } from './options.ts'
import type { Row } from './row.ts'

export const name = 'envelope'

/** The least that each ratio is expected to be; none where there is no expectation. */
interface Goals {
  readonly seal?: number
  readonly crypto?: number
  readonly xmlsec?: number
}

/** Milliseconds of processor time for one call, measured in this turn; undefined when the program is not installed. */
type Turn = () => Promise<number | undefined>

const now = Date.parse('2026-11-23T10:15:00+07:00')
const sentence = 'การเชื่อมโยงระบบสารบรรณ '

function repeated<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

const attachment = (name: string): Attachment => ({
  ...fixedLetter().attachments[0]!,
  name,
  role: 'enclosure',
})
const [firstOther, ...others] = offices.map(({ id }) => id).filter((id) => id !== '50')
const everyOther: Recipients['offices'] = [firstOther ?? moi, ...others]
/** Letters as they are sent: an ordinary one, a circular to every office with what belongs to it, and a huge one. */
const sizes = [
  { title: 'small', letter: {}, goals: { seal: 0.9, crypto: 50, xmlsec: 8 } },
  {
    title: '20 KB',
    letter: {
      circular: true,
      to: { offices: everyOther },
      description: sentence.repeat(12),
      references: repeated(12, (index) => ({ number: `มท 0210.3/ว ${index + 1}`, subject: sentence })),
      attachments: repeated(12, (index) => attachment(`สิ่งที่ส่งมาด้วย ${index + 1}.pdf`)),
      extension: repeated(24, (index) => ({ name: `ช่อง ${index}`, value: sentence.repeat(2) })),
    },
    goals: { crypto: 100 },
  },
  {
    title: '200 KB',
    letter: { extension: repeated(180, (index) => ({ name: `ช่อง ${index}`, value: sentence.repeat(15) })) },
    goals: {},
  },
] as const

/** Seals and verifies envelopes of three sizes. `quick` measures for a tenth of the time. */
export async function run({ quick }: Options): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'saraban-bench-'))
  try {
    const rows: Row[] = []
    for (const size of sizes) rows.push(...(await measureSize(size, folder, quick)))
    return rows
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measureSize(size: (typeof sizes)[number], folder: string, quick: boolean): Promise<Row[]> {
  const authority = newAuthority()
  const identity = issue({ subject: 'office 50', key: newKey(), issuer: authority })
  const trust = trustOf(authority, { '50': [identity] })
  const signer = signerOf('50', identity)
  const envelope: Envelope = {
    messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
    createdAt: now,
    content: 'letter',
    letter: fixedLetter(size.letter),
  }
  const { bytes } = seal(envelope, signer, now)
  const text = bytes.toString('utf8')
  const signature = text.slice(text.indexOf('<ds:Signature '), text.lastIndexOf('</env:Envelope>'))
  const publicCert = identity.certificate.toString()
  const signedInfo = text.slice(text.indexOf('<ds:SignedInfo'), text.indexOf('<ds:SignatureValue'))
  const toSign = Buffer.from(signedInfo)

  const span = quick ? 30 : 200
  const turns = {
    raw: inProcess(span, () => sign('sha256', toSign, signer.key)),
    seal: inProcess(span, () => seal(envelope, signer, now)),
    verify: inProcess(span, () => {
      if (!verifyEnvelope(bytes, trust, now).ok) throw new Error('the envelope does not verify')
    }),
    xmlCrypto: inProcess(span, () => {
      const verifier = new SignedXml({ publicCert })
      verifier.loadSignature(signature)
      if (!verifier.checkSignature(text)) throw new Error('xml-crypto does not verify the envelope')
    }),
    xmlsec1: await byXmlsec1(folder, bytes, authority.certificate.toString(), quick ? 30 : 200),
  }
  // A gateway runs for weeks: what counts is how fast it is once the compiler has done its work.
  const warm = performance.now() + (quick ? 500 : 6000)
  while (performance.now() < warm) {
    seal(envelope, signer, now)
    for (let count = 0; count < 10; count++) verifyEnvelope(bytes, trust, now)
  }
  const found = await inTurns(turns, quick ? 3 : 5)
  const title = `${size.title} (${(bytes.length / 1000).toFixed(1)} KB sealed)`
  const { raw, verify } = found
  const goals: Goals = size.goals
  const against = (rival: string, figure: number, least?: number): Row[] =>
    Number.isNaN(figure) ? [] : [row(`verify and read, ${title}`, verify, rival, figure / verify, least)]
  return [
    row(`raw RSA-2048 signature`, raw),
    row(`seal, ${title}`, found.seal, 'raw signing', raw / found.seal, goals.seal),
    ...against('xml-crypto', found.xmlCrypto, goals.crypto),
    // A process for each envelope, as its users run it, costs many times more: held against is the harder rival.
    ...against('xmlsec1 (repeating in one process)', found.xmlsec1, goals.xmlsec),
  ]
}

function row(what: string, milliseconds: number, against?: string, ratio?: number, least?: number): Row {
  return {
    what,
    value: 1000 / milliseconds,
    unit: '/s',
    ...(against !== undefined && ratio !== undefined && { against, ratio }),
    ...(least !== undefined && ratio !== undefined && { expected: `>= ${least}`, ok: ratio >= least }),
  }
}

/** The median of every kind of turn, each kind taking its turn in each round. NaN for a program that is missing. */
async function inTurns<Name extends string>(
  turns: Readonly<Record<Name, Turn>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(turns) as Name[]
  const figures = Object.fromEntries(names.map((each) => [each, [] as number[]])) as Record<Name, number[]>
  // The first round is thrown away: the others' first calls are slow too.
  for (let round = 0; round <= rounds; round++)
    for (const each of names) {
      const figure = await turns[each]()
      if (round > 0 && figure !== undefined) figures[each].push(figure)
    }
  return Object.fromEntries(names.map((each) => [each, median(figures[each])])) as Record<Name, number>
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((left, right) => left - right)[figures.length >> 1] ?? Number.NaN

const inProcess =
  (span: number, act: () => unknown): Turn =>
  async () => {
    const start = process.cpuUsage()
    const until = performance.now() + span
    let count = 0
    do {
      act()
      count++
    } while (performance.now() < until)
    const used = process.cpuUsage(start)
    return (used.user + used.system) / 1000 / count
  }

/** xmlsec1 repeats inside one process; what it needs to start is subtracted. */
async function byXmlsec1(folder: string, bytes: Buffer, authority: string, repeat: number): Promise<Turn> {
  const exec = promisify(execFile)
  const document = join(folder, 'envelope.xml')
  const trusted = join(folder, 'authority.pem')
  await writeFile(document, bytes)
  await writeFile(trusted, authority)
  const id = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties']
  // `times` of the shell tells the processor time of what it ran: `0m0.123s 0m0.004s` on its second line.
  const script = 'xmlsec1 "$@" >/dev/null 2>&1 || exit $?; times'
  const once = async (count: number): Promise<number> => {
    const parameters = ['--verify', '--repeat', String(count), ...id, '--trusted-pem', trusted, document]
    const { stdout } = await exec('bash', ['-c', script, 'xmlsec1', ...parameters])
    const [user, system] = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000,
    )
    return (user ?? Number.NaN) + (system ?? Number.NaN)
  }
  try {
    await once(1)
  } catch (error) {
    // 127: the shell found no such program.
    if (error instanceof Error && 'code' in error && (error.code === 127 || error.code === 'ENOENT'))
      return async () => undefined
    throw error
  }
  return async () => Math.max((await once(repeat + 1)) - (await once(1)), 0.001) / repeat
}
