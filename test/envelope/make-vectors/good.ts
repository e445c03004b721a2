// Envelopes that are good, however they are written.
import { written } from '../../../src/envelope/algorithms.ts'
import { office } from '../../letter/arbitrary.ts'
import { swap } from '../forge.ts'
import {
  canonical,
  forged,
  good,
  inContent,
  inProperties,
  inSignature,
  notice,
  now,
  sealedBy,
  vector,
} from './cases.ts'

export function goodVectors(): void {
  vector('ok-letter', '-', 'ok', 'as sealed here', good)
  vector(
    'ok-circular',
    '-',
    'ok',
    'several recipients, references, an extension',
    sealedBy('50', {
      circular: true,
      to: { offices: [office('51'), office('52'), office('moi')] },
      references: [{ number: 'มท 0210.3/ว 3893', subject: 'เดิม & <ใหม่>\r\n"' }],
      extension: [{ name: 'a "b" <&>', value: ' ก\r\nข ' }],
    }),
  )
  vector(
    'ok-rotated',
    '-',
    'ok',
    'signed with the older of two registered certificates',
    sealedBy('50-older'),
  )
  vector('ok-p256', '-', 'ok', 'ECDSA P-256 with SHA-256', sealedBy('51-p256'))
  vector('ok-p384', '-', 'ok', 'ECDSA P-384 with SHA-384', sealedBy('52-p384'))
  vector('ok-rsa3072', '-', 'ok', 'RSA-3072', sealedBy('64-rsa3072'))
  vector(
    'ok-declaration',
    '-',
    'ok',
    'with an XML declaration and white space around the root',
    `<?xml version='1.0' encoding="utf-8" standalone='yes'?>\r\n ${good}\n`,
  )
  vector(
    'ok-wrapped-base64',
    '-',
    'ok',
    'SignatureValue in lines',
    inSignature(/(SignatureValue>[^<]{60})/, `${/SignatureValue>[^<]{60}/.exec(good)![0]}\r\n\t &#xD;`),
  )
  vector('ok-no-key-info', '-', 'ok', 'without KeyInfo', inSignature(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, ''))
  vector(
    'ok-foreign-key-info',
    '-',
    'ok',
    'KeyInfo is never used, whatever it holds',
    inSignature(
      /<ds:KeyInfo>.*<\/ds:KeyInfo>/,
      '<ds:KeyInfo xml:lang="th"><dsig11:ECKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#" dsig11:Id="x">?</dsig11:ECKeyValue></ds:KeyInfo>',
    ),
  )
  vector(
    'ok-time-stamp',
    '-',
    'ok',
    'a time stamp added later',
    inSignature(
      '</xades:QualifyingProperties>',
      '<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp><xades:EncapsulatedTimeStamp>MA==</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>',
    ),
  )
  vector(
    'ok-indented',
    '-',
    'ok',
    'indented, empty elements, single quotes',
    forged({
      document: (text) =>
        text
          .replace(/></g, '>\n  <')
          .replace(/<([\w:]+)([^<>]*)>\s*<\/\1>/g, '<$1$2/>')
          .replace(/"/g, "'"),
    }),
  )
  vector(
    'ok-other-prefixes',
    '-',
    'ok',
    'other prefixes, and none',
    forged({
      document: (text) =>
        text
          .replace(/env:/g, '')
          .replace('xmlns:env', 'xmlns')
          .replaceAll('ds:', 'sig:')
          .replaceAll('xmlns:ds', 'xmlns:sig'),
    }),
  )
  for (const [name, uri] of [
    ['inclusive', 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'],
    ['inclusive-1.1', 'http://www.w3.org/2006/12/xml-c14n11'],
  ] as const)
    vector(
      `ok-${name}`,
      '-',
      'ok',
      `${name} canonicalisation`,
      forged({
        canonicalisation: name,
        document: (text) =>
          swap(
            text.replaceAll(written.canonicalisation, uri),
            ' Version',
            ' xmlns:unused="urn:unused" Version',
          ),
      }),
    )
  vector(
    'ok-no-canonicalisation',
    '-',
    'ok',
    'no canonicalisation transform means inclusive',
    forged({
      canonicalisation: 'inclusive',
      document: (text) =>
        swap(
          swap(
            text.replaceAll(`<ds:Transform ${canonical}></ds:Transform>`, ''),
            '<ds:Transforms></ds:Transforms>',
            '',
          ),
          `CanonicalizationMethod ${canonical}`,
          'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
    }),
  )
  vector(
    'ok-rsa-sha512',
    '-',
    'ok',
    'RSA-SHA512 with SHA-512 digests',
    forged({
      hash: 'sha512',
      digest: 'sha512',
      document: (text) =>
        text.replace(/(<ds:SignedInfo.*<\/ds:SignedInfo>)/, (info) =>
          info
            .replaceAll(written.digest, 'http://www.w3.org/2001/04/xmlenc#sha512')
            .replace('rsa-sha256', 'rsa-sha512'),
        ),
    }),
  )
  vector(
    'ok-certificate-v1',
    '-',
    'ok',
    'SigningCertificate of XAdES 1.3.2',
    inProperties(
      /<xades:SigningCertificateV2>(.*)<\/xades:Cert><\/xades:SigningCertificateV2>/,
      `<xades:SigningCertificate>${/V2>(.*)<\/xades:Cert><\/xades:SigningCertificateV2>/.exec(good)![1]}<xades:IssuerSerial><ds:X509IssuerName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">CN=x</ds:X509IssuerName></xades:IssuerSerial></xades:Cert></xades:SigningCertificate>`,
    ),
  )
  vector(
    'ok-at-earlier',
    'S18',
    'ok',
    'an expired certificate, judged for an auditor at the time of receipt',
    sealedBy('53-expired', {}, Date.UTC(2020, 5, 1)),
    Date.UTC(2020, 5, 1),
  )
  vector('ok-clock-skew', 'S18', 'ok', 'SigningTime 5 minutes ahead', sealedBy('50', {}, now + 300_000))
  vector('ok-notice', '-', 'ok', 'an accept notice of the ministry', notice)

  vector(
    'ok-unused-namespace',
    '-',
    'ok',
    'canonical but for a namespace that nothing uses',
    inContent(' Version', ' xmlns:unused="urn:unused" Version'),
  )
  vector(
    'ok-namespace-again',
    '-',
    'ok',
    'canonical but for a namespace declared twice',
    inContent('<env:Header>', '<env:Header xmlns:env="urn:th:go:moi:saraban:envelope:1">'),
  )
  vector(
    'ok-namespace-early',
    '-',
    'ok',
    'canonical but for a namespace declared before its use',
    inContent(' Version', ' xmlns:rsm="urn:th:gov:egif:data:standard:GovernmentDocument:1.0" Version'),
  )
}
