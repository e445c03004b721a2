// The files of a folder on somebody else's server, as far as the gateway needs them: the port between the semantics of a
// remote folder and the protocol (SFTP, FTP).
import type { Readable, Writable } from 'node:stream'
import { attachmentName } from '../../../letter/attachments.ts'
import { describe, type Problem, type ProblemCode, problem, remedyOf } from '../../../problem/problem.ts'

/** What stands under one name, as the server lists it, a link not followed. */
export interface RemoteEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  /** Bytes. */
  readonly size: number
  /** When it was changed, in the server's own words: compared with itself and never with our clock. */
  readonly changed: string
  /** The same in milliseconds, where the server says it so that a program can read it. */
  readonly at?: number
}

/**
 * Verbs on a server's files. Paths are the profile's, `/` between their parts. Each waits no longer than its bound and
 * throws `RemoteFailure` for what the server or the way to it does. None is tried twice.
 */
export interface RemoteFiles {
  /** Everything in a folder, in whatever order the server has; without `.` and `..`. */
  list(folder: string): Promise<readonly RemoteEntry[]>
  /** The size of the file of this name; nothing when none stands there. */
  sizeOf(path: string): Promise<number | undefined>
  /** Streams a file's bytes, piece by piece, to `take`. When that rejects, the connection is ended and the rejection passed on. */
  fetch(path: string, take: (piece: Buffer) => Promise<void>): Promise<void>
  /** Streams bytes into a file of this name; what stood there is gone. */
  store(path: string, bytes: Readable): Promise<void>
  /** Whether a name that is taken is overwritten, the server decides: look before. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  makeFolder(path: string): Promise<void>
  removeFolder(path: string): Promise<void>
}

/** One connection at work. */
export interface RemoteSession extends Omit<RemoteFiles, 'fetch'> {
  fetch(path: string, into: Writable): Promise<void>
  /** False once the connection has ended, whoever ended it. */
  readonly alive: boolean
  /** Ends it now; what is under way fails. */
  close(): void
}

/** What a server, or the way to it, did. `code` as a file system would say it (`ENOENT`), for the log. */
export class RemoteFailure extends Error {
  override readonly name = 'RemoteFailure'
  readonly code: string
  readonly problem: Problem
  /** The connection is gone, or was never made: nothing more can be done with it. */
  readonly lost: boolean
  /** Milliseconds until the server is spoken to again. */
  readonly retryAfter: number | undefined

  constructor(
    code: string,
    found: Problem,
    lost: boolean,
    more: { readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(`${found.code} ${code}`, { cause: more.cause })
    this.code = code
    this.problem = found
    this.lost = lost
    this.retryAfter = more.retryAfter
  }

  /** For people: what happened, and what to do. */
  get said(): string {
    return `${describe(this.problem)} ${remedyOf(this.problem)}`
  }
}

/** The file system on the other side said no. */
export const fileFailure = (code: string, path: string, cause?: unknown): RemoteFailure =>
  new RemoteFailure(code, problem('adapter.folder.failed', '', path, { reason: code }), false, { cause })

/** There is no connection: `found` names the reason, `server` is `host:port`. */
export const lostFailure = (
  code: string,
  found: ProblemCode,
  server: string,
  details: Readonly<Record<string, string>> = {},
  cause?: unknown,
): RemoteFailure => new RemoteFailure(code, problem(found, '', server, details), true, { cause })

export const isFailure = (error: unknown, ...codes: readonly string[]): error is RemoteFailure =>
  error instanceof RemoteFailure && (codes.length === 0 || codes.includes(error.code))

/** Whether a name of a listing may become a part of a path (attacks T5): also none that lost bytes when it became text. */
export const isPlainName = (name: string): boolean => attachmentName(name).ok && !name.includes('\ufffd')

/** A path of the server: `folder` and what stands in it. */
export const inside = (folder: string, ...names: readonly string[]): string =>
  [folder === '/' ? '' : folder, ...names].join('/')

/** A folder that is one: made when absent; throws when a link or something else stands there. */
export async function ensureRemoteFolder(files: RemoteFiles, folder: string, name: string): Promise<void> {
  const stands = async (): Promise<RemoteEntry | undefined> =>
    (await files.list(folder)).find((each) => each.name === name)
  let found = await stands()
  if (found === undefined)
    try {
      return await files.makeFolder(inside(folder, name))
    } catch (error) {
      // Two claims that are done at the same time: the other one made it meanwhile.
      if (!isFailure(error) || error.lost) throw error
      found = await stands()
      if (found === undefined) throw error
    }
  if (found.kind !== 'folder') throw fileFailure('ENOTDIR', inside(folder, name))
}

/** The bytes of a file of the gateway's own, at most `limit` of them: nothing, when none stands there or it is larger. */
export async function fetchSmall(
  files: RemoteFiles,
  path: string,
  limit: number,
): Promise<Buffer | undefined> {
  const size = await files.sizeOf(path)
  if (size === undefined || size > limit) return undefined
  const chunks: Buffer[] = []
  let count = 0
  await files.fetch(path, async (piece) => {
    count += piece.length
    chunks.push(piece)
    if (count > limit) throw fileFailure('EFBIG', path)
  })
  return Buffer.concat(chunks)
}

/** Removes folders that are thought empty, in this order; false when the server refuses one: it may hold something by now. */
export async function removeEmptyFolders(
  files: RemoteFiles,
  ...folders: readonly string[]
): Promise<boolean> {
  for (const folder of folders)
    try {
      await files.removeFolder(folder)
    } catch (error) {
      if (!isFailure(error) || error.lost) throw error
      return false
    }
  return true
}

/** Removes a folder of the gateway's own with everything in it, three folders deep; links are removed, not followed. */
export async function removeTree(files: RemoteFiles, path: string, depth = 3): Promise<void> {
  for (const { name, kind } of await files.list(path)) {
    if (kind === 'folder' && depth > 1) await removeTree(files, inside(path, name), depth - 1)
    else await files.remove(inside(path, name))
  }
  await files.removeFolder(path)
}
