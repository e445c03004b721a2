// X1 to X7: the document.
import { after, good, inContent, inSignature, rootEnd, vector } from './cases.ts'

export function documentsVectors(): void {
  vector(
    'x01-xxe',
    'X1',
    'envelope.doctype.present',
    'an external entity',
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${after('>50<', '>&x;<')}`,
  )
  vector(
    'x01-parameter-entity',
    'X1',
    'envelope.doctype.present',
    'a parameter entity',
    `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]>${good}`,
  )
  vector(
    'x01-external-dtd',
    'X1',
    'envelope.doctype.present',
    'an external DTD',
    `<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.org/x.dtd">${good}`,
  )
  vector(
    'x02-laughs',
    'X2',
    'envelope.doctype.present',
    'a billion laughs',
    `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>${after('>50<', '>&c;<')}`,
  )
  vector(
    'x02-entity',
    'X2',
    'envelope.entity.unknown',
    'an entity that is not defined',
    after('>50<', '>&nbsp;<'),
  )
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
  vector(
    'x04-schema-location',
    'X4',
    'envelope.attribute.prefixed',
    'xsi:schemaLocation on the root',
    inContent(' Version', ` ${xsi} xsi:schemaLocation="urn:a http://127.0.0.1/a.xsd" Version`),
  )
  vector(
    'x04-no-namespace-schema-location',
    'X4',
    'envelope.attribute.prefixed',
    'xsi:noNamespaceSchemaLocation in the letter',
    inContent('<env:Header>', `<env:Header ${xsi} xsi:noNamespaceSchemaLocation="file:///etc/passwd">`),
  )
  vector(
    'x04-schema-inside',
    'X4',
    'envelope.namespace.unknown',
    'a schema inside the extension',
    inContent(
      '<env:Extension>',
      '<env:Extension><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import schemaLocation="http://127.0.0.1/a.xsd"></xs:import></xs:schema>',
    ),
  )
  vector(
    'x04-key-info',
    'X4',
    'ok',
    'xsi:schemaLocation in KeyInfo, which is never used: nothing is fetched',
    inSignature('<ds:KeyInfo>', `<ds:KeyInfo ${xsi} xsi:schemaLocation="urn:a http://127.0.0.1/a.xsd">`),
  )
  vector(
    'x05-ampersand',
    'X5',
    'envelope.xml.malformed',
    'an ampersand that is not escaped',
    after('>50<', '>a & b<'),
  )
  vector('x05-cdata-end', 'X5', 'envelope.xml.malformed', ']]> in text', after('>50<', '>]]><'))
  vector(
    'x05-less-than',
    'X5',
    'envelope.xml.malformed',
    '< in an attribute',
    after('Version="1.0"', 'Version="<1.0"'),
  )
  vector('x06-bom', 'X6', 'envelope.bom.present', 'a byte order mark', `\ufeff${good}`)
  vector(
    'x06-utf16',
    'X6',
    'envelope.bom.present',
    'UTF-16 with a byte order mark',
    Buffer.from(`\ufeff${good}`, 'utf16le'),
  )
  vector(
    'x06-utf16-bare',
    'X6',
    'envelope.xml.malformed',
    'UTF-16 without a byte order mark',
    Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${good}`, 'utf16le'),
  )
  vector(
    'x06-utf7',
    'X6',
    'envelope.encoding.other',
    'UTF-7 declared',
    `<?xml version="1.0" encoding="UTF-7"?>${good}`,
  )
  vector(
    'x06-windows-874',
    'X6',
    'envelope.encoding.other',
    'windows-874 declared',
    `<?xml version="1.0" encoding="windows-874"?>${good}`,
  )
  vector('x06-xml-1.1', 'X6', 'envelope.xml.malformed', 'XML 1.1', `<?xml version="1.1"?>${good}`)
  const bytesFor = (bytes: readonly number[]): Buffer => {
    const at = good.indexOf('>50<') + 1
    return Buffer.concat([Buffer.from(good.slice(0, at)), Buffer.from(bytes), Buffer.from(good.slice(at))])
  }
  vector('x06-overlong', 'X6', 'envelope.utf8.invalid', 'an overlong <', bytesFor([0xc0, 0xbc]))
  vector('x06-surrogate', 'X6', 'envelope.utf8.invalid', 'a surrogate in UTF-8', bytesFor([0xed, 0xa0, 0x80]))
  vector('x06-tis620', 'X6', 'envelope.utf8.invalid', 'TIS-620 bytes', bytesFor([0xb7, 0xb4, 0xca]))
  vector('x06-nul', 'X6', 'envelope.character.forbidden', 'NUL', bytesFor([0]))
  vector(
    'x06-nul-reference',
    'X6',
    'envelope.character.forbidden',
    'NUL as a reference',
    after('>50<', '>&#0;<'),
  )
  vector(
    'x06-surrogate-reference',
    'X6',
    'envelope.character.forbidden',
    'a surrogate as a reference',
    after('>50<', '>&#xD800;<'),
  )
  vector('x06-noncharacter', 'X6', 'envelope.character.forbidden', 'U+FFFE', after('>50<', '>\ufffe<'))
  vector(
    'x06-beyond-unicode',
    'X6',
    'envelope.character.forbidden',
    'a reference beyond Unicode',
    after('>50<', '>&#x110000;<'),
  )
  vector(
    'x07-attribute-twice',
    'X7',
    'envelope.attribute.twice',
    'an attribute twice',
    after('Version="1.0"', 'Version="1.0" Version="1.0"'),
  )
  vector(
    'x07-namespace-twice',
    'X7',
    'envelope.attribute.twice',
    'a namespace declared twice',
    after(' Version', ' xmlns:env="urn:a" Version'),
  )
  vector('x07-after-root', 'X7', 'envelope.xml.malformed', 'a second root', good + good)
  vector('x07-text-after-root', 'X7', 'envelope.xml.malformed', 'text behind the root', `${good}x`)
  vector('x07-cut', 'X7', 'envelope.xml.malformed', 'cut in the middle', good.slice(0, 2000))
  vector('x07-empty', 'X7', 'envelope.document.empty', 'nothing', '')
  vector('x07-no-xml', 'X7', 'envelope.xml.malformed', 'no XML', '{"from":"50"}')
  vector(
    'x07-wrong-end',
    'X7',
    'envelope.xml.malformed',
    'an end tag of another element',
    after('</env:Header>', '</env:Heading>'),
  )
  vector(
    'x07-other-root',
    'X7',
    'envelope.root.unknown',
    'another root',
    good.replace('<env:Envelope', '<env:Letter').replace(rootEnd, '</env:Letter>'),
  )
  vector(
    'x07-other-version',
    'X7',
    'envelope.root.unknown',
    'another version of the namespace',
    good.replaceAll('saraban:envelope:1', 'saraban:envelope:2'),
  )
}
