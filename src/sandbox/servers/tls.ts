/** Key and certificate of a server on this machine, PEM texts. */
export interface ServerTls {
  readonly key: string
  readonly certificate: string
  /** The authority that a client must know. */
  readonly authority: string
}
