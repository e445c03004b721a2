// Records whose cells hold files: the document is read without them, and each is a slice of it.
import type { Item, Source } from '../contract.ts'
import { lifted } from '../lifted.ts'
import { type HeldContent, sizeOf } from '../pieces.ts'
import type { RecordsWork } from './records-work.ts'
import { columnsOfRules } from './rows-of-letters.ts'

/** The file for which a text stands; nothing for a text that is one itself. */
export type FileOf = (text: string) => HeldContent | undefined

/**
 * Whether files in cells can be told from all else by their bytes, and nobody looks into them: ASCII, nothing of base64 between
 * two of them or between the parts of their column, no rule of the profile that goes by what they say, no part of a column.
 */
export function standApart({ form, mapping, definition }: RecordsWork): boolean {
  const { files, columns } = mapping
  if (files?.codec.files?.inside === undefined || form.charset.startsWith('utf-16')) return false
  const rules = columnsOfRules(definition)
  const between = [files.codec.files.separator, ...files.at.map((column) => form.separatorIn?.(column))]
  return (
    files.at.every((column) => columns.includes(column) && !rules.includes(column)) &&
    !between.some((separator) => /[A-Za-z0-9+/=\s\\]/.test(separator ?? ''))
  )
}

/**
 * Reads a source with its files apart. Where anything is wrong with it, or a long text stands where no file is read, it is read
 * again as it stands: what is said of it is the same then, to the character.
 */
export function readApart(
  source: Source,
  work: RecordsWork,
  read: (source: Source, fileOf: FileOf) => readonly Item[],
): readonly Item[] {
  const whole = (): readonly Item[] => read(source, () => undefined)
  const { form, mapping } = work
  const aside = standApart(work) ? lifted(source.bytes, form.kind === 'json-records') : undefined
  if (aside === undefined) return whole()
  const limit = mapping.files?.codec.files?.inside?.file ?? 0
  let fits = true
  const items = read({ ...source, bytes: aside.bytes }, (text) => {
    const file = aside.fileOf(text)
    if (file !== undefined && sizeOf(file) > limit) fits = false
    return file
  })
  return fits && aside.allFound() && items.every(({ kind }) => kind === 'letter') ? items : whole()
}
