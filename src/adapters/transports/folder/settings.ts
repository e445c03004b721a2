// How a folder is looked into, as its profile says it.
import type { DocumentForm } from '../../formats/format.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import { duration, type JsonSchema, size } from '../../schema.ts'

export interface FolderSettings {
  readonly path: string
  /** By what the gateways know the folder. */
  readonly place: string
  readonly document: 'letter' | 'notice'
  readonly form: DocumentForm
  readonly pattern: RegExp
  /** Milliseconds, as are `settle` and `wait`. */
  readonly every: number
  readonly settle: number
  readonly wait: number
  readonly done: 'rename' | 'delete'
  /** Bytes. */
  readonly limit: number
  readonly attachmentLimit: number
}

/** The options by which documents are fetched, as a profile gives them. */
export interface FetchOptions {
  readonly pattern: string
  readonly every: string
  readonly settle: string
  readonly wait: string
  readonly done: 'rename' | 'delete'
  readonly limit: string
  readonly attachmentLimit: string
}

/** Their schemas; how often is looked differs between a disk and a server far away. */
export const fetchOptions = ({
  every,
  settle,
}: Pick<FetchOptions, 'every' | 'settle'>): Readonly<Record<keyof FetchOptions, JsonSchema>> => ({
  pattern: {
    type: 'string',
    pattern: '^(?!\\.)[^/\\\\*]{1,60}$|^(?!\\.)[^/\\\\*]{0,60}\\*[^/\\\\*]{0,60}$',
    default: '*',
    description: 'a file name with at most one "*" and no path in it: the names of documents, in either case',
  },
  every: { ...duration, default: every, description: 'between two looks' },
  settle: {
    ...duration,
    default: settle,
    description: 'a file is taken when it has not changed for so long',
  },
  wait: {
    ...duration,
    default: '10m',
    description: 'for a file beside that is named and not there; then the letter is a fault',
  },
  done: {
    enum: ['rename', 'delete'],
    default: 'rename',
    description: 'what becomes of taken files: rename: into done/<time>-<n>/document and …/beside',
  },
  limit: { ...size, default: '16MiB', description: 'bytes of a document' },
  attachmentLimit: { ...size, default: '2GiB', description: 'bytes of a file beside' },
})

/** What these options say, but for the folder and the form. */
export const fetchSettings = (
  options: FetchOptions,
): Omit<FolderSettings, 'path' | 'place' | 'document' | 'form'> => ({
  pattern: patternOf(options.pattern),
  every: milliseconds(options.every),
  settle: milliseconds(options.settle),
  wait: milliseconds(options.wait),
  done: options.done,
  limit: byteCount(options.limit),
  attachmentLimit: byteCount(options.attachmentLimit),
})

/** At most one `*`: no text takes more than linear time. `?` is one character. Letters match in either case, as where these systems run. */
function patternOf(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${body}$`, 'iu')
}
