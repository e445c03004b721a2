// The JSON system of a province: posts its letters and notices to the gateway, and has a server that the gateway calls.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { FormData, request } from 'undici'
import { urgencyOfName } from '../../letter/codes.ts'
import { readLetterDate } from '../../letter/dates.ts'
import type { OfficeId } from '../../letter/offices.ts'
import { type Clock, printInstant } from '../../letter/time.ts'
import { boundaryOf, readParts } from '../multipart.ts'
import { type Handover, openOutbox } from '../outbox.ts'
import { type BookEntry, type ClerkLetter, type OfficeSystem, openBook } from './system.ts'

export interface JsonSettings {
  readonly folder: string
  readonly office: OfficeId
  /** Where the gateway takes letters, and where notices. */
  readonly letters: string
  readonly notices: string
  /** What the system shows to the gateway, and the gateway to the system. */
  readonly key: string
  readonly gatewayKey: string
  /** The receiver's port on the loopback; 0 for any free one. */
  readonly port: number
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

interface Notice {
  readonly kind: string
  readonly receiveNumber?: string
  readonly about: { readonly messageId?: string; readonly number?: string; readonly date?: string }
}

/** What the gateway posts: one letter or one notice. */
interface Incoming {
  readonly messageId: string
  readonly letter?: {
    readonly number: string
    readonly date: string
    readonly subject: string
    readonly from: { readonly office: string }
  }
  readonly notice?: Notice
}

interface Outgoing {
  readonly about: { readonly messageId: string }
  readonly number: string
  readonly date: string
  readonly receiveNumber: string
}

/** The most that the system takes in one request, in bytes. */
const maximumBody = 64 * 1024 * 1024

/** Opens the system; what it still has to say is said again. */
export async function openJsonSystem(
  settings: JsonSettings,
): Promise<OfficeSystem & { readonly port: number }> {
  const { clock, office, key } = settings
  const book = openBook(join(settings.folder, 'book.jsonl'), settings.watch)
  const now = (): string => printInstant(clock.now())
  const headers = { authorization: `Bearer ${key}` }

  async function sendAccept(item: Outgoing, signal: AbortSignal): Promise<Handover> {
    const { about, receiveNumber, number, date } = item
    try {
      const answer = await request(settings.notices, {
        method: 'POST',
        signal,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'accept', receiveNumber, about }),
      })
      const said = `${answer.statusCode} ${await answer.body.text()}`
      if (answer.statusCode >= 500 || answer.statusCode === 429) return { kind: 'later', said }
      if (answer.statusCode >= 300) return { kind: 'refused', said }
      book.enter({ entry: 'notice.sent', at: now(), kind: 'accept', number, date, receiveNumber })
      return { kind: 'taken', said }
    } catch (error) {
      return { kind: 'later', said: error instanceof Error ? error.message : String(error) }
    }
  }
  const outbox = openOutbox<Outgoing>({
    path: join(settings.folder, 'outbox.jsonl'),
    clock,
    send: sendAccept,
  })

  function receive({ messageId, letter, notice }: Incoming, files: readonly string[]): void {
    if (letter !== undefined) {
      const letterKey = { from: letter.from.office, number: letter.number, date: letter.date }
      let receiveNumber = book.receiveNumberOf(letterKey)
      if (receiveNumber === undefined) {
        receiveNumber = book.nextReceiveNumber(clock.now())
        const { subject } = letter
        book.enter({
          entry: 'letter.received',
          at: now(),
          id: messageId,
          ...letterKey,
          subject,
          files,
          receiveNumber,
        })
      } else book.enter({ entry: 'letter.repeated', at: now(), id: messageId, number: letter.number })
      const { number, date } = letterKey
      outbox.put(messageId, { about: { messageId }, number, date, receiveNumber })
    } else if (notice !== undefined) {
      const { kind, about, receiveNumber = '' } = notice
      const { number = '', date = '' } = about
      book.enter({ entry: 'notice.received', at: now(), kind, number, date, receiveNumber })
    }
  }

  const server = createServer((incoming, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (!opens(incoming.headers.authorization, settings.gatewayKey)) {
      incoming.resume()
      answer(401, { error: 'the key is wrong' })
      return
    }
    readIncoming(incoming).then(
      ({ document, files }) => {
        receive(document, files)
        answer(201, { messageId: document.messageId })
      },
      (error: unknown) => answer(400, { error: error instanceof Error ? error.message : String(error) }),
    )
  })
  await new Promise<void>((opened, failed) => {
    server.once('error', failed)
    server.listen(settings.port, '127.0.0.1', opened)
  })

  return {
    name: 'JSON over HTTP',
    office,
    port: (server.address() as AddressInfo).port,
    entries: book.entries,
    async send(letter) {
      const answer = await request(settings.letters, {
        method: 'POST',
        headers,
        body: letterForm(letter, office),
      })
      const said = await answer.body.text()
      if (answer.statusCode >= 500) throw new Error(`the gateway answered ${answer.statusCode}`)
      const { number, date } = letter
      // 202: kept in quarantine for a person. The letter is not on its way, and the clerk must know.
      if (answer.statusCode === 200 || answer.statusCode === 201) {
        book.enter({ entry: 'letter.sent', at: now(), number, date })
      } else book.enter({ entry: 'letter.refused', at: now(), number, said: reasonIn(said) })
    },
    async look() {},
    async close() {
      await new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
      await outbox.close()
      book.close()
    },
  }
}

function opens(authorization: string | undefined, key: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${key}`))
}

/** The letter with its scans as multipart/form-data: first the JSON, then each file under the name that the JSON says. */
function letterForm(letter: ClerkLetter, office: OfficeId): FormData {
  const date = readLetterDate(letter.date)
  const document = {
    number: letter.number,
    ...(date.ok && { date: date.value }),
    subject: letter.subject,
    urgency: urgencyOfName(letter.urgency === '' ? 'ปกติ' : letter.urgency) ?? 'ordinary',
    from: office,
    to: letter.to,
    attachments: letter.scans.map(({ name, mediaType }) => ({ name, mediaType })),
  }
  const form = new FormData()
  form.append('letter', new Blob([JSON.stringify(document)], { type: 'application/json' }), 'letter.json')
  for (const scan of letter.scans) {
    form.append('file', new Blob([new Uint8Array(scan.bytes)], { type: scan.mediaType }), scan.name)
  }
  return form
}

/** The sentences of a problem answer, or the answer itself. */
function reasonIn(said: string): string {
  try {
    const { problems } = JSON.parse(said) as { problems?: readonly { path: string; message: string }[] }
    return problems?.map((one) => `${one.path}: ${one.message}`).join('; ') ?? said
  } catch (error) {
    if (error instanceof SyntaxError) return said
    throw error
  }
}

async function readIncoming(incoming: IncomingMessage): Promise<{ document: Incoming; files: string[] }> {
  const contentType = incoming.headers['content-type'] ?? ''
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return { document: parse(await gather(incoming)), files: [] }
  let document: Incoming | undefined
  const files: string[] = []
  for await (const part of readParts(incoming, boundary)) {
    const bytes = await gather(part.body)
    if (document === undefined) document = parse(bytes)
    else files.push(createHash('sha256').update(bytes).digest('hex'))
  }
  if (document === undefined) throw new Error('the body has no parts')
  return { document, files }
}

const parse = (bytes: Buffer): Incoming => JSON.parse(bytes.toString('utf8')) as Incoming

async function gather(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > maximumBody) throw new Error('the body is too large')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
