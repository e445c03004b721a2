// The small paths by which a profile names places of a JSON document: `เรื่อง`, `ผู้รับ.ชื่อ`, and from the root `/รุ่น`.
import { forbiddenKeys } from './json.ts'

/** How a value is written; any is read. */
export type ValueType = 'text' | 'number' | 'boolean'

/** A column as the profile writes it: a path, or a path with what makes it a list or no text. */
export type ColumnOption =
  | string
  | {
      readonly at: string
      readonly type?: ValueType
      readonly separator?: string
      readonly each?: string
    }

export interface Place {
  /** The column's name: the path as the profile writes it. */
  readonly at: string
  /** From the root of the document, outside of the records. */
  readonly absolute: boolean
  /** Keys, from the record (or the root) down to the value. */
  readonly steps: readonly string[]
  readonly type: ValueType
  readonly separator?: string
  /** How many of `steps` lead to the list; with a separator only. */
  readonly each: number
}

export const stepsOf = (path: string): readonly string[] => path.split('.')

export const isStep = (key: string): boolean =>
  key !== '' && key === key.trim() && !/[[\]/\u0000-\u001f]/.test(key) && !forbiddenKeys.has(key)

/** The place that a column names, or nothing when its path is none. */
export function placeOf(option: ColumnOption): Place | undefined {
  const { at, type = 'text', separator, each } = typeof option === 'string' ? { at: option } : option
  const absolute = at.startsWith('/')
  const steps = stepsOf(absolute ? at.slice(1) : at)
  if (!steps.every(isStep)) return undefined
  const list = each === undefined ? steps : stepsOf(each)
  if (separator === undefined && each !== undefined) return undefined
  if (separator !== undefined && (absolute || !isBeginning(list, steps))) return undefined
  return {
    at,
    absolute,
    steps,
    type,
    ...(separator !== undefined && { separator }),
    each: separator === undefined ? 0 : list.length,
  }
}

export const isBeginning = (short: readonly string[], long: readonly string[]): boolean =>
  short.length <= long.length && short.every((step, index) => step === long[index])

/** Whether two columns cannot both be: the same place, one within the other's value, or one value where the other is a list. */
export function meet(one: Place, other: Place): boolean {
  if (one.absolute !== other.absolute) return false
  if (isBeginning(one.steps, other.steps) || isBeginning(other.steps, one.steps)) return true
  return [
    [one, other],
    [other, one],
  ].some(
    ([a, b]) =>
      a?.separator !== undefined &&
      b !== undefined &&
      isBeginning(a.steps.slice(0, a.each), b.steps) &&
      a.each !== b.each,
  )
}
