// A ministry's inbox that does as little as it may, in a process of its own, so that it holds nobody up: it reads an envelope,
// computes its digest, and answers with a signed receipt over mutual TLS. It verifies nothing and keeps nothing.
// `node ministry.js CERTS`: asked for its figures, or told how long it lets a sender wait.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { readMinistry } from '../../src/cli/ministry.ts'
import { reopenEnvelope } from '../../src/envelope/verify.ts'
import { orThrow } from '../../src/gateway/installation/systems.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { aboutEnvelope, sealNotice } from '../../src/sandbox/inbox/notices.ts'
import { boundaryOf, readParts } from '../../src/sandbox/multipart.ts'
import { answerQuestions } from './child.ts'
import { unsignedDigest } from './template.ts'

export interface Question {
  /** From now on an answer takes so many milliseconds longer. */
  readonly delay?: number
}

export interface Figures {
  readonly port: number
  /** Receipts that were given. */
  readonly receipts: number
  /** Bytes of attachments, and the digests of the last one that came whole. */
  readonly attachment: { readonly bytes: number; readonly sha256: string }
}

const { signer, server: tls } = orThrow(readMinistry(process.argv[2] ?? ''))
const office = { signer, clock: systemClock, random: systemRandom }
let delay = 0
let receipts = 0
let attachment = { bytes: 0, sha256: '' }

async function envelopeOf(request: IncomingMessage): Promise<Buffer> {
  const boundary = boundaryOf(request.headers['content-type'] ?? '')
  if (boundary === undefined) return gathered(request)
  let envelope: Buffer | undefined
  for await (const part of readParts(request, boundary)) {
    if (envelope === undefined) {
      envelope = await gathered(part.body)
      continue
    }
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of part.body) {
      hash.update(piece)
      bytes += piece.length
    }
    attachment = { bytes, sha256: hash.digest('hex') }
  }
  return envelope ?? Buffer.alloc(0)
}

async function gathered(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

function receiptFor(bytes: Buffer): Buffer {
  const digest = unsignedDigest(bytes)
  const envelope = orThrow(reopenEnvelope(bytes, digest))
  if (envelope.content !== 'letter') throw new Error(`what came is a ${envelope.notice.kind}`)
  const { from } = envelope.letter
  return sealNotice({ kind: 'receive', reason: '' }, aboutEnvelope(envelope, digest), from.office, office)
    .bytes
}

const server = createServer(
  { key: tls.key, cert: tls.certificate, ca: tls.authority, requestCert: true, keepAliveTimeout: 600_000 },
  (request, response) => {
    const answer = async (): Promise<void> => {
      const receipt = receiptFor(await envelopeOf(request))
      if (delay > 0) await pause(delay)
      receipts += 1
      response.writeHead(200, { 'content-type': 'application/xml', 'content-length': receipt.length })
      response.end(receipt)
    }
    answer().catch((error: unknown) => {
      // Whoever looks at a bench that does not end wants to know why.
      process.stderr.write(`the ministry: ${String(error)}\n`)
      response.destroy()
    })
  },
)
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))

answerQuestions<Question, Figures>(
  async (question) => {
    delay = question.delay ?? delay
    return { port: (server.address() as AddressInfo).port, receipts, attachment }
  },
  () => process.exit(0),
)
