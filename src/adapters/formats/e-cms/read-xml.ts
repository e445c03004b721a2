// Reads the bytes of a message into a small tree.
import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import {
  chunkSize,
  type FileOf,
  Refusal,
  TreeBuilder,
  usualBounds,
  type XmlBounds,
  type XmlDocument,
} from './tree-builder.ts'

/** After so many chunks others get their turn: a large letter must not hold up the whole process. */
const turn = 16

/**
 * Reads well-formed UTF-8 XML within `bounds`. No DOCTYPE, no entities but the five of XML, no processing
 * instructions; an XML declaration may be there or not. Never throws for what the bytes hold.
 */
export async function readXml(
  bytes: Buffer,
  bounds: XmlBounds = usualBounds,
  fileOf?: FileOf,
): Promise<Result<XmlDocument>> {
  const builder = new TreeBuilder(bounds, fileOf)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for (let at = 0, chunks = 1; at < bytes.length; at += chunkSize, chunks += 1) {
      builder.write(decodePart(decoder, bytes.subarray(at, at + chunkSize), at))
      if (chunks % turn === 0) await setImmediate()
    }
    builder.write(decodePart(decoder, undefined, bytes.length))
    return good(builder.end())
  } catch (thrown) {
    if (thrown instanceof Refusal) return bad(thrown.problem)
    throw thrown
  }
}

/** The same at once, for small documents: at most 4 MiB. */
export function readTree(bytes: Buffer, bounds: XmlBounds = usualBounds): Result<XmlDocument> {
  try {
    const builder = new TreeBuilder(bounds)
    builder.write(decodePart(new TextDecoder('utf-8', { fatal: true }), bytes, 0))
    return good(builder.end())
  } catch (thrown) {
    if (thrown instanceof Refusal) return bad(thrown.problem)
    throw thrown
  }
}

function decodePart(decoder: TextDecoder, part: Buffer | undefined, at: number): string {
  try {
    return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true })
  } catch (cause) {
    if (cause instanceof TypeError) {
      const found = `bytes that are no UTF-8, near byte ${at + soundBytes(part ?? Buffer.alloc(0)) + 1}`
      throw new Refusal(problem('ecms.encoding', '', undefined, { found }))
    }
    throw cause
  }
}

/** How many bytes come back unchanged: where the first wrong one stands. */
function soundBytes(part: Buffer): number {
  const again = Buffer.from(part.toString('utf8'))
  const at = part.findIndex((byte, index) => byte !== again[index])
  return at === -1 ? part.length : at
}
