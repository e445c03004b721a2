// S4 to S8: namespaces, Ids, and what two parsers could see differently.
import { createHash } from 'node:crypto'
import { swap } from '../forge.ts'
import { after, forged, good, inContent, inInfo, inProperties, inSignature, vector } from './cases.ts'

export function namesVectors(): void {
  vector('s04-doctype', 'S4', 'envelope.doctype.present', 'a DOCTYPE', `<!DOCTYPE x>${good}`)
  vector(
    's04-default-attribute',
    'S4',
    'envelope.doctype.present',
    'a DOCTYPE with a default attribute',
    `<!DOCTYPE x [<!ATTLIST env:Envelope Id CDATA "Document">]>${good}`,
  )
  vector(
    's04-undeclared-prefix',
    'S4',
    'envelope.namespace.undeclared',
    'an undeclared prefix',
    after('<env:Header>', '<env:Header><x:y></x:y>'),
  )
  vector(
    's04-reserved-prefix',
    'S4',
    'envelope.namespace.reserved',
    'xmlns:xml bound to our namespace',
    after(' Version', ' xmlns:xml="urn:th:go:moi:saraban:envelope:1" Version'),
  )
  const inKeyInfo = (text: string): string => inSignature('</ds:X509Data>', `</ds:X509Data>${text}`)
  for (const [name, uri] of [
    ['percent', 'a:%zz'],
    ['fragments', 'a:#b#c'],
    ['ports', 'http://a:b:c/'],
    ['users', 'http://a@b@c/'],
    ['port', 'http://h:999999999999/'],
  ] as const)
    vector(
      `s05-namespace-${name}`,
      'S5',
      'envelope.namespace.malformed',
      'a namespace that one library takes and another does not, in KeyInfo',
      inKeyInfo(`<q:a xmlns:q="${uri}"></q:a>`),
    )
  vector(
    's06-xml-id',
    'S6',
    'envelope.id.malformed',
    'xml:id in KeyInfo, which is an Id to some readers',
    inKeyInfo('<q:a xmlns:q="urn:a" xml:id="1 a"></q:a>'),
  )
  const many = Array.from({ length: 10 }, (_, index) =>
    Array.from({ length: 12 }, (_unused, each) => ` xmlns:p${index}x${each}="urn:a"`).join(''),
  )
  vector(
    'x07-namespaces-in-force',
    'X7',
    'envelope.namespaces.too-many',
    'more declarations in force than any envelope needs, in KeyInfo',
    inKeyInfo(many.map((each) => `<q:a xmlns:q="urn:a"${each}>`).join('') + '</q:a>'.repeat(10)),
  )
  vector(
    'x07-long-name',
    'X7',
    'envelope.name.too-long',
    'an element whose name has 60,000 letters, in KeyInfo',
    inKeyInfo(`<${'a'.repeat(60_000)} xmlns="urn:a"></${'a'.repeat(60_000)}>`),
  )
  vector(
    's04-foreign-namespace',
    'S4',
    'envelope.namespace.unknown',
    'an element of another namespace',
    inContent('<env:Extension>', '<env:Extension><a xmlns="urn:a"></a>'),
  )
  vector(
    's05-relative-namespace',
    'S5',
    'envelope.namespace.malformed',
    'a relative namespace',
    inSignature('<ds:KeyInfo>', '<ds:KeyInfo xmlns:a="../a">'),
  )
  vector(
    's05-empty-digest',
    'S5',
    'envelope.digest.wrong',
    'the digest of nothing',
    inInfo(/<ds:DigestValue>[^<]*/, `<ds:DigestValue>${createHash('sha256').digest('base64')}`),
  )
  vector(
    's05-absent-digest',
    'S5',
    'envelope.base64.malformed',
    'an empty DigestValue',
    inInfo(/<ds:DigestValue>[^<]*/, '<ds:DigestValue>'),
  )
  vector(
    's06-id-in-capitals',
    'S6',
    'envelope.signature.unexpected',
    'ID instead of Id',
    inProperties(' Id=', ' ID='),
  )
  vector(
    's06-prefixed-id',
    'S6',
    'envelope.attribute.prefixed',
    'x:Id instead of Id',
    inProperties(' Id=', ' xmlns:x="urn:x" x:Id='),
  )
  vector(
    's06-rebound-ds',
    'S6',
    'envelope.signature.missing',
    'ds bound to another namespace',
    after('xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id', 'xmlns:ds="urn:ds" Id'),
  )
  vector(
    's06-rebound-inside',
    'S6',
    'envelope.signature.unexpected',
    'SignedInfo of another namespace',
    after('<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', '<ds:SignedInfo xmlns:ds="urn:ds"'),
  )
  vector(
    's06-prefixed-attribute',
    'S6',
    'envelope.attribute.prefixed',
    'a prefixed Id in the content',
    inContent('<env:Header>', '<env:Header xml:id="SignedProperties">'),
  )
  vector(
    's07-entity-in-id',
    'S7',
    'envelope.entity.unknown',
    'an entity in an Id',
    after('Id="SignedProperties"', 'Id="&Signed;Properties"'),
  )
  vector(
    's07-reference-in-id',
    'S7',
    'envelope.properties-digest.wrong',
    'another Id, spelled with references and signed around',
    forged({
      after: (text) =>
        swap(
          text,
          'Id="SignedProperties"><xades:SignedSig',
          'Id="&#83;ignedProperties"><xades:SigningTime></xades:SigningTime><xades:SignedSig',
        ),
    }),
  )
  vector(
    's08-id-twice',
    'S8',
    'envelope.id.twice',
    'the Id of the properties twice',
    inSignature('<ds:KeyInfo>', '<ds:KeyInfo Id="SignedProperties">'),
  )
  vector(
    's08-id-in-content',
    'S8',
    'envelope.id.twice',
    'the Id of the properties on a field, as ID',
    inContent('<env:Header>', '<env:Header ID="SignedProperties">'),
  )
  vector(
    's08-target-wrong',
    'S8',
    'envelope.signature.target-wrong',
    'properties of another signature',
    inSignature('Target="#Signature"', 'Target="#Other"'),
  )
}
