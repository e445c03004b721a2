// S12: transforms and references.
import { written } from '../../../src/envelope/algorithms.ts'
import { canonical, good, inInfo, vector } from './cases.ts'

export function transformsVectors(): void {
  const enveloped = 'Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"'
  for (const [name, uri] of Object.entries({
    xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
    xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
    base64: 'http://www.w3.org/2000/09/xmldsig#base64',
    filter: 'http://www.w3.org/2002/06/xmldsig-filter2',
  })) {
    vector(
      `s12-${name}`,
      'S12',
      'envelope.transform.refused',
      `a transform ${name} instead of a canonicalisation`,
      inInfo(`<ds:Transform ${canonical}`, `<ds:Transform Algorithm="${uri}"`),
    )
    vector(
      `s12-${name}-first`,
      'S12',
      'envelope.transform.refused',
      `a transform ${name} instead of enveloped-signature`,
      inInfo(enveloped, `Algorithm="${uri}"`),
    )
  }
  vector(
    's12-many-transforms',
    'S12',
    'envelope.transform.refused',
    'many transforms',
    inInfo(
      `<ds:Transform ${canonical}></ds:Transform>`,
      `<ds:Transform ${canonical}></ds:Transform>`.repeat(20),
    ),
  )
  vector(
    's12-no-enveloped',
    'S12',
    'envelope.transform.refused',
    'no enveloped-signature',
    inInfo(`<ds:Transform ${enveloped}></ds:Transform>`, ''),
  )
  vector(
    's12-prefix-list',
    'S12',
    'envelope.prefix-list.present',
    'a PrefixList',
    inInfo(
      `<ds:Transform ${canonical}>`,
      `<ds:Transform ${canonical}><ec:InclusiveNamespaces xmlns:ec="${written.canonicalisation}" PrefixList="env"></ec:InclusiveNamespaces>`,
    ),
  )
  vector(
    's12-xpointer',
    'S12',
    'envelope.reference.foreign',
    'an XPointer',
    inInfo('URI=""', 'URI="#xpointer(/)"'),
  )
  vector(
    's12-external',
    'S12',
    'envelope.reference.foreign',
    'an external URI',
    inInfo('URI=""', 'URI="file:///etc/passwd"'),
  )
  vector('s12-no-uri', 'S12', 'envelope.reference.foreign', 'no URI', inInfo(' URI=""', ''))
  const secondReference = /<ds:Reference Type.*?<\/ds:Reference>/.exec(good)![0]
  vector(
    's12-many-references',
    'S12',
    'envelope.reference.several',
    'ten references',
    inInfo('<ds:Reference ', `${'<ds:Reference></ds:Reference>'.repeat(8)}<ds:Reference `),
  )
  vector(
    's12-three-references',
    'S12',
    'envelope.reference.several',
    'a third reference',
    inInfo('</ds:SignedInfo>', `${secondReference}</ds:SignedInfo>`),
  )
}
