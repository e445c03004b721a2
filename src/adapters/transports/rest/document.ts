// A document that waits on a server, and where it stands in what the server says of it.
import { bytesOf, type JsonText, nodeAt, textAt } from './json-text.ts'

/** What waits: the item of a list or the head of a queue, or its bytes where it is no part of a JSON answer. */
export interface Found {
  readonly key: string
  readonly item?: JsonText
  /** Another item of the list has its key and came first: whom the system means by the key nobody can know. */
  readonly another?: true
  readonly bytes?: Buffer
  /** Larger than may be read: the whole answer is in the gateway's keeping. */
  readonly unread?: Large['unread']
  /** Where it was read: relative addresses in it begin there. */
  readonly address: URL
}

/** An answer that is larger than may be read, in the gateway's keeping. */
export interface Large {
  readonly unread: { readonly sha256: string; readonly size: number }
}

export interface Document {
  readonly bytes: Buffer
  /** The whole of which it is a part, where that is JSON: its files may be listed beside it. */
  readonly text?: JsonText
  readonly address: URL
}

/** The part of an item that is the document: as it stands there, or the text that a string holds (XML in JSON). */
export function documentIn(item: JsonText, at: string): Buffer | undefined {
  const node = nodeAt(item.root, at)
  if (node?.members !== undefined) return bytesOf(item, node)
  const text = textAt(item, node)
  return text === undefined || text === '' ? undefined : Buffer.from(text, 'utf8')
}

/** Whether a media type is that of a page: somebody wants a sign-in first. */
export const isPage = (type: string | string[] | undefined): boolean =>
  /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(String(type ?? ''))
