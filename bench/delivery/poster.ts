// Posts distinct JSON letters at a gateway's door from a process of its own, and says when each was begun and answered.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import { answerQuestions, sharedNow } from './child.ts'

export interface Order {
  readonly url: string
  readonly key: string
  /** The running number of the first letter: never the same twice in one journal. */
  readonly first: number
  readonly urgency?: 'ordinary' | 'most-urgent'
  /** One after the other on so many connections, or so many a second, whether they are answered or not. */
  readonly pace:
    | { readonly kind: 'closed'; readonly connections: number; readonly letters: number }
    | { readonly kind: 'open'; readonly rate: number; readonly seconds: number }
  /** A file that goes along with each. */
  readonly scan?: string
}

export interface Posted {
  /** Message id, when it should have begun, when it was answered. */
  readonly letters: readonly (readonly [messageId: string, began: number, answered: number])[]
  /** Answers other than 201. */
  readonly refused: readonly string[]
}

const boundary = 'bench-boundary'

async function post(order: Order): Promise<Posted> {
  const { pace } = order
  const letters: [string, number, number][] = []
  const refused: string[] = []
  let next = order.first
  const connections = pace.kind === 'closed' ? pace.connections : 128
  const pool = new Pool(order.url, { connections, pipelining: 1, bodyTimeout: 0, headersTimeout: 0 })
  const send = async (began: number): Promise<void> => {
    const answer = await pool.request({
      method: 'POST',
      path: '/v1/systems/57/letters',
      ...bodyOf(order, next++),
    })
    const said = await answer.body.text()
    if (answer.statusCode === 201)
      letters.push([(JSON.parse(said) as { messageId: string }).messageId, began, sharedNow()])
    else refused.push(`${answer.statusCode} ${said.slice(0, 300)}`)
  }
  if (pace.kind === 'closed') {
    let left = pace.letters
    const line = async (): Promise<void> => {
      while (left-- > 0) await send(sharedNow())
    }
    await Promise.all(Array.from({ length: pace.connections }, line))
  } else {
    const began = sharedNow()
    const sending: Promise<void>[] = []
    for (let count = 0; count < pace.rate * pace.seconds; count++) {
      // The time from when it should have begun: a sender that is held up hides nothing.
      const due = began + (count * 1000) / pace.rate
      if (due > sharedNow()) await pause(due - sharedNow())
      sending.push(send(due))
    }
    await Promise.all(sending)
  }
  await pool.close()
  return { letters, refused }
}

function bodyOf({ key, urgency = 'ordinary', scan }: Order, running: number) {
  const json = JSON.stringify({
    number: `ชร 0017.1/${running}`,
    date: '2026-11-23',
    subject: 'การเชื่อมโยงระบบสารบรรณอิเล็กทรอนิกส์ไปยังกลุ่มจังหวัด',
    to: 'moi',
    urgency,
    description: 'ขอความอนุเคราะห์ตอบแบบสอบถามการใช้ระบบสารบรรณอิเล็กทรอนิกส์ '.repeat(8),
    ...(scan !== undefined && { attachments: [{ name: 'scan.pdf', mediaType: 'application/pdf' }] }),
  })
  const authorization = `Bearer ${key}`
  if (scan === undefined)
    return { headers: { authorization, 'content-type': 'application/json' }, body: json }
  return {
    headers: { authorization, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Readable.from(formOf(json, scan)),
  }
}

async function* formOf(json: string, scan: string): AsyncGenerator<Buffer> {
  const head = (name: string, file: string, type: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\nContent-Type: ${type}\r\n\r\n`
  yield Buffer.from(`${head('letter', 'letter.json', 'application/json')}${json}\r\n`)
  yield Buffer.from(head('file', 'scan.pdf', 'application/pdf'))
  yield* createReadStream(scan, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  yield Buffer.from(`\r\n--${boundary}--\r\n`)
}

answerQuestions(post, () => process.exit(0))
