import type { LetterFields } from './letter.ts'

/**
 * A letter as an adapter read it, before it is checked: whatever could be read. Attachments are not part of it: their
 * size and digest are known only when their bytes are kept.
 */
export type LetterDraft = { readonly [Field in keyof Omit<LetterFields, 'attachments'>]?: LetterFields[Field] | undefined }
