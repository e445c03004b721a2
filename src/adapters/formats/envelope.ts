// The document format `envelope`: sealed by its sender, passed on as it is (design §5.1, §5.2).

import { good, problem } from '../../problem/problem.ts'
import type { Item, Source } from '../contract.ts'
import { type DocumentForm, documentFormat, type Outgoing, type Written } from './format.ts'

/** Bytes of an envelope that anybody may send: what the reader of envelopes takes (design §5.1). */
const limit = 4 * 1024 * 1024

/** Nothing is read here: only the gateway reads an envelope, from the bytes whose digest it has checked (principle 6). */
export const envelope = documentFormat<Readonly<Record<string, never>>>({
  kind: 'envelope',
  about: {
    summary:
      'The signed envelope itself ([envelope.md](../envelope.md)), of offices that seal by themselves: nothing is read or changed on the way.',
    badDays: [
      ['larger than 4 MiB', 'a fault', 'adapter.document.too-large'],
      ['it does not verify', 'answered with the reason; nothing of its content is used'],
    ],
  },
  options: {},
  create: (): DocumentForm => ({
    kind: 'envelope',
    multipart: 'related',
    receipts: true,
    read: async (source) => [item(source)],
    write: async (outgoing) => good(written(outgoing)),
  }),
})

function item({ bytes, beside }: Source): Item {
  if (bytes.length > limit)
    return {
      kind: 'fault',
      position: 'envelope',
      problems: [problem('adapter.document.too-large', '', undefined, { limit })],
    }
  return { kind: 'envelope', position: 'envelope', bytes, attachments: beside }
}

function written({ envelope, sealed }: Outgoing): Written {
  if (sealed === undefined) throw new Error('an envelope that is not sealed was to be sent')
  const attachments = envelope.content === 'letter' ? envelope.letter.attachments : []
  // The same bytes under two names are one part: what is sent is named by its digest.
  const once = attachments.filter(
    (each, index) => attachments.findIndex(({ sha256 }) => sha256 === each.sha256) === index,
  )
  return {
    bytes: sealed.bytes,
    mediaType: 'application/xml',
    extension: 'xml',
    files: once.map(({ mediaType, sha256, size }) => ({
      name: sha256,
      mediaType,
      sha256,
      content: { kind: 'attachment', size },
    })),
    spilled: [],
  }
}
