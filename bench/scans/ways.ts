// The ways that a scan goes through: one for each transport, as a profile of the fleet has it, and the largest file that it
// carries by its own declared limits.
import { readFileSync } from 'node:fs'

export interface Way {
  /** For people: the transport, and what else tells it apart. */
  readonly name: string
  /** A profile's text. */
  readonly text: string
  /** The same for who writes what comes in, where that is not held to the limits of the text. */
  readonly writer?: string
  /** Of a way that cannot carry any size: the largest file in bytes, each way, and what says so. */
  readonly bound?: { readonly in?: Bound; readonly out?: Bound }
  /** Absent: both. */
  readonly only?: 'in' | 'out'
  /** FTP in TLS. */
  readonly overTls?: true
}

export interface Bound {
  readonly bytes: number
  readonly because: string
  /** What is tried beyond it; absent: four times as much coming in, the whole scan going out. */
  readonly beyond?: number
  /** Beyond it the bench itself does not write. */
  readonly free?: true
}

const mebibyte = 1024 ** 2

/** A file that a program puts into a column by one statement, in hexadecimal: a text of 512 MiB is the longest of Node.js. */
const written = 200 * mebibyte

/** What a MariaDB of usual settings takes in one statement (max_allowed_packet), without the statement itself. */
const packet = 16 * mebibyte - 64 * 1024

const shipped = (profile: string): string =>
  readFileSync(new URL(`../../profiles/${profile}.yaml`, import.meta.url), 'utf8')

/** What base64 leaves of a limit, in lines of 76 characters where it is a mail; the rest of the document needs some room too. */
const insideOf = (limit: number, lines = false): number =>
  Math.floor(((limit - 0.2 * mebibyte) * 3) / 4 / (lines ? 78 / 76 : 1))

/** Both ways by calls of the system: it posts what it sends, and fetches what waits for it. */
const callsOnly = shipped('chiang-rai-json').replace(
  /^receive:[\s\S]*$/m,
  `receive:
  transport: &waiting { kind: http-in, path: /v1/systems/57/waiting, access: *access }
  document: letter
notices: { transport: *waiting, document: notice }
`,
)

/** Files as base64 in XML. That the document may be larger than 16 MiB, and a file larger than 20 MiB, the profile says. */
const xmlInside = shipped('phuket-xml')
  .replace(/^ +- \{ at: แฟ้มแนบ.*\n/m, '        - ชื่อแฟ้ม\n')
  .replace(
    /^( +attachments: ).*$/m,
    '$1{ at: [แฟ้มหนังสือ, ชื่อแฟ้ม], as: { base64: { parts: [content, name], limit: 256MiB } } }',
  )
  .replaceAll('settle: 3s }', 'settle: 3s, limit: 128MiB }')

export const ways: readonly Way[] = [
  { name: 'folder', text: shipped('chiang-mai-csv') },
  { name: 'sftp', text: shipped('lampang-csv') },
  { name: 'ftp, plain', text: shipped('phrae-csv') },
  { name: 'ftp, explicit TLS', text: shipped('phrae-csv'), overTls: true },
  { name: 'http-in, posted and fetched', text: callsOnly },
  { name: 'http-out, pushed', text: shipped('chiang-rai-json'), only: 'out' },
  {
    name: 'rest, files behind addresses; multipart',
    text: shipped('nonthaburi-web').replace('{ at: letter_id, type: number }', 'letter_id'),
  },
  {
    name: 'rest, files behind addresses; uploaded ahead',
    text: shipped('suphan-buri-web').replace(/^ +attachmentLimit:.*\n/m, ''),
  },
  {
    name: 'rest, files in the JSON',
    text: shipped('samut-sakhon-web'),
    writer: shipped('samut-sakhon-web').replaceAll('uri: true }', 'uri: true, limit: 64MiB }'),
    bound: {
      in: { bytes: 20 * mebibyte, because: 'base64 field: limit 20MiB', beyond: 30 * mebibyte },
      out: { bytes: 20 * mebibyte, because: 'base64 field: limit 20MiB' },
    },
  },
  {
    name: 'folder, files in the XML',
    text: xmlInside,
    bound: {
      in: { bytes: 64 * mebibyte, because: 'base64: 64MiB of all files', free: true },
      out: { bytes: 64 * mebibyte, because: 'base64: 64MiB of all files' },
    },
  },
  { name: 'sql, MariaDB, files beside', text: shipped('kamphaeng-phet-sql') },
  {
    name: 'sql, MariaDB, files in columns',
    text: shipped('phitsanulok-sql'),
    bound: {
      in: { bytes: packet / 2, because: 'what MariaDB takes in hexadecimal in one statement', free: true },
      out: { bytes: packet, because: 'what MariaDB takes in one statement, unless it is told otherwise' },
    },
  },
  {
    name: 'sql, PostgreSQL, files in columns',
    text: shipped('songkhla-sql'),
    bound: {
      in: { bytes: written, because: 'what is written in one statement', free: true },
      out: { bytes: 64 * mebibyte, because: 'sql: 64 MiB of a file in a column' },
    },
  },
  {
    name: 'mailbox, IMAP and SMTP',
    // Whoever writes such a mail is not held to the format's own limit.
    text: shipped('nan-mailbox').replaceAll('kind: mail\n', `kind: mail\n      limit: ${100 * mebibyte}\n`),
    bound: {
      in: {
        bytes: insideOf(35 * mebibyte, true),
        because: 'mailbox: limit 35MiB of a mail',
        beyond: 27 * mebibyte,
      },
      out: { bytes: insideOf(40 * mebibyte, true), because: 'the mail server: SIZE 40 MiB' },
    },
  },
  {
    name: 'soap, the gateway serves',
    text: shipped('phatthalung-ecms'),
    bound: {
      in: {
        bytes: insideOf(64 * mebibyte),
        because: 'soap: limit 64MiB of a request',
        beyond: 60 * mebibyte,
      },
      out: { bytes: 64 * mebibyte, because: 'e-cms: attachments 64MiB' },
    },
  },
  {
    name: 'soap-out, the gateway calls',
    text: shipped('yala-ecms-server'),
    bound: {
      in: {
        bytes: insideOf(64 * mebibyte),
        because: 'soap-out: limit 64MiB of an item',
        beyond: 60 * mebibyte,
      },
      out: { bytes: 64 * mebibyte, because: 'e-cms: attachments 64MiB' },
    },
  },
]
