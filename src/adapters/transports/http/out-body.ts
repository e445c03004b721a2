// The body that a parcel is sent as: the document alone, or multipart with its files, streamed, its length known.
import { randomBytes } from 'node:crypto'
import type { Parcel, WrittenFile } from '../../contract.ts'
import type { DocumentForm, Written } from '../../formats/format.ts'
import { inPieces } from '../gathered.ts'

export interface OutgoingBody {
  readonly contentType: string
  /** Bytes. */
  readonly length: number
  bytes(): AsyncGenerator<Uint8Array>
}

/** Each file's bytes are opened when its turn comes, so that a parcel of gigabytes holds one chunk in memory. */
export function outgoingBody(
  written: Written,
  multipart: DocumentForm['multipart'],
  parcel: Parcel,
  names = { document: 'document', file: 'attachment' },
): OutgoingBody {
  if (written.files.length === 0)
    return {
      contentType: written.mediaType,
      length: written.bytes.length,
      bytes: async function* () {
        yield* inPieces(written.bytes)
      },
    }
  // Nothing depends on this chance: a boundary only has to be one that no file holds.
  const boundary = `saraban-${randomBytes(18).toString('hex')}`
  const head = (lines: readonly string[]) =>
    Buffer.from(`--${boundary}\r\n${lines.join('\r\n')}\r\n\r\n`, 'utf8')
  const documentHead = head(
    multipart === 'related'
      ? [`Content-Type: ${written.mediaType}`, 'Content-ID: <document>']
      : [
          `Content-Disposition: form-data; name="${escaped(names.document)}"`,
          `Content-Type: ${written.mediaType}`,
        ],
  )
  const fileHead = ({ name, mediaType, sha256 }: WrittenFile) =>
    head(
      multipart === 'related'
        ? [`Content-Type: ${mediaType}`, `Content-ID: <${sha256}>`]
        : [
            `Content-Disposition: form-data; name="${escaped(names.file)}"; filename="${escaped(name)}"`,
            `Content-Type: ${mediaType}`,
          ],
    )
  const line = Buffer.from('\r\n')
  const end = Buffer.from(`--${boundary}--\r\n`)
  const files = written.files.map((file) => ({ file, head: fileHead(file) }))
  const start = multipart === 'related' ? `; type="${written.mediaType}"; start="<document>"` : ''
  return {
    contentType: `multipart/${multipart}; boundary="${boundary}"${start}`,
    length:
      documentHead.length +
      written.bytes.length +
      line.length +
      files.reduce((sum, each) => sum + each.head.length + sizeOf(each.file) + line.length, 0) +
      end.length,
    bytes: async function* () {
      yield documentHead
      yield* inPieces(written.bytes)
      yield line
      for (const each of files) {
        yield each.head
        if (each.file.content.kind === 'bytes') yield each.file.content.bytes
        else yield* parcel.open(each.file.sha256)
        yield line
      }
      yield end
    },
  }
}

const sizeOf = ({ content }: WrittenFile): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size

/** As browsers write file names (WHATWG, multipart/form-data): nothing that ends the quotes or the line. */
const escaped = (name: string): string =>
  name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
