// S2, S3: two of what may stand once.
import { swap } from '../forge.ts'
import { after, good, inContent, inInfo, inSignature, signature, vector } from './cases.ts'

export function secondSignaturesVectors(): void {
  const info = /<ds:SignedInfo.*<\/ds:SignedInfo>/.exec(good)![0]
  vector(
    's02-two-signed-info',
    'S2',
    'envelope.signature.unexpected',
    'two SignedInfo',
    after(info, info + info),
  )
  vector(
    's02-signed-info-last',
    'S2',
    'envelope.signature.unexpected',
    'a second SignedInfo at the end',
    after('</ds:Signature>', `${info}</ds:Signature>`),
  )
  vector(
    's02-nested-signed-info',
    'S2',
    'envelope.signature.unexpected',
    'SignedInfo inside SignedInfo',
    after('</ds:SignedInfo>', `${swap(info, ' Id="Document"', '')}</ds:SignedInfo>`),
  )
  vector(
    's02-two-signatures',
    'S2',
    'envelope.signature.several',
    'the signature twice',
    after(signature, signature + signature),
  )
  vector(
    's02-signature-hidden',
    'S2',
    'envelope.signature.several',
    'a second signature inside KeyInfo',
    after('<ds:KeyInfo>', `<ds:KeyInfo>${signature.replaceAll(/ Id="[^"]*"/g, '')}`),
  )
  vector(
    's02-other-prefix-signature',
    'S2',
    'envelope.signature.several',
    'a second signature under another prefix in the extension',
    inContent(
      '<env:Extension>',
      '<env:Extension><d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"></d:Signature>',
    ),
  )
  vector(
    's03-comment-in-digest',
    'S3',
    'envelope.comment.present',
    'a comment inside DigestValue',
    after('<ds:DigestValue>', '<ds:DigestValue><!--x-->'),
  )
  vector(
    's03-comment-in-signature',
    'S3',
    'envelope.comment.present',
    'a comment inside SignatureValue',
    after('<ds:SignatureValue>', '<ds:SignatureValue><!--x-->'),
  )
  vector(
    's03-element-in-digest',
    'S3',
    'envelope.signature.unexpected',
    'an element inside DigestValue',
    inInfo('<ds:DigestValue>', '<ds:DigestValue><ds:X></ds:X>'),
  )
  vector(
    's03-two-digests',
    'S3',
    'envelope.signature.unexpected',
    'a second DigestValue',
    inInfo('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'),
  )
  vector(
    's03-element-in-signature',
    'S3',
    'envelope.signature.unexpected',
    'an element inside SignatureValue',
    inSignature('<ds:SignatureValue>', '<ds:SignatureValue><ds:X></ds:X>'),
  )
}
