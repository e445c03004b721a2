// How a folder is looked into, as its profile says it.
import { createHash } from 'node:crypto'
import type { DocumentForm } from '../../formats/format.ts'
import { byteCount, milliseconds } from '../../quantities.ts'
import { duration, type JsonSchema, size } from '../../schema.ts'
import type { Channel, TransportContext } from '../transport.ts'

/** Whose the claims in a folder are. */
export interface Whose {
  /** What stands in the id of each claim of this channel. */
  readonly sign: string
  /** The other channel of this profile, where it looks into the same folder. */
  other(): { readonly sign: string; readonly pattern: RegExp } | undefined
}

/** `folder`: of this channel, as `LookedInto` says it. */
export function whoseOf(
  { profile, lookedInto }: Pick<TransportContext, 'profile' | 'lookedInto'>,
  channel: 'send' | 'sendNotices',
  folder: () => string,
): Whose {
  // A claim's id stands before a name of up to 60 characters in one file name: there is no room for a profile's.
  const sign = (of: Channel) => createHash('sha256').update(`${profile} ${of}`).digest('hex').slice(0, 8)
  const second = channel === 'send' ? 'sendNotices' : 'send'
  return {
    sign: sign(channel),
    other: () => {
      const found = lookedInto?.(second)
      return found?.folder === folder() ? { sign: sign(second), pattern: found.pattern } : undefined
    },
  }
}

export interface FolderSettings {
  readonly path: string
  /** By what the gateways know the folder. */
  readonly place: string
  readonly document: 'letter' | 'notice'
  readonly whose: Whose
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
    description: 'what becomes of taken files: rename: into done/<time>-<n>.<sign>/document and …/beside',
  },
  limit: { ...size, default: '16MiB', description: 'bytes of a document' },
  attachmentLimit: { ...size, default: '2GiB', description: 'bytes of a file beside' },
})

/** What these options say, but for the folder and the form. */
export const fetchSettings = (
  options: FetchOptions,
): Omit<FolderSettings, 'path' | 'place' | 'document' | 'form' | 'whose'> => ({
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
