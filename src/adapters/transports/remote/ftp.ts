// The transport `ftp`: documents as files in folders of a server that speaks FTP over TLS; plain FTP only where the profile
// says in so many words that nothing protects what is sent.

import { milliseconds } from '../../quantities.ts'
import { textOrReference } from '../../schema.ts'
import { tlsFindings } from '../tls.ts'
import { transport } from '../transport.ts'
import { folderFindings, type RemoteOptions, remoteFolder, remoteOptions } from './folder.ts'
import { openFtp } from './ftp-files.ts'

interface Options extends RemoteOptions {
  readonly password: string
  readonly tls?: 'explicit' | 'implicit'
  readonly ca?: string
  readonly plain?: true
}

/** Options, beside those of folder.ts. `tls`: `explicit` (AUTH TLS) or `implicit`; `ca`: PEM of the authority; `plain`: no TLS. */
export const ftp = transport<Options>({
  kind: 'ftp',
  about: {
    summary:
      'Documents as files in folders of an FTP server over TLS; what `folder` promises holds here too, on the server.',
    badDays: [
      ['the server’s certificate is not good', 'nothing is sent', 'adapter.ftp.certificate'],
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
    tls: {
      enum: ['explicit', 'implicit'],
      description: 'explicit (AUTH TLS, and so if not said) or implicit',
    },
    ca: {
      ...textOrReference,
      description:
        'PEM of the authority that the server’s certificate comes from; if not said, the public ones',
    },
    plain: { const: true, description: 'no TLS: the password and every letter can be read on the way' },
  },
  required: ['host', 'user', 'password', 'folders'],
  channels: ['send', 'sendNotices', 'receive', 'notices'],
  handOver: 'pushes',
  place: ({ host, folders, port, tls }, channel) => [host, port ?? usualPort(tls), folders[channel]],
  deeper: ({ folders, plain, tls, ca }, used) => [
    ...folderFindings(folders, used),
    ...(plain && (tls ?? ca) !== undefined
      ? [{ at: ['plain'], code: 'adapter.ftp.plain', value: tls === undefined ? 'ca' : 'tls' } as const]
      : []),
  ],
  create: (options, context) => {
    const used = Object.keys(context.forms) as (keyof typeof context.forms)[]
    const { host, user, password, ca } = options
    const authority = ca === undefined ? {} : { authority: ca }
    const [fault, ...more] = [
      ...folderFindings(options.folders, used),
      ...tlsFindings(authority).map((each) => ({ ...each, at: ['ca'] })),
    ]
    if (fault !== undefined) return { ok: false, findings: [fault, ...more] }
    const port = Number(options.port ?? usualPort(options.tls))
    const tls = options.plain === true ? ('none' as const) : (options.tls ?? 'explicit')
    const account = { host, port, user, password, tls, ...(ca !== undefined && { ca }) }
    const open = (made: (abandon: () => void) => void) => openFtp(account, milliseconds(options.within), made)
    return { ok: true, value: remoteFolder(options, `${host}:${port}`, context, open) }
  },
})

const usualPort = (tls: Options['tls']): number => (tls === 'implicit' ? 990 : 21)
