// S1: wrapping.
import { swap } from '../forge.ts'
import { after, content, evil, good, openRoot, rootEnd, signature, vector } from './cases.ts'

export function wrappingVectors(): void {
  vector(
    's01-original-in-object',
    'S1',
    'envelope.signature.unexpected',
    'another letter; the signed one inside ds:Object',
    `${openRoot}${evil}${swap(signature, '</ds:Object>', `${openRoot}${content}${rootEnd}</ds:Object>`)}${rootEnd}`,
  )
  vector(
    's01-original-in-second-object',
    'S1',
    'envelope.signature.unexpected',
    'another letter; the signed one in a second ds:Object',
    `${openRoot}${evil}${swap(signature, '</ds:Signature>', `<ds:Object>${openRoot}${content}${rootEnd}</ds:Object></ds:Signature>`)}${rootEnd}`,
  )
  vector(
    's01-new-root',
    'S1',
    'envelope.signature.misplaced',
    'the signed envelope whole inside another',
    `${openRoot}${evil}${good}${rootEnd}`,
  )
  vector(
    's01-original-in-extension',
    'S1',
    'envelope.digest.wrong',
    'the signed content inside the extension of another letter',
    `${openRoot}${swap(evil, '<env:Extension>', `<env:Extension><env:Field Name="a">${openRoot}${content}${rootEnd}</env:Field>`)}${signature}${rootEnd}`,
  )
  vector(
    's01-original-in-key-info',
    'S1',
    'envelope.digest.wrong',
    'another letter; the signed one inside KeyInfo',
    `${openRoot}${evil}${swap(signature, '<ds:KeyInfo>', `<ds:KeyInfo>${openRoot}${content}${rootEnd}`)}${rootEnd}`,
  )
  vector(
    's01-original-in-time-stamp',
    'S1',
    'envelope.digest.wrong',
    'another letter; the signed one inside a time stamp',
    `${openRoot}${evil}${swap(signature, '</xades:QualifyingProperties>', `<xades:UnsignedProperties><xades:UnsignedSignatureProperties><xades:SignatureTimeStamp>${openRoot}${content}${rootEnd}</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>`)}${rootEnd}`,
  )
  vector(
    's01-signature-first',
    'S1',
    'envelope.signature.misplaced',
    'the signature as first child',
    `${openRoot}${signature}${content}${rootEnd}`,
  )
  vector(
    's01-signature-in-header',
    'S1',
    'envelope.signature.misplaced',
    'the signature inside Header',
    `${openRoot}${swap(content, '</env:Header>', `${signature}</env:Header>`)}${rootEnd}`,
  )
  vector(
    's01-signature-as-root',
    'S1',
    'envelope.root.unknown',
    'the signature around the envelope',
    swap(signature, '</ds:Object>', `${openRoot}${content}${rootEnd}</ds:Object>`),
  )
  vector(
    's01-signature-beside',
    'S1',
    'envelope.xml.malformed',
    'the signature behind the root',
    `${openRoot}${content}${rootEnd}${signature}`,
  )
  vector(
    's01-letter-copied',
    'S1',
    'envelope.digest.wrong',
    'a second letter before the signed one',
    `${openRoot}${swap(content, '<rsm:', `${/<rsm:.*<\/rsm:GovernmentDocument>/.exec(evil)![0]}<rsm:`)}${signature}${rootEnd}`,
  )
  vector(
    's01-behind-signature',
    'S1',
    'envelope.signature.misplaced',
    'a notice added behind the signature',
    after(rootEnd, `<env:Notice></env:Notice>${rootEnd}`),
  )
  vector(
    's01-text-behind-signature',
    'S1',
    'envelope.digest.wrong',
    'text added behind the signature',
    after(rootEnd, `x${rootEnd}`),
  )
  vector(
    's01-changed',
    'S1',
    'envelope.digest.wrong',
    'one word changed',
    `${openRoot}${evil}${signature}${rootEnd}`,
  )
}
