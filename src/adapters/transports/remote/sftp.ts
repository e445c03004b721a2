// The transport `sftp`: documents as files in folders of a server that speaks SFTP.

import { milliseconds } from '../../quantities.ts'
import { secret, textOrReference } from '../../schema.ts'
import { transport } from '../transport.ts'
import { folderFindings, type RemoteOptions, remoteFolder, remoteOptions } from './folder.ts'
import { openSftp } from './sftp-files.ts'

interface Options extends RemoteOptions {
  readonly key?: string
  readonly passphrase?: string
  readonly hostKey: string | readonly string[]
}

const fingerprint = '^SHA256:[A-Za-z0-9+/]{43}$'

/** Options, beside those of folder.ts. `hostKey`: fingerprints of the keys that the server may show; `key` and `passphrase`: our private key. */
export const sftp = transport<Options>({
  kind: 'sftp',
  about: {
    summary:
      'Documents as files in folders of an SFTP server; what `folder` promises holds here too, on the server.',
    badDays: [
      [
        'the server shows another key',
        'nothing is sent, and the key that it showed is told',
        'adapter.sftp.host-key',
      ],
      [
        'our key cannot be read, or its passphrase is wrong',
        'not now; told once',
        'adapter.sftp.key-unreadable',
      ],
      ['the connection breaks before the document’s rename', 'not now', 'adapter.remote.lost'],
      ['it breaks in the rename', 'unknown; the next attempt finds out'],
      [
        'the server refuses name, password or key',
        'not now, and not before a minute',
        'adapter.remote.sign-in',
      ],
      [
        'a document beyond `limit`',
        'it is not read; the quarantine has its name, size and place, and its SHA-256 up to `attachmentLimit`',
        'adapter.folder.too-large',
      ],
      [
        'a file beside beyond `attachmentLimit`',
        'it is put aside; each letter that names it is a fault that says so',
        'adapter.file.too-large',
      ],
      ['a folder is not there', 'not now', 'adapter.remote.folder-missing'],
      ['no connection', 'not now, at growing intervals up to 5 min', 'adapter.remote.unreachable'],
    ],
  },
  options: {
    ...remoteOptions,
    key: { ...secret, description: 'our private key, instead of a password' },
    passphrase: { ...secret, description: 'of our key' },
    hostKey: {
      description:
        'the fingerprint of the server’s key, SHA256:… (ssh-keygen -lf), or several while it changes',
      anyOf: [textOrReference, { type: 'array', items: textOrReference, minItems: 1, maxItems: 8 }],
    },
  },
  required: ['host', 'user', 'hostKey', 'folders'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'pushes',
  place: ({ host, port, folders }, channel) => [host, port ?? 22, folders[channel]],
  deeper: (options, used) => [
    ...folderFindings(options.folders, used),
    ...credentials(options),
    ...hostKeysOf(options).flatMap((each) => (typeof each === 'string' ? hostKeyFindings(each) : [])),
  ],
  create: (options, context) => {
    const used = Object.keys(context.forms) as (keyof typeof context.forms)[]
    const [fault, ...more] = [
      ...folderFindings(options.folders, used),
      ...hostKeysOf(options).flatMap((each) => hostKeyFindings(each)),
    ]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    const { host, user, password, key, passphrase } = options
    const port = Number(options.port ?? 22)
    const account = {
      host,
      port,
      user,
      hostKeys: hostKeysOf(options),
      ...(password !== undefined && { password }),
      ...(key !== undefined && { key }),
      ...(passphrase !== undefined && { passphrase }),
    }
    const times = { connect: milliseconds(options.connect), within: milliseconds(options.within) }
    const open = (made: (abandon: () => void) => void) => openSftp(account, times, made)
    return { ok: true, value: remoteFolder(options, `${host}:${port}`, context, open) }
  },
})

const credentials = ({ password, key }: Options) =>
  password === undefined && key === undefined ? [{ at: [], code: 'adapter.remote.credentials' } as const] : []

const hostKeysOf = ({ hostKey }: Options): readonly string[] =>
  Array.isArray(hostKey) ? hostKey : [hostKey as string]

const hostKeyFindings = (text: string) =>
  new RegExp(fingerprint).test(text)
    ? []
    : [
        {
          at: ['hostKey'],
          code: 'adapter.profile.value-wrong',
          value: text,
          details: { expected: 'SHA256: and 43 characters, as ssh-keygen -lf shows it' },
        } as const,
      ]
