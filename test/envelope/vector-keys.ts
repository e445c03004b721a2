// The keys and certificates of the vectors: made once and committed, good for a hundred years, and for tests only.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Trust } from '../../src/envelope/envelope.ts'
import { offices } from '../../src/letter/offices.ts'
import { type Identity, issue, type KeyKind, newKey, trustOf, type Wanted } from './certificates.ts'

const folder = new URL('./vectors/keys/', import.meta.url)

type Made = Omit<Wanted, 'key' | 'subject' | 'issuer'> & {
  readonly kind?: KeyKind
  readonly subject?: string
  /** The name of the issuer; `authority` by default, empty for self-signed. */
  readonly by?: string
}

const year = (number: number): number => Date.UTC(number, 0, 1)

/** By name; a name that begins with an office id is registered for that office, unless it ends in `-stranger`. */
const wanted: Readonly<Record<string, Made>> = {
  authority: { by: '', ca: true, usage: 'authority', subject: 'saraban test authority' },
  'other-authority': { by: '', ca: true, usage: 'authority', subject: 'saraban test authority' },
  '50': {},
  '50-older': {},
  '50-stranger': {},
  '51-p256': { kind: 'p256' },
  '52-p384': { kind: 'p384' },
  '53-expired': { to: year(2021) },
  '54-future': { from: year(2090) },
  '55-sha1': { hash: 'sha1' },
  '56-ca': { ca: true },
  '57-encipher': { usage: 'encipher' },
  '58-rsa1024': { kind: 'rsa-1024' },
  '60-e3': { kind: 'rsa-e3' },
  '61-other-authority': { by: 'other-authority' },
  '62-no-usage': { usage: 'none' },
  '63-critical': { criticalExtension: true },
  '64-rsa3072': { kind: 'rsa-3072', hash: 'sha512' },
  '65-p521': { kind: 'p521' },
  '66-by-leaf': { by: '50' },
  '67-recent': { from: year(2025) },
  '70-outlives-authority': { from: year(2010), to: year(2130) },
  moi: {},
}

/** The identity with this name, made and written on its first use. */
export function identityOf(name: string): Identity {
  const keyFile = new URL(`${name}.key.pem`, folder)
  const certificateFile = new URL(`${name}.pem`, folder)
  if (existsSync(keyFile))
    return {
      key: createPrivateKey(readFileSync(keyFile)),
      certificate: new X509Certificate(readFileSync(certificateFile)),
    }
  const made = wanted[name]
  if (made === undefined) throw new Error(`no identity is called ${name}`)
  const { kind, by = 'authority', subject = `office ${name}`, ...rest } = made
  const identity = issue({
    ...rest,
    subject,
    key: newKey(kind),
    ...(by !== '' && { issuer: identityOf(by) }),
  })
  mkdirSync(folder, { recursive: true })
  writeFileSync(keyFile, identity.key.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(certificateFile, identity.certificate.toString())
  return identity
}

/** The trust folder of the vectors. */
export function vectorTrust(): Trust {
  const names = Object.keys(wanted).filter((name) => !name.endsWith('-stranger'))
  const registered = offices.map(({ id }) => {
    const own = names.filter((name) => name === id || name.startsWith(`${id}-`))
    return [id, own.map(identityOf)] as const
  })
  return trustOf(identityOf('authority'), Object.fromEntries(registered))
}
