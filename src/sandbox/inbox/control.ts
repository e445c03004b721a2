// The inbox's control port: plain HTTP on the loopback, for the person at the sandbox and the tests.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OfficeId } from '../../letter/offices.ts'
import { problem } from '../../problem/problem.ts'
import { type Answer, jsonAnswer, problemAnswer } from '../answer.ts'
import { faultKinds, readFault } from './faults.ts'
import type { Inbox } from './inbox.ts'
import { readMinistryLetter } from './letters.ts'
import { readAll } from './receive.ts'

/** Bytes of a request at most: letters come with their scans in base64. */
const maximumBody = 64 * 1024 * 1024

const places = 'GET /faults, PUT /faults, GET /ledger, POST /letters, POST /accepts'

export interface Control {
  readonly port: number
  close(): Promise<void>
}

/** Opens the control port of an inbox on the loopback (0: any free port). */
export async function openControl(inbox: Inbox, office: OfficeId, port: number): Promise<Control> {
  const server = createServer((request, response) => {
    answer(request, inbox, office).then(
      (made) => {
        response.writeHead(made.status, made.headers)
        response.end(made.body)
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    )
  })
  await new Promise<void>((opened, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', opened)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: IncomingMessage, inbox: Inbox, office: OfficeId): Promise<Answer> {
  const body = await readAll(request, maximumBody)
  // A page in a browser cannot send this type to another origin without asking first.
  const json = request.headers['content-type']?.startsWith('application/json') === true
  if (request.method !== 'GET' && !json) {
    return problemAnswer([
      problem('sandbox.control.type', 'Content-Type', request.headers['content-type'] ?? ''),
    ])
  }
  switch (`${request.method} ${request.url}`) {
    case 'GET /faults':
      return jsonAnswer(200, { fault: inbox.faults.current(), faults: faultKinds })
    case 'PUT /faults':
      return withJson(body, (value) => {
        const fault = readFault(value)
        if (!fault.ok) return problemAnswer(fault.problems)
        inbox.faults.set(fault.value)
        return jsonAnswer(200, { fault: inbox.faults.current() })
      })
    case 'GET /ledger':
      return jsonAnswer(200, { waiting: inbox.waiting(), entries: inbox.entries })
    case 'POST /letters':
      return withJson(body, async (value) => {
        const letter = await readMinistryLetter(value, office, inbox.store)
        return letter.ok
          ? jsonAnswer(202, { messageId: inbox.sendLetter(letter.value) })
          : problemAnswer(letter.problems)
      })
    case 'POST /accepts':
      return withJson(body, (value) => {
        const fields = value as { messageId?: unknown; receiveNumber?: unknown } | null
        const messageId = String(fields?.messageId)
        const receiveNumber = fields?.receiveNumber === undefined ? undefined : String(fields.receiveNumber)
        return inbox.acceptAgain(messageId, receiveNumber)
          ? jsonAnswer(202, { messageId })
          : problemAnswer([problem('sandbox.letter.unknown', 'messageId', messageId)])
      })
    default: {
      const place = `${request.method} ${request.url}`
      return problemAnswer([problem('sandbox.path.unknown', '', place, { expected: places })])
    }
  }
}

async function withJson(
  body: Buffer | undefined,
  act: (value: unknown) => Answer | Promise<Answer>,
): Promise<Answer> {
  if (body === undefined) {
    return problemAnswer([problem('sandbox.body.too-large', 'body', undefined, { limit: maximumBody })])
  }
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return problemAnswer([problem('sandbox.body.broken', 'body', undefined, { reason })])
  }
  return act(value)
}
