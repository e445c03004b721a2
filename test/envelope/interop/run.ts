// `npm run interop`: three other implementations and ours judge each other's envelopes, and every changed byte.
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '../../../src/envelope/envelope.ts'
import { seal } from '../../../src/envelope/seal.ts'
import { verifyEnvelope } from '../../../src/envelope/verify.ts'
import { writeEnvelope } from '../../../src/envelope/write.ts'
import { describe } from '../../../src/problem/problem.ts'
import { fixedLetter, office } from '../../letter/arbitrary.ts'
import { issue, type KeyKind, newAuthority, newKey, signerOf, trustOf } from '../certificates.ts'
import { type Credentials, type Program, programs } from './programs.ts'

const now = Date.now()
const authority = newAuthority()
const identities = {
  rsa: issue({ subject: 'office 50', key: newKey('rsa'), issuer: authority }),
  p256: issue({ subject: 'office 50', key: newKey('p256'), issuer: authority }),
  p384: issue({ subject: 'office 50', key: newKey('p384'), issuer: authority }),
} as const satisfies Partial<Record<KeyKind, unknown>>
type Kind = keyof typeof identities
const trust = trustOf(authority, { '50': Object.values(identities) })
const envelope: Envelope = {
  messageId: 'urn:uuid:01890000-0000-7000-8000-000000000000',
  createdAt: now,
  content: 'letter',
  letter: fixedLetter({
    circular: true,
    to: { offices: [office('moi'), office('51')] },
    subject: 'เรื่อง & <ทดสอบ> "น้ำ"\r\n\tบรรทัดที่สอง 😀',
    references: [{ number: 'มท 0210.3/ว 3893', subject: "เดิม ' ]]>" }],
    extension: [{ name: 'ช่อง "ก" <&>', value: ' \r\n ' }],
  }),
}

interface Verdict {
  readonly program: string
  readonly what: string
  readonly passed: boolean
  readonly said?: string
}
const verdicts: Verdict[] = []
const expectVerdict = (program: string, what: string, passed: boolean, said?: string): void => {
  verdicts.push({ program, what, passed, ...(said !== undefined && { said }) })
}

const folder = await mkdtemp(join(tmpdir(), 'saraban-interop-'))
try {
  const credentials = await writeCredentials()
  for (const program of programs) {
    if (await program.available()) {
      await theyVerifyOurs(program, credentials)
      await theyRefuseChanges(program, credentials.rsa)
      await weVerifyTheirs(program, credentials)
    } else {
      process.stdout.write(`${program.name} is not installed: ${program.install ?? ''}\n`)
      if (process.env['CI'] === 'true') expectVerdict(program.name, 'is installed', false)
    }
  }
  weRefuseChanges()
} finally {
  await rm(folder, { recursive: true })
}
print()

async function writeCredentials(): Promise<Record<Kind, Credentials>> {
  const made = {} as Record<Kind, Credentials>
  await writeFile(join(folder, 'authority.pem'), authority.certificate.toString())
  for (const kind of Object.keys(identities) as Kind[]) {
    const key = join(folder, `${kind}.key.pem`)
    const certificate = join(folder, `${kind}.pem`)
    await writeFile(key, identities[kind].key.export({ type: 'pkcs8', format: 'pem' }))
    await writeFile(certificate, identities[kind].certificate.toString())
    made[kind] = { key, certificate, authority: join(folder, 'authority.pem') }
  }
  return made
}

async function theyVerifyOurs(program: Program, credentials: Record<Kind, Credentials>): Promise<void> {
  for (const kind of Object.keys(identities) as Kind[]) {
    if (kind !== 'rsa' && !program.ecdsa) continue
    const file = join(folder, `ours-${kind}.xml`)
    await writeFile(file, seal(envelope, signerOf('50', identities[kind]), now).bytes)
    const [accepted = false] = await program.verify([file], credentials[kind])
    expectVerdict(program.name, `verifies ours, ${kind}`, accepted)
  }
}

/** Envelopes with one byte changed: in every signed part, and every 97th byte of what is signed. */
function changedEnvelopes(): readonly Buffer[] {
  const { bytes } = seal(envelope, signerOf('50', identities.rsa), now)
  // The start tags of the signature and around its properties, and KeyInfo, are not signed.
  const unsigned = [
    /<ds:Signature [^>]*>/,
    /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
    /<ds:Object><xades:QualifyingProperties [^>]*>/,
  ]
  const text = bytes.toString('latin1')
  const left = (at: number): boolean =>
    unsigned.some((pattern) => {
      const found = pattern.exec(text)
      return found !== null && at >= found.index && at < found.index + found[0].length
    })
  const letters = /[A-Za-z0-9]/
  const offsets = Array.from({ length: bytes.length }, (_, at) => at).filter(
    (at) => letters.test(text[at] ?? '') && !left(at) && at < text.lastIndexOf('</xades:SignedProperties>'),
  )
  return offsets
    .filter((_, index) => index % 97 === 0)
    .map((at) => {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      return changed
    })
}

async function theyRefuseChanges(program: Program, credentials: Credentials): Promise<void> {
  const files: string[] = []
  for (const [index, bytes] of changedEnvelopes().entries()) {
    const file = join(folder, `changed-${index}.xml`)
    await writeFile(file, bytes)
    files.push(file)
  }
  const accepted = (await program.verify(files, credentials)).filter((each) => each).length
  expectVerdict(program.name, `refuses ${files.length} changed bytes`, accepted === 0, `${accepted} accepted`)
}

function weRefuseChanges(): void {
  const changed = changedEnvelopes()
  const accepted = changed.filter((bytes) => verifyEnvelope(bytes, trust, now).ok).length
  expectVerdict('saraban', `refuses ${changed.length} changed bytes`, accepted === 0, `${accepted} accepted`)
}

async function weVerifyTheirs(program: Program, credentials: Record<Kind, Credentials>): Promise<void> {
  const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
  const more = 'http://www.w3.org/2001/04/xmldsig-more#'
  const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'
  const sha512 = 'http://www.w3.org/2001/04/xmlenc#sha512'
  const plain = writeEnvelope(envelope).toString('utf8')
  // Values keep their white space: only between elements, and only where the schema has elements, may more be added.
  const indented = plain.replace(
    /(?<=>)(<(?:env:Header|env:From|rsm:|ram:CorrespondenceLetter|ram:SenderParty|env:Attachments|\/env:Envelope))/g,
    '\n    $1',
  )
  const prefixed = plain.replaceAll('env:', 'e:').replace('xmlns:env', 'xmlns:e')
  const bare = plain.replaceAll('env:', '').replace('xmlns:env', 'xmlns')
  const cases: readonly (readonly [string, string, Kind, string, string, string])[] = [
    ['exclusive', plain, 'rsa', `${more}rsa-sha256`, sha256, exclusive],
    ['indented', indented, 'rsa', `${more}rsa-sha256`, sha256, exclusive],
    ['other prefixes', prefixed, 'rsa', `${more}rsa-sha256`, sha256, exclusive],
    ['no prefix', bare, 'rsa', `${more}rsa-sha256`, sha256, exclusive],
    ['inclusive C14N', indented, 'rsa', `${more}rsa-sha256`, sha256, inclusive],
    ['RSA-SHA512', plain, 'rsa', `${more}rsa-sha512`, sha512, exclusive],
    ['ECDSA P-256', plain, 'p256', `${more}ecdsa-sha256`, sha256, exclusive],
    ['ECDSA P-384', bare, 'p384', `${more}ecdsa-sha384`, sha512, inclusive],
  ]
  for (const [what, text, kind, method, digest, canonicalisation] of cases) {
    if (kind !== 'rsa' && !program.ecdsa) continue
    const files = {
      unsigned: join(folder, 'unsigned.xml'),
      properties: join(folder, 'properties.xml'),
      out: join(folder, 'theirs.xml'),
    }
    await writeFile(files.unsigned, text)
    await writeFile(files.properties, qualifyingProperties(kind))
    await program.sign({ ...files, method, digest, canonicalisation }, credentials[kind])
    const judged = verifyEnvelope(await readFile(files.out), trust, now)
    const same = judged.ok && judged.value.envelope.messageId === envelope.messageId
    expectVerdict(
      program.name,
      `signs, we verify: ${what}`,
      same,
      judged.ok ? '' : describe(judged.problems[0]),
    )
  }
}

function qualifyingProperties(kind: Kind): string {
  const digest = createHash('sha256').update(identities[kind].certificate.raw).digest('base64')
  return `<xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Target="#Signature"><xades:SignedProperties Id="SignedProperties"><xades:SignedSignatureProperties><xades:SigningTime>${new Date(now).toISOString()}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>${digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties>`
}

function print(): void {
  for (const { program, what, passed, said } of verdicts)
    process.stdout.write(
      `${passed ? 'ok    ' : 'FAILED'}  ${program.padEnd(12)} ${what}${passed || said === undefined ? '' : `: ${said}`}\n`,
    )
  const failed = verdicts.filter(({ passed }) => !passed).length
  process.stdout.write(`${verdicts.length - failed} passed, ${failed} failed\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
