// The channels of a proposed profile: a skeleton whose hosts, paths and secrets the installation names.

import type { ProposedNotices } from './notices.ts'
import { textOf } from './yaml.ts'

export const transportKinds = ['folder', 'sftp', 'ftp', 'http-in', 'mailbox'] as const
export type TransportKind = (typeof transportKinds)[number]

const extensions: Readonly<Record<string, string>> = {
  csv: 'csv',
  'html-table': 'xls',
  xlsx: 'xlsx',
  dbf: 'dbf',
  xml: 'xml',
  'json-records': 'json',
  mail: 'eml',
  'fixed-width': 'txt',
}

export interface Channels {
  readonly kind: TransportKind
  readonly office: string
  readonly format: string
  /** How the names of the samples end (`txt`); absent: as files of the format usually do. */
  readonly ending?: string
}

/** Lines of YAML for `send`, `sendNotices`, `receive` and `notices`. */
export function channelLines(
  { kind, office, format, ending }: Channels,
  { untold, options }: Pick<ProposedNotices, 'untold' | 'options'>,
): readonly string[] {
  const env = (name: string): string => `{ env: SARABAN_${office}_${name} }`
  const pattern = `"*.${ending ?? extensions[format] ?? format}"`
  const told = untold.length === 0 ? '' : `, untold: [${untold.join(', ')}]`
  if (kind === 'folder')
    return [
      'send: # the folder into which the system puts its letters',
      `  transport: { kind: folder, path: ${env('SEND')}, pattern: ${pattern}, settle: 5s }`,
      '  document: letter',
      'sendNotices: # what became of letters that the system was given',
      `  transport: { kind: folder, path: ${env('SEND_NOTICES')}, pattern: ${pattern}, settle: 5s }`,
      '  document: notice',
      `receive: { transport: { kind: folder, path: ${env('RECEIVE')} }, document: letter }`,
      `notices: { transport: { kind: folder, path: ${env('NOTICES')} }, document: notice${told} }`,
    ]
  if (kind === 'http-in')
    return [
      'send: # the system posts its letters, with a key of its own, and fetches what waits for it',
      '  transport:',
      '    kind: http-in',
      `    path: /v1/systems/${office}/letters`,
      `    access: &access { kind: api-key, sha256: [${env('KEY_SHA256')}] }`,
      '  document: letter',
      'sendNotices:',
      `  transport: { kind: http-in, path: /v1/systems/${office}/notices, access: *access }`,
      '  document: notice',
      'receive:',
      `  transport: &waiting { kind: http-in, path: /v1/systems/${office}/waiting, access: *access }`,
      '  document: letter',
      `notices: { transport: *waiting, document: notice${told} }`,
    ]
  if (kind === 'mailbox') {
    const begins = String(options.find(({ key }) => key === 'subject')?.value ?? '').replace(/\{.*/s, '')
    const open =
      begins.trim() === ''
        ? 'TO BE COMPLETED: no mail of letters may begin so'
        : 'no mail of letters may begin so'
    return [
      'send: # a mailbox of the gateway’s own, to which this office alone writes',
      '  transport: &mailbox',
      '    kind: mailbox',
      `    address: ${env('ADDRESS')} # the gateway’s own`,
      `    office: ${env('OFFICE_ADDRESS')} # the office’s`,
      ...['imap', 'smtp'].map((server) => {
        const host = env(server.toUpperCase())
        return `    ${server}: { host: ${host}, user: ${env('USER')}, password: ${env('PASSWORD')} }`
      }),
      `    senders: [${env('OFFICE_ADDRESS')}]`,
      '    # authentication: { server: … } # TO BE COMPLETED: without it a From can be forged',
      `    notices: ${textOf(begins.trim() || 'แจ้งผลหนังสือ')} # ${open}`,
      '  document: letter',
      'sendNotices: { transport: *mailbox, document: notice }',
      'receive: { transport: *mailbox, document: letter }',
      `notices: { transport: *mailbox, document: notice${told} }`,
    ]
  }
  return [
    'send:',
    '  transport: &server',
    `    kind: ${kind}`,
    `    host: ${env('HOST')}`,
    `    user: ${env('USER')}`,
    `    password: ${env('PASSWORD')}`,
    ...(kind === 'sftp' ? [`    hostKey: ${env('HOST_KEY')}`] : ['    tls: explicit']),
    '    folders: { send: out, sendNotices: answers, receive: in, notices: status } # TO BE CHECKED',
    `    pattern: ${pattern}`,
    '    settle: 5s',
    '  document: letter',
    'sendNotices: { transport: *server, document: notice }',
    'receive: { transport: *server, document: letter }',
    `notices: { transport: *server, document: notice${told} }`,
  ]
}
