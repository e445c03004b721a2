// S9 to S11: keys and algorithms.
import { createHmac } from 'node:crypto'
import { written } from '../../../src/envelope/algorithms.ts'
import { type Edits, forge, swap } from '../forge.ts'
import {
  asStranger,
  forgeAs,
  forged,
  good,
  inInfo,
  me,
  myDigest,
  stranger,
  strangerDigest,
  vector,
} from './cases.ts'

export function algorithmsVectors(): void {
  const publicKey = me.certificate.publicKey.export({ type: 'spki', format: 'pem' })
  const method = (uri: string, rest: Edits = {}) =>
    forged({ ...rest, info: (text) => swap(text, written.signature.rsa, uri) })
  vector(
    's09-hmac',
    'S9',
    'envelope.signature-algorithm.refused',
    'HMAC with the public key as secret',
    method('http://www.w3.org/2001/04/xmldsig-more#hmac-sha256', {
      value: (bytes) => createHmac('sha256', publicKey).update(bytes).digest(),
    }),
  )
  vector(
    's09-hmac-sha1',
    'S9',
    'envelope.signature-algorithm.refused',
    'HMAC-SHA1',
    method('http://www.w3.org/2000/09/xmldsig#hmac-sha1', {
      value: (bytes) => createHmac('sha1', publicKey).update(bytes).digest(),
    }),
  )
  vector(
    's09-truncated',
    'S9',
    'envelope.signature.unexpected',
    'HMACOutputLength',
    inInfo('</ds:SignatureMethod>', '<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>'),
  )
  vector(
    's10-own-certificate',
    'S10',
    'envelope.signer.unregistered',
    'signed with a certificate that is not registered, all consistent',
    asStranger({ properties: (text) => swap(text, myDigest, strangerDigest) }),
  )
  vector(
    's10-key-info-only',
    'S10',
    'envelope.signature.wrong',
    'the registered certificate is named, another key signed',
    asStranger(),
  )
  vector(
    's10-retrieval-method',
    'S10',
    'envelope.signature.wrong',
    'RetrievalMethod to another key',
    forge(good, stranger, {
      signature: (text) =>
        swap(
          text,
          /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
          '<ds:KeyInfo><ds:RetrievalMethod URI="https://example.org/key"></ds:RetrievalMethod></ds:KeyInfo>',
        ),
    }),
  )
  vector(
    's10-key-info-reference',
    'S10',
    'envelope.signature.wrong',
    'KeyInfoReference to another key',
    forge(good, stranger, {
      signature: (text) =>
        swap(
          text,
          /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
          '<ds:KeyInfo><k:KeyInfoReference xmlns:k="http://www.w3.org/2009/xmldsig11#" URI="#x"></k:KeyInfoReference></ds:KeyInfo>',
        ),
    }),
  )
  vector(
    's11-rsa-sha1',
    'S11',
    'envelope.signature-algorithm.refused',
    'RSA-SHA1',
    method('http://www.w3.org/2000/09/xmldsig#rsa-sha1', { hash: 'sha1' }),
  )
  vector(
    's11-dsa',
    'S11',
    'envelope.signature-algorithm.refused',
    'DSA',
    method('http://www.w3.org/2000/09/xmldsig#dsa-sha1'),
  )
  vector(
    's11-pss',
    'S11',
    'envelope.signature-algorithm.refused',
    'RSASSA-PSS',
    method('http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'),
  )
  vector(
    's11-unknown',
    'S11',
    'envelope.signature-algorithm.refused',
    'an unknown algorithm',
    method('urn:none'),
  )
  vector(
    's11-absent',
    'S11',
    'envelope.algorithm.missing',
    'no algorithm',
    inInfo(` Algorithm="${written.signature.rsa}"`, ''),
  )
  vector(
    's11-digest-sha1',
    'S11',
    'envelope.digest-algorithm.refused',
    'SHA-1 digests',
    forged({
      digest: 'sha1',
      info: (text) => text.replaceAll(written.digest, 'http://www.w3.org/2000/09/xmldsig#sha1'),
    }),
  )
  vector(
    's11-digest-md5',
    'S11',
    'envelope.digest-algorithm.refused',
    'an MD5 digest',
    inInfo(written.digest, 'http://www.w3.org/2001/04/xmldsig-more#md5'),
  )
  vector(
    's11-digest-absent',
    'S11',
    'envelope.algorithm.missing',
    'no digest algorithm',
    inInfo(` Algorithm="${written.digest}"`, ''),
  )
  vector(
    's11-rsa-1024',
    'S11',
    'envelope.certificate.key-unfit',
    'an RSA key of 1024 bits',
    forgeAs('58-rsa1024'),
  )
  vector('s11-p521', 'S11', 'envelope.certificate.key-unfit', 'a P-521 key', forgeAs('65-p521'))
  vector(
    's11-canonicalisation',
    'S11',
    'envelope.canonicalisation.refused',
    'exclusive canonicalisation with comments',
    inInfo('xml-exc-c14n#', 'xml-exc-c14n#WithComments'),
  )
}
