// The signature as it is written here: XAdES baseline B-B (ETSI EN 319 132-1 §6), canonical by construction. Exclusive
// canonicalisation declares a prefix on the element that uses it first within what is signed: `ds` again on SignedInfo,
// `xades` on SignedProperties, and `ds` on each ds: element in it.
import type { Instant } from '../letter/time.ts'
import { signedPropertiesType, written } from './algorithms.ts'
import { namespaces } from './namespaces.ts'

const { ds, xades } = namespaces
const canonical = `Algorithm="${written.canonicalisation}"`

// Each takes the digest in base64.
const documentReference = (digest: string): string =>
  `<ds:Reference Id="Document" URI=""><ds:Transforms><ds:Transform Algorithm="${ds}enveloped-signature"></ds:Transform><ds:Transform ${canonical}></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${written.digest}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`
const propertiesReference = (digest: string): string =>
  `<ds:Reference Type="${signedPropertiesType}" URI="#SignedProperties"><ds:Transforms><ds:Transform ${canonical}></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="${written.digest}"></ds:DigestMethod><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference>`

/** ds:SignedInfo. `method` is the URI of the signature's algorithm; the digests are in base64. */
export const signedInfoText = (method: string, document: string, properties: string): string =>
  `<ds:SignedInfo xmlns:ds="${ds}"><ds:CanonicalizationMethod ${canonical}></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${method}"></ds:SignatureMethod>${documentReference(document)}${propertiesReference(properties)}</ds:SignedInfo>`

/** xades:SignedProperties: signing time, the digest of the signer's certificate in base64, what kind of data was signed. */
export const signedPropertiesText = (signingTime: string, certificateDigest: string): string =>
  `<xades:SignedProperties xmlns:xades="${xades}" Id="SignedProperties"><xades:SignedSignatureProperties><xades:SigningTime>${signingTime}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest><ds:DigestMethod xmlns:ds="${ds}" Algorithm="${written.digest}"></ds:DigestMethod><ds:DigestValue xmlns:ds="${ds}">${certificateDigest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties><xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference="#Document"><xades:MimeType>application/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties></xades:SignedProperties>`

/** The whole ds:Signature of its parts; `value` and `certificate` are in base64. */
export const signatureText = (info: string, value: string, certificate: string, properties: string): string =>
  `<ds:Signature xmlns:ds="${ds}" Id="Signature">${info}<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades="${xades}" Target="#Signature">${properties}</xades:QualifyingProperties></ds:Object></ds:Signature>`

/** When an envelope as it is written here says that it was sealed, unverified; NaN where it was written otherwise. */
export function signingTimeIn(bytes: Buffer): Instant {
  const tag = '<xades:SigningTime>'
  const found = bytes.lastIndexOf(tag)
  const from = found + tag.length
  return found < 0 ? Number.NaN : Date.parse(bytes.toString('latin1', from, bytes.indexOf('<', from)))
}
