// XML of a system: its namespaces, the element that is a letter, and the paths to its values.
import { problem } from '../../problem/problem.ts'
import { decodePart } from '../formats/charset.ts'
import { escapeBareAmpersands } from '../formats/e-cms/repair.ts'
import { isName } from '../formats/xml/path.ts'
import { type Element, scanXml } from '../formats/xml/scan.ts'
import type { CharsetGuess } from './charset.ts'
import { findRecords, type Node } from './nested.ts'
import type { Option, SheetRead } from './sheet.ts'

/** The columns of a document of XML. */
export function readMarkup(bytes: Buffer, { charset, reason }: CharsetGuess): SheetRead {
  const repaired = escapeBareAmpersands(bytes)
  const text = decodePart(charset.startsWith('utf-16') ? bytes : repaired.bytes, charset).replace(
    /^\ufeff/,
    '',
  )
  const namespaces = namespacesOf(text)
  const scan = (record: readonly string[], take: (element: Element) => boolean) =>
    scanXml(text, record, { namespaces, inside: false }, take)
  const { root, problem: broken } = scan(['\u0000'], () => false)
  if (root === '') return { ok: false, problem: broken ?? problem('adapter.propose.unknown', '') }
  const tops: Element[] = []
  const whole = scan([root], (element) => {
    tops.push(element)
    return true
  })
  const [top] = tops
  if (top === undefined)
    return { ok: false, problem: whole.problem ?? broken ?? problem('adapter.propose.unknown', '') }
  const found = findRecords([[root, nodeOf(top)]], '/')
  if (found === undefined) return { ok: false, problem: problem('adapter.propose.header', '') }
  const declared = /^<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
  const options: Option[] = [
    { key: 'charset', value: charset, reason },
    ...(declared !== undefined && contradicts(declared, charset)
      ? [
          {
            key: 'declaration',
            value: 'ignore',
            reason: `the document declares ${JSON.stringify(declared)}, and is not`,
          },
        ]
      : []),
    ...(repaired.ampersands === 0 || charset.startsWith('utf-16')
      ? []
      : [{ key: 'repair', value: 'ampersands', reason: `${repaired.ampersands} stand bare in the sample` }]),
    ...(Object.keys(namespaces).length === 0
      ? []
      : [{ key: 'namespaces', value: namespaces, reason: 'as the document declares them' }]),
    { key: 'record', value: found.path.join('/'), reason: `stands ${found.count} times and says the most` },
  ]
  return { ok: true, value: { kind: 'xml', options, columns: found.columns, named: true } }
}

function nodeOf({ attributes, children, text }: Element): Node {
  const inside: (readonly [string, Node])[] = [
    ...[...attributes].flatMap(([key, value]): (readonly [string, Node])[] =>
      isName(key) ? [[`@${key}`, { text: value, children: [] }]] : [],
    ),
    ...children.flatMap((child): (readonly [string, Node])[] =>
      isName(child.name) ? [[child.name, nodeOf(child)]] : [],
    ),
  ]
  if (inside.length === 0) return { text: text.trim(), children: [] }
  return {
    children: text.trim() === '' ? inside : [...inside, ['text()', { text: text.trim(), children: [] }]],
  }
}

/** The document's own prefixes, each URI once. */
function namespacesOf(text: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>()
  for (const [, prefix = '', uri = ''] of text
    .slice(0, 65_536)
    .matchAll(/\sxmlns(?::([A-Za-z][\w.-]{0,30}))?\s*=\s*["']([^"'<&]{1,300})["']/g))
    if (
      !found.has(prefix) &&
      ![...found.values()].includes(uri) &&
      found.size < 20 &&
      !/schema-instance|^xml/i.test(`${uri}`)
    )
      found.set(prefix, uri)
  return Object.fromEntries(found)
}

const contradicts = (declared: string, charset: string): boolean => {
  const said = declared.toLowerCase()
  const thai = /874|tis-?620|8859-11/.test(said)
  return charset.startsWith('utf-8')
    ? !/^utf-?8$/.test(said)
    : charset.startsWith('utf-16')
      ? !said.startsWith('utf-16')
      : !thai
}
