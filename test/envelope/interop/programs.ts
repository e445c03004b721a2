// The three other implementations: each verifies files, and each signs an unsigned envelope in its own way.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { XmlDocument, XmlLibError } from 'libxml2-wasm'
import { SignedXml } from 'xml-crypto'

const run = promisify(execFile)
const java = new URL('Interop.java', import.meta.url).pathname

/** The files of one signer: PEM, and what `sign` needs. */
export interface Credentials {
  readonly key: string
  readonly certificate: string
  readonly authority: string
}

export interface ToSign {
  /** A file with the envelope without its signature. */
  readonly unsigned: string
  /** A file with xades:QualifyingProperties. */
  readonly properties: string
  readonly out: string
  readonly method: string
  readonly digest: string
  readonly canonicalisation: string
}

export interface Program {
  readonly name: string
  /** The command that installs it, where it does not come with the project. */
  readonly install?: string
  available(): Promise<boolean>
  /** Whether each file verifies. */
  verify(files: readonly string[], credentials: Credentials): Promise<readonly boolean[]>
  sign(wanted: ToSign, credentials: Credentials): Promise<void>
  /** Whether it knows ECDSA. */
  readonly ecdsa: boolean
}

const answers = async (command: string, ...parameters: readonly string[]): Promise<boolean> => {
  try {
    await run(command, parameters)
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

const idOfProperties = ['--id-attr:Id', 'http://uri.etsi.org/01903/v1.3.2#:SignedProperties']

const xmlsec1: Program = {
  name: 'xmlsec1',
  install: 'apt-get install xmlsec1',
  ecdsa: true,
  available: () => answers('xmlsec1', '--version'),
  async verify(files, { authority }) {
    const verdicts: boolean[] = []
    for (const file of files)
      verdicts.push(await answers('xmlsec1', '--verify', ...idOfProperties, '--trusted-pem', authority, file))
    return verdicts
  },
  async sign({ unsigned, properties, out, method, digest, canonicalisation }, { key, certificate }) {
    const transform = `<ds:Transform Algorithm="${canonicalisation}"/>`
    const reference = (attributes: string, transforms: string): string =>
      `<ds:Reference ${attributes}><ds:Transforms>${transforms}</ds:Transforms><ds:DigestMethod Algorithm="${digest}"/><ds:DigestValue/></ds:Reference>`
    const template = `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="Signature">
  <ds:SignedInfo><ds:CanonicalizationMethod Algorithm="${canonicalisation}"/><ds:SignatureMethod Algorithm="${method}"/>
    ${reference('URI=""', `<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>${transform}`)}
    ${reference('URI="#SignedProperties" Type="http://uri.etsi.org/01903#SignedProperties"', transform)}
  </ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo>
  <ds:Object>${await readFile(properties, 'utf8')}</ds:Object></ds:Signature>`
    const document = await readFile(unsigned, 'utf8')
    const end = document.lastIndexOf('</')
    await writeFile(out, document.slice(0, end) + template + document.slice(end))
    await run('xmlsec1', [
      '--sign',
      ...idOfProperties,
      '--privkey-pem',
      `${key},${certificate}`,
      '--output',
      out,
      out,
    ])
  },
}

const jdk: Program = {
  name: 'JDK XMLDSig',
  install: 'apt-get install default-jdk-headless',
  ecdsa: true,
  available: async () => (await answers('java', '-version')) && (await answers('javac', '-version')),
  async verify(files, { certificate }) {
    const { stdout } = await run('java', [java, 'verify', certificate, ...files], { maxBuffer: 1 << 24 })
    const lines = stdout.trimEnd().split('\n')
    if (lines.length !== files.length)
      throw new Error(`the JDK judged ${lines.length} of ${files.length} files`)
    return lines.map((line) => line === 'OK')
  },
  async sign({ unsigned, properties, out, method, digest, canonicalisation }, { key, certificate }) {
    await run('java', [
      java,
      'sign',
      key,
      certificate,
      unsigned,
      properties,
      out,
      method,
      digest,
      canonicalisation,
    ])
  },
}

const xmlCrypto: Program = {
  name: 'xml-crypto',
  ecdsa: false,
  available: async () => true,
  async verify(files, { certificate }) {
    const publicCert = await readFile(certificate, 'utf8')
    return await Promise.all(
      files.map(async (file) => xmlCryptoVerdict(await readFile(file, 'utf8'), publicCert)),
    )
  },
  async sign({ unsigned, properties, out, method, digest, canonicalisation }, { key, certificate }) {
    const signer = new SignedXml({
      privateKey: await readFile(key),
      publicCert: await readFile(certificate, 'utf8'),
      signatureAlgorithm: method,
      canonicalizationAlgorithm: canonicalisation,
      objects: [{ content: await readFile(properties, 'utf8') }],
    })
    const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
    signer.addReference({
      xpath: '/*',
      transforms: [enveloped, canonicalisation],
      digestAlgorithm: digest,
      isEmptyUri: true,
    })
    signer.addReference({
      xpath: "//*[local-name(.)='SignedProperties']",
      transforms: [canonicalisation],
      digestAlgorithm: digest,
      type: 'http://uri.etsi.org/01903#SignedProperties',
    })
    signer.computeSignature(await readFile(unsigned, 'utf8'), { prefix: 'dsig', attrs: { Id: 'Signature' } })
    await writeFile(out, signer.getSignedXml())
  },
}

/**
 * xml-crypto answers false, or throws one of several kinds: all of them are a no. Its parser repairs what is not
 * well-formed and complains on the console: such a document is refused before.
 */
function xmlCryptoVerdict(text: string, publicCert: string): boolean {
  if (!isWellFormed(text)) return false
  try {
    const [signature] = /<(\w+:)?Signature [\s\S]*<\/(\w+:)?Signature>/.exec(text) ?? []
    if (signature === undefined) return false
    const verifier = new SignedXml({ publicCert })
    verifier.loadSignature(signature)
    return verifier.checkSignature(text)
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

function isWellFormed(text: string): boolean {
  try {
    XmlDocument.fromString(text).dispose()
    return true
  } catch (error) {
    if (error instanceof XmlLibError) return false
    throw error
  }
}

export const programs: readonly Program[] = [xmlsec1, jdk, xmlCrypto]
