// An e-CMS server as contractors built them: a register, a queue that is polled, and answers with habits of their own.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import iconv from 'iconv-lite'
import type { OfficeId } from '../../../letter/offices.ts'
import type { Clock } from '../../../letter/time.ts'
import { readSoap } from '../../systems/soap.ts'
import type { BookEntry, OfficeSystem } from '../../systems/system.ts'
import { openDesk } from './desk.ts'
import type { ServerWays } from './ways.ts'

export interface ServerSettings {
  readonly name: string
  /** Its store: the book and the queue. */
  readonly folder: string
  readonly office: OfficeId
  /** Whom it lets in, by HTTP Basic. */
  readonly user: string
  readonly password: string
  readonly ways: ServerWays
  readonly clock: Clock
  readonly watch: (entry: BookEntry) => void
}

/** Bytes of a request, at most. */
const largest = 128 * 1024 * 1024

/** Opens the server on a free port of the loopback; it goes on with the book and the queue that it has. */
export async function openServerSystem(
  settings: ServerSettings,
): Promise<{ readonly system: OfficeSystem; readonly url: string }> {
  const { ways, user, password } = settings
  const desk = openDesk({ ...settings, path: (name) => join(settings.folder, name) })
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== basic) {
      request.resume()
      response.writeHead(401, { 'www-authenticate': 'Basic realm="e-CMS"' }).end()
      return
    }
    if (Number(request.headers['content-length'] ?? largest + 1) > largest) {
      response.writeHead(413).end()
      return
    }
    const bytes = await buffer(request)
    const said = ways.thaiBytes === true ? iconv.decode(bytes, 'windows-874') : bytes.toString('utf8')
    const content = desk.answer(readSoap(said))
    const body = messageOf(content, ways)
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(body)
  }

  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => {
      // The caller went away, or the disk refused: nothing may look like an answer.
      response.destroy()
    })
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/ecms/service.php`,
    system: {
      name: settings.name,
      office: settings.office,
      entries: desk.entries,
      send: async (letter) => desk.send(letter),
      // The gateway calls it.
      look: async () => undefined,
      async close() {
        await new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        })
        desk.close()
      },
    },
  }
}

/** The whole answer, in the charset and with the names that the product has. */
function messageOf(content: string, ways: ServerWays): Buffer {
  const declaration = ways.declaration === false ? '' : '<?xml version="1.0" encoding="UTF-8"?>'
  const named = ways.lowerCaseProcessId === true ? content.replaceAll('ProcessID>', 'processID>') : content
  const own = ways.namespace === undefined ? '' : ` xmlns="${ways.namespace}"`
  const message = `${declaration}<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"${own}><SOAP-ENV:Body>${named}</SOAP-ENV:Body></SOAP-ENV:Envelope>`
  return ways.thaiBytes === true ? iconv.encode(message, 'windows-874') : Buffer.from(message)
}
