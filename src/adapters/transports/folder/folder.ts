// The transport `folder`: documents as files in a folder that the system and the gateway share.
import type { DocumentForm } from '../../formats/format.ts'
import { folderOf, isNoFolder } from '../../places.ts'
import { textOrReference } from '../../schema.ts'
import { transport } from '../transport.ts'
import { folderFetch } from './fetch.ts'
import { folderHandOver } from './hand-over.ts'
import { type FetchOptions, fetchOptions, fetchSettings, whoseOf } from './settings.ts'

interface Options extends FetchOptions {
  readonly path: string
}

/**
 * Options. For fetching: `pattern` (`*` and `?`), `every`: between two looks, `settle`: a file is taken when it has not
 * changed for so long, `wait`: how long for a file beside that is missing, `done`: what becomes of taken files, `limit` and
 * `attachmentLimit`: bytes of a document and of a file beside. For handing over only `path` is used.
 */
export const folder = transport<Options>({
  kind: 'folder',
  about: {
    summary: 'Documents as files in a folder that the system and the gateway share.',
    badDays: [
      [
        'a file that is named is not there',
        'it is waited for, then its letter is a fault',
        'adapter.file.missing',
      ],
      [
        'two open documents name one file',
        'it goes to neither; each letter that names it is a fault',
        'adapter.file.contested',
      ],
      [
        'a document beyond `limit`',
        'it is not read; the quarantine has its name, size, SHA-256 and place',
        'adapter.folder.too-large',
      ],
      [
        'a file beside beyond `attachmentLimit`',
        'it is put aside; each letter that names it is a fault that says so',
        'adapter.file.too-large',
      ],
      [
        'a notice cannot be taken yet, or is still being written',
        'later ones about its letter wait; where it cannot be read they do not, and a person decides on it',
        'adapter.folder.overtaken',
      ],
      [
        'another gateway fetches from the folder',
        'nothing is taken, and `/readyz` says whose it is',
        'adapter.folder.foreign',
      ],
      [
        'another folder stands where the shared one stood (an unmounted share)',
        'nothing is taken or handed over, until it is back; `/readyz` says so of `send`',
        'adapter.folder.other',
      ],
      [
        'a parcel was on the move and is neither staged nor there',
        'unknown, never taken: a person looks',
        'adapter.folder.lost',
      ],
      [
        'a share says no to a rename that it did (NFS after a lost answer, CIFS)',
        'what stands there is believed: the document is claimed, the parcel handed over, once',
      ],
      ['the folder cannot be read or written', 'not now; told once', 'adapter.folder.absent'],
    ],
  },
  options: {
    path: {
      ...textOrReference,
      description: 'the folder; a relative path stands in the gateway’s data folder',
    },
    ...fetchOptions({ every: '2s', settle: '5s' }),
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
    // Asked now and not at a look: a share whose server is gone meanwhile answers nobody, and this asks in the only thread.
    const folder = folderOf(path)
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
        place: options.path,
        whose: whoseOf(context, fetched.document === 'letter' ? 'send' : 'sendNotices', () => folder),
        ...fetchSettings(options),
      })
    const handOver =
      forms.receive || forms.notices
        ? folderHandOver({
            path,
            place: options.path,
            clock,
            ...(forms.receive && { letter: forms.receive }),
            ...(forms.notices && { notice: forms.notices }),
          })
        : undefined
    return {
      ok: true,
      value: {
        doors: [],
        place: { path, folder, pattern: options.pattern.toLowerCase() },
        looksInto: (channel) =>
          forms[channel] === undefined ? undefined : { folder, pattern: fetchSettings(options).pattern },
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
