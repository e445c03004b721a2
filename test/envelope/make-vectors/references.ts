// S13 to S16: comments, missing references, loose comparison.
import { createHash } from 'node:crypto'
import { swap } from '../forge.ts'
import { after, content, forged, good, inContent, inInfo, openRoot, rootEnd, vector } from './cases.ts'

export function referencesVectors(): void {
  const firstReference = /<ds:Reference Id.*?<\/ds:Reference>/.exec(good)![0]
  vector(
    's13-comment-in-value',
    'S13',
    'envelope.comment.present',
    'a comment inside OfficeID',
    after('<env:OfficeID>50', '<env:OfficeID>50<!---->1'),
  )
  vector(
    's13-instruction-in-value',
    'S13',
    'envelope.instruction.present',
    'a processing instruction inside OfficeID',
    after('<env:OfficeID>50', '<env:OfficeID>50<?x?>'),
  )
  vector(
    's13-cdata-in-value',
    'S13',
    'envelope.cdata.present',
    'CDATA inside OfficeID',
    after('<env:OfficeID>50', '<env:OfficeID><![CDATA[50]]>'),
  )
  vector(
    's13-comment-behind',
    'S13',
    'envelope.comment.present',
    'a comment behind the root',
    `${good}<!-- -->`,
  )
  vector(
    's13-instruction-before',
    'S13',
    'envelope.instruction.present',
    'a processing instruction before the root',
    `<?xml-stylesheet href="x"?>${good}`,
  )
  vector(
    's14-no-signature',
    'S14',
    'envelope.signature.missing',
    'no signature',
    `${openRoot}${content}${rootEnd}`,
  )
  vector(
    's14-no-reference',
    'S14',
    'envelope.reference.missing',
    'no reference',
    forged({
      info: (text) =>
        swap(
          swap(text, firstReference.slice(0, 40), '<ds:Reference Id="Document" URI="">').replace(
            /<ds:Reference.*<\/ds:Reference>/,
            '',
          ),
          '</ds:SignedInfo>',
          '</ds:SignedInfo >',
        ).replace('</ds:SignedInfo >', '</ds:SignedInfo>'),
    }),
  )
  vector(
    's14-properties-only',
    'S14',
    'envelope.reference.missing',
    'only the properties are signed',
    forged({ info: (text) => text.replace(/<ds:Reference Id.*?<\/ds:Reference>/, '') }),
  )
  vector(
    's14-document-only',
    'S14',
    'envelope.reference.missing',
    'only the document is signed',
    forged({ info: (text) => text.replace(/<ds:Reference Type.*?<\/ds:Reference>/, '') }),
  )
  vector(
    's14-document-twice',
    'S14',
    'envelope.reference.foreign',
    'the document twice, no properties',
    forged({
      info: (text) => {
        const [one] = /<ds:Reference Id.*?<\/ds:Reference>/.exec(text)!
        return text.replace(/<ds:Reference Type.*?<\/ds:Reference>/, one.replace(' Id="Document"', ''))
      },
    }),
  )
  vector(
    's14-manifest',
    'S14',
    'envelope.reference.foreign',
    'a manifest',
    inInfo('URI="#SignedProperties"', 'URI="#Manifest"'),
  )
  vector(
    's14-manifest-type',
    'S14',
    'envelope.reference.foreign',
    'the Type of a manifest',
    inInfo('http://uri.etsi.org/01903#SignedProperties', 'http://www.w3.org/2000/09/xmldsig#Manifest'),
  )
  vector(
    's14-letter-only',
    'S14',
    'envelope.reference.foreign',
    'only the letter is signed',
    inInfo('URI=""', 'URI="#Letter"'),
  )
  vector(
    's15-digest-case',
    'S15',
    'envelope.digest.wrong',
    'a digest in other case',
    forged({
      info: (text) =>
        text.replace(
          /(<ds:DigestValue>[^<]*?)([a-z])/,
          (_, before: string, letter: string) => before + letter.toUpperCase(),
        ),
    }),
  )
  vector(
    's15-digest-cut',
    'S15',
    'envelope.digest.wrong',
    'the beginning of the right digest',
    forged({ info: (text) => text.replace(/<ds:DigestValue>([^<]{4})[^<]*/, '<ds:DigestValue>$1') }),
  )
  vector(
    's15-digest-bits',
    'S15',
    'envelope.base64.malformed',
    'base64 with bits left over',
    forged({
      info: (text) =>
        text
          .replace(/(<ds:DigestValue>[^<]{42})[^<]=/, '$1/=')
          .replace(/(<ds:DigestValue>[^<]{42})\/=/, '$1/='),
    }),
  )
  vector(
    's15-office-space',
    'S15',
    'envelope.signer.unknown',
    'the office id with a space',
    inContent('<env:OfficeID>50<', '<env:OfficeID> 50<'),
  )
  vector(
    's15-office-thai-digits',
    'S15',
    'envelope.signer.unknown',
    'the office id in Thai digits',
    inContent('<env:OfficeID>50<', '<env:OfficeID>๕๐<'),
  )
  vector(
    's15-office-prototype',
    'S15',
    'envelope.signer.unknown',
    'an office called __proto__',
    inContent('<env:OfficeID>50<', '<env:OfficeID>__proto__<'),
  )
  vector(
    's15-two-offices',
    'S15',
    'envelope.from.unclear',
    'two offices in From',
    inContent(
      '<env:OfficeID>50</env:OfficeID>',
      '<env:OfficeID>50</env:OfficeID><env:OfficeID>51</env:OfficeID>',
    ),
  )
  vector(
    's15-two-from',
    'S15',
    'envelope.from.unclear',
    'two From',
    inContent('<env:To>', '<env:From><env:OfficeID>51</env:OfficeID></env:From><env:To>'),
  )
  vector(
    's16-first-wrong',
    'S16',
    'envelope.digest.wrong',
    'only the first reference is wrong',
    forged({
      info: (text) =>
        swap(
          text,
          /<ds:DigestValue>[^<]*/,
          `<ds:DigestValue>${createHash('sha256').update('x').digest('base64')}`,
        ),
    }),
  )
  vector(
    's16-last-wrong',
    'S16',
    'envelope.properties-digest.wrong',
    'only the last reference is wrong',
    forged({
      info: (text) =>
        text.replace(/(.*<ds:DigestValue>)[^<]*/, `$1${createHash('sha256').update('x').digest('base64')}`),
    }),
  )
  vector(
    's16-swapped',
    'S16',
    'ok',
    'the references in the other order',
    forged({
      info: (text) => {
        const [one] = /<ds:Reference Id.*?<\/ds:Reference>/.exec(text)!
        return swap(swap(text, one, ''), '</ds:SignedInfo>', `${one}</ds:SignedInfo>`)
      },
    }),
  )
}
