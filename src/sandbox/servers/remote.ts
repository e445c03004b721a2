// What the servers for SFTP and FTP have in common: accounts, each with a folder of this machine's disk, and bad days at the push of a button.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'

export const verbs = ['list', 'stat', 'read', 'write', 'rename', 'remove', 'mkdir', 'rmdir'] as const
export type Verb = (typeof verbs)[number]

/** What a server does instead of what it is asked: breaks the connection before or after it did it, says no before or after, or nothing. */
export type Fault = 'drop-before' | 'drop-after' | 'refuse' | 'refuse-after' | 'silent'

/** A row of a listing, as the server is about to send it. */
export interface Row {
  readonly name: string
  readonly size: number
  readonly mtime: number
  readonly kind: 'file' | 'folder' | 'link'
}

/** The bad days. Paths are the server's own, absolute. */
export class Day {
  /** Asked before each verb. */
  fault: ((verb: Verb, path: string) => Fault | undefined) | undefined
  /** What happens on the server's disk before a verb is carried out. */
  meanwhile: ((verb: Verb, path: string) => void) | undefined
  /** The connection breaks when so many bytes of files have passed, either way. */
  dropAfterBytes: number | undefined
  /** Bytes that the server's disk has left for what is written. */
  quota: number | undefined
  /** Changes what a listing says. */
  listing: ((rows: Row[], path: string) => Row[]) | undefined
  password = 'correct'
  connections = 0
  signIns = 0
  readonly said: string[] = []

  /** Counts bytes that pass; true when the connection is to break now. */
  passes(bytes: number): boolean {
    if (this.dropAfterBytes === undefined) return false
    this.dropAfterBytes -= bytes
    if (this.dropAfterBytes >= 0) return false
    this.dropAfterBytes = undefined
    return true
  }

  /** Takes room on the disk; false when there is too little. */
  room(bytes: number): boolean {
    if (this.quota === undefined) return true
    this.quota -= bytes
    return this.quota >= 0
  }

  asked(verb: Verb, path: string): Fault | undefined {
    this.said.push(`${verb} ${path}`)
    this.meanwhile?.(verb, path)
    return this.fault?.(verb, path)
  }
}

/** Who may sign in, with the password of the day, and the folder of this disk that is shown as `/`. */
export interface Account {
  readonly user: string
  readonly root: string
  readonly day: Day
  /** Of SFTP: the public key, as SSH writes it, in base64, of a pair with which the account signs in too. */
  readonly publicKey?: string
}

/** A server of many accounts. */
export interface RemoteHost {
  readonly port: number
  add(account: Account): void
  /** Accepts no connection until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
}

/** A server of one account, `moi`, over a scratch folder. */
export interface RemoteServer {
  readonly port: number
  /** The folder that the server shows as `/`. */
  readonly root: string
  readonly day: Day
  /** The options of a profile's transport that lead here, but for the folders. */
  readonly options: string
  /** Accepts no connection until `comeBack`. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  stop(): Promise<void>
}

/** The path on this disk of one of the account's paths. */
export const placeOf = ({ root }: Account, path: string): string => join(root, posix.resolve('/', path))

/** An account over a scratch folder with the four folders of the channels. */
export function scratch(): { account: Account; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'saraban-remote-'))
  for (const name of ['out', 'answers', 'in', 'status']) mkdirSync(join(root, name))
  return {
    account: { user: 'moi', root, day: new Day() },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}
