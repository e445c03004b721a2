// A member of the fleet: one provincial system as its own people see it, with a store and a register of its own. It knows
// its form from what its makers say of it, never from the gateway's profile: so what both get wrong does not cancel out.
import type { Signer, Trust } from '../../envelope/envelope.ts'
import type { OfficeId } from '../../letter/offices.ts'
import type { Clock, Random } from '../../letter/time.ts'
import type { TlsIdentity } from '../inbox/post.ts'
import type { Database, Encoding } from '../servers/database.ts'
import type { BookEntry, OfficeSystem } from '../systems/system.ts'

/** What a member stands on. Shared servers are started when the first member asks for them, once for all. */
export interface FleetStage {
  /** A folder of the member's own, absolute, made. */
  readonly folder: string
  readonly clock: Clock
  readonly random: Random
  /** Told of each entry in the member's book, as it is made. */
  readonly watch: (entry: BookEntry) => void
  /** Where the gateway listens, though perhaps not yet: members are opened before it is started. */
  readonly gateway: { readonly http: string; readonly https: string }
  readonly servers: FleetServers
  /** Key and certificate of the member's own office, for a system that makes envelopes itself. Throws `Missing` where nobody gives them. */
  identity(): OfficeIdentity
}

/** What the installation's authority gave an office. */
export interface OfficeIdentity {
  readonly signer: Signer
  readonly trust: Trust
  /** What its server shows, and whom it believes. */
  readonly server: TlsIdentity
  /** What it shows to the gateway. */
  readonly client: TlsIdentity
  /** What the gateway shows to it. */
  readonly gateway: TlsIdentity
}

/** Real servers on the loopback. Each rejects with `Missing` where the machine has none and none may be installed. */
export interface FleetServers {
  /** A database of the member's own on the shared MariaDB. */
  mariadb(name: string): Promise<Database>
  /** A database of the member's own on the shared PostgreSQL; SQL_ASCII takes any bytes. */
  postgresql(name: string, encoding?: Encoding): Promise<Database>
  /** An account of the member's own on the shared SFTP server, whose root is `root`. */
  sftp(account: string, root: string): Promise<FileAccount & { readonly hostKey: string }>
  /** The same, signed in with a private key under a passphrase: no password opens it. */
  sftpByKey(account: string, root: string): Promise<KeyAccount & { readonly hostKey: string }>
  /** The same on the shared FTP server, with TLS (explicit) or without. */
  ftp(
    account: string,
    root: string,
    tls: 'explicit' | 'none',
  ): Promise<FileAccount & { readonly authority: string }>
  /** A mailbox of the gateway's own and one of the office's, on the shared mail server: SMTP in, IMAP out. */
  mailboxes(account: string): Promise<Mailboxes>
}

/** There is no such server here. */
export class Missing extends Error {
  override readonly name = 'Missing'
  readonly server: string
  /** The command that brings it. */
  readonly remedy: string
  constructor(server: string, remedy: string) {
    super(`${server} is not there: ${remedy}`)
    this.server = server
    this.remedy = remedy
  }
}

export interface FileAccount {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

export interface KeyAccount extends Omit<FileAccount, 'password'> {
  /** PEM, encrypted. */
  readonly key: string
  readonly passphrase: string
}

export interface Mailboxes {
  readonly host: string
  readonly imapPort: number
  readonly smtpPort: number
  /** PEM of the authority of both servers. */
  readonly authority: string
  /** The name under which the server says whose mail it is (Authentication-Results). */
  readonly authenticator: string
  /** The addresses, each the name of its account too. */
  readonly gateway: { readonly address: string; readonly password: string }
  readonly office: { readonly address: string; readonly password: string }
}

/** A member at work. */
export interface OpenedMember {
  readonly system: OfficeSystem
  /** What the gateway's environment must hold for the member's profile. */
  readonly environment: Readonly<Record<string, string>>
}

export interface FleetMember {
  /** The id of the profile that connects it. */
  readonly profile: string
  readonly office: OfficeId
  /** The product, in a few words, for the table: `แฟ้มร่วม 2.1`. */
  readonly product: string
  open(stage: FleetStage): Promise<OpenedMember>
}
