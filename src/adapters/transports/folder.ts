// The transport `folder`: documents as files in a folder that the system and the gateway share.
import type { DocumentForm } from '../formats/format.ts'
import { isNoFolder } from '../places.ts'
import { byteCount, milliseconds } from '../quantities.ts'
import { duration, size, textOrReference } from '../schema.ts'
import { folderFetch } from './folder-fetch.ts'
import { folderHandOver } from './folder-hand-over.ts'
import { transport } from './transport.ts'

interface Options {
  readonly path: string
  readonly pattern: string
  readonly every: string
  readonly settle: string
  readonly wait: string
  readonly done: 'rename' | 'delete'
  readonly limit: string
  readonly attachmentLimit: string
}

/**
 * Options. For fetching: `pattern` (`*` and `?`), `every`: between two looks, `settle`: a file is taken when it has not
 * changed for so long, `wait`: how long for a file beside that is missing, `done`: what becomes of taken files, `limit` and
 * `attachmentLimit`: bytes of a document and of a file beside. For handing over only `path` is used.
 */
export const folder = transport<Options>({
  kind: 'folder',
  options: {
    path: textOrReference,
    pattern: {
      type: 'string',
      pattern: '^(?!\\.)[^/\\\\*]{1,60}$|^(?!\\.)[^/\\\\*]{0,60}\\*[^/\\\\*]{0,60}$',
      default: '*',
      description: 'a file name with at most one "*" and no path in it',
    },
    every: { ...duration, default: '2s' },
    settle: { ...duration, default: '5s' },
    wait: { ...duration, default: '10m' },
    done: { enum: ['rename', 'delete'], default: 'rename' },
    limit: { ...size, default: '16MiB' },
    attachmentLimit: { ...size, default: '2GiB' },
  },
  required: ['path'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'pushes',
  place: ({ path }) => path,
  deeper: (_options, channels) =>
    channels.includes('send') && channels.includes('sendNotices')
      ? [
          {
            at: ['pattern'],
            code: 'adapter.profile.value-wrong',
            value: 'one folder and pattern for both',
            details: { expected: 'for letters and for notices, different folders or patterns' },
          },
        ]
      : [],
  create: (options, context) => {
    const path = context.absolute(options.path)
    if (isNoFolder(path))
      return { ok: false, findings: [{ at: ['path'], code: 'adapter.option.no-folder', value: path }] }
    const { forms, clock } = context
    const fetched: { readonly document: 'letter' | 'notice'; readonly form: DocumentForm } | undefined =
      forms.send
        ? { document: 'letter', form: forms.send }
        : forms.sendNotices && { document: 'notice', form: forms.sendNotices }
    const fetch =
      fetched &&
      folderFetch({
        ...fetched,
        path,
        pattern: patternOf(options.pattern),
        every: milliseconds(options.every),
        settle: milliseconds(options.settle),
        wait: milliseconds(options.wait),
        done: options.done,
        limit: byteCount(options.limit),
        attachmentLimit: byteCount(options.attachmentLimit),
      })
    const handOver =
      forms.receive || forms.notices
        ? folderHandOver({
            path,
            clock,
            ...(forms.receive && { letter: forms.receive }),
            ...(forms.notices && { notice: forms.notices }),
          })
        : undefined
    return {
      ok: true,
      value: {
        doors: [],
        place: { path, pattern: options.pattern.toLowerCase() },
        start: async (verbs) => {
          await handOver?.start(verbs)
          await fetch?.start(verbs)
        },
        stop: async () => fetch?.stop(),
        ...(handOver && { deliver: handOver.deliver }),
      },
    }
  },
})

/** At most one `*`: no text takes more than linear time. `?` is one character. Letters match in either case, as where these systems run. */
function patternOf(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${body}$`, 'iu')
}
