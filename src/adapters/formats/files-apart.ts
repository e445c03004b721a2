// Records whose cells hold files: the document is read without them, and each is a slice of it.
import type { Item, Source } from '../contract.ts'
import type { Mapping } from '../fields/mapping.ts'
import { lifted } from '../lifted.ts'
import { type HeldContent, sizeOf } from '../pieces.ts'
import type { RecordForm } from './format.ts'

/** The file for which a text stands; nothing for a text that is one itself. */
export type FileOf = (text: string) => HeldContent | undefined

/** Whether files in cells can be told from all else by their bytes: ASCII, and nothing of base64 between two of them. */
export function standApart({ charset }: RecordForm, { files }: Mapping): boolean {
  if (files?.codec.files?.inside === undefined || charset.startsWith('utf-16')) return false
  return !/[A-Za-z0-9+/=\s\\]/.test(files.codec.files.separator ?? '')
}

/**
 * Reads a source with its files apart. Where anything is wrong with it, or a long text stands where no file is read, it is read
 * again as it stands: what is said of it is the same then, to the character.
 */
export function readApart(
  source: Source,
  form: RecordForm,
  mapping: Mapping,
  read: (source: Source, fileOf: FileOf) => readonly Item[],
): readonly Item[] {
  const whole = (): readonly Item[] => read(source, () => undefined)
  const aside = standApart(form, mapping) ? lifted(source.bytes, form.kind === 'json-records') : undefined
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
