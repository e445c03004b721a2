// S18: certificates.
import { forge, swap } from '../forge.ts'
import { identityOf } from '../vector-keys.ts'
import {
  asStranger,
  inContent,
  inProperties,
  inSignature,
  myDigest,
  now,
  p256,
  sealedBy,
  strangerDigest,
  vector,
} from './cases.ts'

export function unfitCertificatesVectors(): void {
  vector(
    's18-expired',
    'S18',
    'envelope.certificate.expired',
    'an expired certificate',
    sealedBy('53-expired', {}, Date.UTC(2020, 5, 1)),
  )
  vector(
    's18-future',
    'S18',
    'envelope.certificate.not-yet-valid',
    'a certificate that is not yet valid',
    sealedBy('54-future'),
  )
  vector(
    's18-not-valid-then',
    'S18',
    'envelope.certificate.not-yet-valid',
    'a certificate that was not valid at SigningTime',
    sealedBy('67-recent', {}, Date.UTC(2024, 0, 1)),
  )
  vector(
    's18-authority-expired',
    'S18',
    'envelope.authority.expired',
    'the authority expired before the certificate that it issued',
    sealedBy('70-outlives-authority'),
    Date.UTC(2125, 0, 1),
  )
  vector(
    's18-authority-future',
    'S18',
    'envelope.authority.not-yet-valid',
    'the authority is not yet valid',
    sealedBy('70-outlives-authority', {}, Date.UTC(2015, 0, 1)),
    Date.UTC(2015, 0, 1),
  )
  vector(
    's18-authority-not-valid-then',
    'S18',
    'envelope.authority.not-yet-valid',
    'the authority was not valid at SigningTime',
    sealedBy('70-outlives-authority', {}, Date.UTC(2015, 0, 1)),
  )
  vector(
    's18-sha1-certificate',
    'S18',
    'envelope.certificate.weak',
    'a certificate signed with SHA-1',
    sealedBy('55-sha1'),
  )
  vector(
    's18-ca',
    'S18',
    'envelope.certificate.authority',
    'a certificate of an authority',
    sealedBy('56-ca'),
  )
  vector(
    's18-usage',
    'S18',
    'envelope.certificate.usage',
    'a certificate for encryption',
    sealedBy('57-encipher'),
  )
  vector(
    's18-no-usage',
    'S18',
    'envelope.certificate.usage',
    'a certificate without key usage',
    sealedBy('62-no-usage'),
  )
  vector(
    's18-critical',
    'S18',
    'envelope.certificate.extension-unknown',
    'an unknown critical extension',
    sealedBy('63-critical'),
  )
  vector(
    's18-other-authority',
    'S18',
    'envelope.certificate.foreign',
    'the right name under a wrong authority',
    sealedBy('61-other-authority'),
  )
  vector(
    's18-other-office',
    'S18',
    'envelope.signer.unregistered',
    'the right certificate of another office',
    swapOffice(),
  )
  vector(
    's18-revoked',
    'S18',
    'envelope.signer.unregistered',
    'a certificate taken out of the trust folder',
    asStranger({ properties: (text) => swap(text, myDigest, strangerDigest) }),
  )
  vector(
    's18-no-office',
    'S18',
    'envelope.signer.unknown',
    'an office without certificates',
    inContent('<env:OfficeID>50<', '<env:OfficeID>90<'),
  )
  vector(
    's18-time-ahead',
    'S18',
    'envelope.signing-time.ahead',
    'SigningTime 5 minutes and a second ahead',
    sealedBy('50', {}, now + 301_000),
  )
  vector(
    's18-time-no-zone',
    'S18',
    'envelope.signing-time.malformed',
    'SigningTime without a zone',
    inProperties('+07:00<', '<'),
  )
  vector(
    's18-no-time',
    'S18',
    'envelope.signature.unexpected',
    'no SigningTime',
    inProperties(/<xades:SigningTime>.*<\/xades:SigningTime>/, ''),
  )
  vector(
    's18-two-times',
    'S18',
    'envelope.signature.unexpected',
    'two SigningTime',
    inProperties(
      '<xades:SigningTime>',
      '<xades:SigningTime>2020-01-01T00:00:00Z</xades:SigningTime><xades:SigningTime>',
    ),
  )
  vector(
    's18-no-certificate',
    'S18',
    'envelope.signature.unexpected',
    'no SigningCertificate',
    inProperties(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, ''),
  )
  vector(
    's18-policy',
    'S18',
    'envelope.signature.unexpected',
    'a signature policy',
    inProperties(
      '</xades:SignedSignatureProperties>',
      '<xades:SignaturePolicyIdentifier></xades:SignaturePolicyIdentifier></xades:SignedSignatureProperties>',
    ),
  )
  vector(
    's18-unsigned-other',
    'S18',
    'envelope.signature.unexpected',
    'unsigned properties other than time stamps',
    inSignature(
      '</xades:QualifyingProperties>',
      '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:CounterSignature></xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>',
    ),
  )
  function swapOffice(): string {
    return forge(p256, identityOf('51-p256'), {
      document: (text) => swap(text, '<env:OfficeID>51<', '<env:OfficeID>50<'),
    })
  }
}
