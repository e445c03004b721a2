// Whether the paths of a profile's `xml` format name places that can be told apart, read and written.
import type { Finding } from '../../schema.ts'
import { unsayable } from '../charset.ts'
import { type ColumnOption, isBeginning, isName, isPrefix, type Place, placeOf } from './path.ts'
import type { Layout } from './write.ts'

export interface XmlOptions extends Omit<Layout, 'record'> {
  readonly declaration: 'check' | 'ignore'
  readonly record: string
  readonly columns: readonly ColumnOption[]
  readonly repair?: 'ampersands'
  readonly references: 'refuse' | 'write'
  readonly records: number
}

/** What the schema cannot say of paths: each problem at its place. */
export function xmlFindings(options: XmlOptions): readonly Finding[] {
  const { record, columns, namespaces, charset } = options
  const findings: Finding[] = []
  const wrong = (at: readonly (string | number)[], value: string, expected: string): void => {
    findings.push({ at, code: 'adapter.profile.value-wrong', value, details: { expected } })
  }
  const steps = record.split('/')
  const uris = Object.values(namespaces)
  for (const [prefix, uri] of Object.entries(namespaces)) {
    if (!isPrefix(prefix)) wrong(['namespaces', prefix], prefix, 'a prefix, or "" for names without one')
    if (uris.indexOf(uri) !== uris.lastIndexOf(uri)) wrong(['namespaces', prefix], uri, 'a URI of its own')
  }
  const unknown = (names: readonly string[]): string | undefined =>
    names.find((name) => name.includes(':') && !Object.hasOwn(namespaces, name.split(':')[0] ?? ''))
  if (!steps.every(isName)) wrong(['record'], record, 'a path of elements from the root: บัญชี/หนังสือ')
  else if (unknown(steps) !== undefined) wrong(['record'], record, 'prefixes that namespaces knows')
  if (unsayable(record, charset) !== undefined) wrong(['record'], record, `names that ${charset} can write`)
  const places: Place[] = []
  for (const [index, column] of columns.entries()) {
    const at = ['columns', index]
    const place = placeOf(column)
    const path = typeof column === 'string' ? column : column.at
    if (place === undefined) {
      wrong(at, path, 'a path: หนังสือ/เรื่อง, @เลขที่, text(); of a list, each names an element on its way')
      continue
    }
    const names = [...place.steps, ...(place.attribute === undefined ? [] : [place.attribute])]
    if (unknown(names) !== undefined) wrong(at, path, 'prefixes that namespaces knows')
    if (unsayable(path, charset) !== undefined) wrong(at, path, `names that ${charset} can write`)
    if (
      place.absolute &&
      (steps.length === 1 || place.steps[0] !== steps[0] || isBeginning(steps, place.steps))
    )
      wrong(at, path, `a path below ${steps[0]} that does not lead into a record`)
    const conflict = places.find((earlier) => meet(earlier, place))
    if (conflict !== undefined) wrong(at, path, `a place that leaves ${conflict.at} what it is`)
    places.push(place)
  }
  return findings
}

/** Whether two columns cannot both be: the same place, text beside elements, or one element where the other is many. */
function meet(one: Place, other: Place): boolean {
  if (one.absolute !== other.absolute) return false
  const same = one.steps.length === other.steps.length && isBeginning(one.steps, other.steps)
  if (same && one.attribute === other.attribute) return true
  return [
    [one, other],
    [other, one],
  ].some(([a, b]) => {
    if (a === undefined || b === undefined) return false
    const textAmongElements =
      a.attribute === undefined && a.steps.length < b.steps.length && isBeginning(a.steps, b.steps)
    const many = a.separator !== undefined && isBeginning(a.steps.slice(0, a.each), b.steps)
    return textAmongElements || (many && b.each !== a.each)
  })
}
