// What a mailbox is worked with: the profile's options, references resolved.

/** One server, and who we are there. */
export interface MailServer {
  readonly host: string
  /** A number, or digits where the profile has a reference. */
  readonly port?: number | string
  readonly user?: string
  readonly password?: string
  /** PEM of the authority that its certificate comes from; absent: the public ones. */
  readonly authority?: string
  /** No TLS at all: for a server on the gateway's own machine or network. */
  readonly plain: boolean
}

/** What becomes of a mail that was taken. Each is the same when it is done twice. `seen`: \Seen, with a keyword of ours by which it is known. */
export type Done = 'seen' | { readonly move: string } | { readonly keyword: string }

export interface FetchSettings {
  readonly server: MailServer
  readonly mailbox: string
  readonly done: Done
  /** The mailbox into which mails that were not understood are moved. */
  readonly failed: string
  /** Milliseconds between two looks. */
  readonly every: number
  /** Milliseconds in which a server must say something. */
  readonly within: number
  /** Bytes of a mail. */
  readonly limit: number
  /** The addresses that may send, in lower case. */
  readonly senders: ReadonlySet<string>
  /** The server whose Authentication-Results are believed; absent: From is believed as it stands. */
  readonly authenticator?: string
  /** What is read: letters, notices, or both, told apart by how the subject of a notice begins. */
  readonly document: 'letter' | 'notice' | { readonly noticesBegin: string }
}

/** The part behind the @ of an address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
