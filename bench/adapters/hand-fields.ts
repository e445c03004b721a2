// What rivals for JSON have in common: every type is looked at.
import { fail } from './hand.ts'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object; an empty one where nothing stands. */
export const fieldsOf = (value: unknown, what: string): Fields =>
  value === undefined ? {} : isFields(value) ? value : fail('no object', what)

/** A text; '' where nothing stands. */
export const textOf = (value: unknown, what: string): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : fail('no text', what)

export const listOf = (value: unknown, what: string): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : fail('no list', what)

export const parsed = (bytes: Buffer): Fields =>
  fieldsOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 'document')

/** What nobody asked for travels along, as in every form: the values of keys that are not `known`. */
export const others = (fields: Fields, path: string, known: ReadonlySet<string>) =>
  Object.keys(fields)
    .filter((key) => !known.has(key))
    .map((key) => ({ name: `${path}${key}`, value: textOf(fields[key], key) }))
    .filter(({ value }) => value !== '')
