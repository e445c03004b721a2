// S17: forged values.
import { sign } from 'node:crypto'
import { written } from '../../../src/envelope/algorithms.ts'
import { forge, swap } from '../forge.ts'
import { identityOf } from '../vector-keys.ts'
import { forgeAs, forged, p256, sealedBy, vector } from './cases.ts'

export function forgedValuesVectors(): void {
  for (const [name, value] of Object.entries({
    zero: Buffer.alloc(256),
    one: Buffer.concat([Buffer.alloc(255), Buffer.of(1)]),
    short: Buffer.alloc(255, 1),
    long: Buffer.alloc(257, 1),
    ones: Buffer.alloc(256, 255),
  }))
    vector(
      `s17-rsa-${name}`,
      'S17',
      'envelope.signature.wrong',
      `an RSA signature value of ${name}`,
      forged({ value: () => value }),
    )
  vector('s17-e3', 'S17', 'envelope.certificate.key-unfit', 'an RSA key with e = 3', forgeAs('60-e3'))
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  for (const [name, value] of Object.entries({
    zero: Buffer.alloc(64),
    'r-zero': Buffer.concat([Buffer.alloc(32), Buffer.alloc(32, 1)]),
    's-zero': Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32)]),
    order: Buffer.concat([order, order]),
    long: Buffer.alloc(66, 1),
  }))
    vector(
      `s17-ecdsa-${name}`,
      'S17',
      'envelope.signature.wrong',
      `an ECDSA signature value of ${name}`,
      forge(p256, identityOf('51-p256'), { value: () => value }),
    )
  vector(
    's17-ecdsa-der',
    'S17',
    'envelope.signature.wrong',
    'an ECDSA signature written as DER',
    forge(p256, identityOf('51-p256'), {
      value: (bytes) => sign('sha256', bytes, identityOf('51-p256').key),
    }),
  )
  vector(
    's17-other-algorithm',
    'S17',
    'envelope.signer.algorithm-other',
    'RSA is said, the registered key is P-256',
    forge(p256, identityOf('51-p256'), {
      info: (text) => swap(text, written.signature.prime256v1, written.signature.rsa),
    }),
  )
  vector(
    's17-leaf-authority',
    'S17',
    'envelope.certificate.foreign',
    'issued by an office, not the authority',
    sealedBy('66-by-leaf'),
  )
}
