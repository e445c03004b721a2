// Whether the paths of a profile's `json-records` format name places that can be told apart, read and written.
import type { Finding } from '../../schema.ts'
import type { Charset } from '../charset.ts'
import { type ColumnOption, isStep, meet, type Place, placeOf, stepsOf } from './path.ts'

export interface JsonRecordsOptions {
  readonly charset: Charset
  readonly layout: 'document' | 'lines'
  /** The path to the list of records, or to the only one; '' is the whole document. */
  readonly record: string
  readonly list: boolean
  readonly columns: readonly ColumnOption[]
  readonly blank: 'omit' | 'null' | 'empty'
  readonly escapes: 'refuse' | 'write' | 'all'
  readonly indent: number
  readonly records: number
}

/** What the schema cannot say of paths: each problem at its place. */
export function pathFindings({ layout, record, columns }: JsonRecordsOptions): readonly Finding[] {
  const findings: Finding[] = []
  const wrong = (at: Finding['at'], value: string, expected: string): void => {
    findings.push({ at, code: 'adapter.profile.value-wrong', value, details: { expected } })
  }
  const steps = record === '' ? [] : stepsOf(record)
  if (!steps.every(isStep)) wrong(['record'], record, 'a path of keys from the root: data.letters')
  if (layout === 'lines' && record !== '')
    wrong(['record'], record, 'no path: each line is a record by itself')
  const places: Place[] = []
  for (const [index, column] of columns.entries()) {
    const at = ['columns', index]
    const place = placeOf(column)
    const path = typeof column === 'string' ? column : column.at
    if (place === undefined) {
      wrong(at, path, 'a path: เรื่อง, ผู้รับ.ชื่อ, /รุ่น; of a list, each is the path to it')
      continue
    }
    if (place.absolute && (steps.length === 0 || beside(steps, place.steps)))
      wrong(at, path, 'a path from the root that does not lead into the records')
    const conflict = places.find((earlier) => meet(earlier, place))
    if (conflict !== undefined) wrong(at, path, `a place that leaves ${conflict.at} what it is`)
    places.push(place)
  }
  return findings
}

/** Whether one of two paths is the beginning of the other. */
const beside = (record: readonly string[], steps: readonly string[]): boolean =>
  record.slice(0, steps.length).every((step, index) => step === steps[index])
