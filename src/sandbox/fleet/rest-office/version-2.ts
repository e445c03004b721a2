// Version 2 of the product: it calls the gateway itself. Ratchaburi's sends everything within one JSON document and is
// called back; Kanchanaburi's cannot be called, and fetches what waits for it.
import { createHash, scryptSync } from 'node:crypto'
import { FormData } from 'undici'
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { dated, dayShown, enterAnswer, midnight, openDesk, type Receipt } from '../http/desk.ts'
import { call, json, jsonText, openServer, parsed } from '../http/http.ts'
import type { FleetStage, OpenedMember } from '../member.ts'

const kinds: Readonly<Record<string, string>> = {
  RECEIVED: 'receive',
  REGISTERED: 'accept',
  REJECTED: 'reject',
  WRONG: 'invalid',
  DISPUTED: 'dispute',
  RECALLED: 'recall',
}

const seconds = (at: Instant | undefined): number | undefined =>
  at === undefined ? undefined : Math.floor(at / 1000)

interface RatchaburiLetter {
  readonly docNo: string
  readonly docDate: number
  readonly subject: string
  readonly sender: string
  readonly files?: readonly { readonly name: string; readonly content: string }[]
}

/** 2.1: base64 within the document, an API key each way. */
export async function ratchaburi(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const [own, gateways] = [desk.secret(), desk.secret()]
  const base = `${stage.gateway.http}/v1/systems/${office}`
  const headers = { authorization: `Bearer ${own}`, 'content-type': 'application/json' }

  desk.callWith(({ letter, receiveNumber, at }, signal) =>
    call(`${base}/notices`, {
      method: 'POST',
      headers,
      signal,
      body: jsonText({
        event: 'REGISTERED',
        docNo: letter.number,
        docDate: Number(letter.date),
        counterpart: letter.from,
        registerNo: receiveNumber,
        registeredAt: seconds(at),
      }),
    }),
  )

  const server = await openServer((asked) => {
    if (asked.headers['x-api-key'] !== gateways) return json({ message: 'Forbidden' }, 403)
    const { path, body } = asked
    if (asked.method === 'PUT' && path === '/api/status') {
      const said = parsed<Record<string, string>>(body)
      desk.told({
        kind: kinds[said['event'] ?? ''] ?? '',
        number: said['docNo'] ?? '',
        date: String(said['docDate']),
        receiveNumber: said['registerNo'] ?? '',
      })
      return { status: 204 }
    }
    if (asked.method === 'POST' && path === '/api/inbox') {
      const { docNo, docDate, subject, sender, files = [] } = parsed<RatchaburiLetter>(body)
      desk.came(String(asked.headers['idempotency-key']), {
        from: sender,
        number: docNo,
        date: dayShown(docDate, docDate * 1000),
        subject,
        files: files.map(({ content }) => Buffer.from(content, 'base64')),
      })
      return json({ status: 'created' }, 201)
    }
    return json({ message: 'Not found' }, 404)
  })
  return {
    system: {
      name: 'สารบรรณเว็บ 2.1',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        const body = jsonText({
          id: `#${going.id}`,
          docNo: letter.number,
          docDate: seconds(midnight(going)) ?? letter.date,
          subject: letter.subject,
          urgency: ['NORMAL', 'URGENT', 'VERY_URGENT', 'MOST_URGENT'][urgencies.indexOf(going.urgency)],
          circular: going.circular,
          sender: going.from.en,
          recipients: [going.to.en],
          files: going.scans.map(({ name, mediaType, bytes }) => ({
            name,
            contentType: mediaType,
            content: bytes.toString('base64'),
          })),
        })
        enterAnswer(desk, going, await call(`${base}/letters`, { method: 'POST', headers, body }))
      },
      async look() {},
      async close() {
        await server.close()
        await desk.close()
      },
    },
    environment: {
      [`SARABAN_${office}_KEY_SHA256`]: createHash('sha256').update(own).digest('hex'),
      [`SARABAN_${office}_URL`]: server.url,
      [`SARABAN_${office}_KEY`]: gateways,
    },
  }
}

interface Nested {
  readonly doc: { readonly no: string; readonly date: string; readonly title?: string }
  readonly sender?: { readonly code: string }
  readonly result?: { readonly code: string; readonly no?: string }
}

/** 2.3 behind a firewall: HTTP Basic from one address, scans as parts, and a look every now and then. */
export async function kanchanaburi(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const password = desk.secret()
  const base = `${stage.gateway.http}/v1/systems/${office}`
  const headers = {
    authorization: `Basic ${Buffer.from(`saraban${office}:${password}`).toString('base64')}`,
  }

  async function answer(receipt: Receipt): Promise<void> {
    const { letter, receiveNumber, at } = receipt
    const said = await call(`${base}/notices`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        doc: { no: letter.number, date: letter.date },
        party: { code: letter.from },
        result: {
          code: 'REGISTERED',
          no: receiveNumber,
          day: printLetterDate(dateOfInstant(at), 'dd/MM/yyyy'),
          time: printInstant(at).slice(11, 19),
        },
      }),
    })
    if (said.status >= 300)
      throw new Error(`the gateway answered ${said.status}: ${said.body.toString('utf8')}`)
    desk.answered(receipt)
    desk.receipts.delete(receipt.id)
  }

  /** The head of what waits: false when nothing does. First into the book, then out of the queue. */
  async function takeHead(): Promise<boolean> {
    const head = await call(`${base}/waiting`, { method: 'GET', headers })
    if (head.status !== 200) return false
    const id = String(head.headers['saraban-parcel'])
    const said = parsed<Nested>(head.body)
    const links = [...String(head.headers['link'] ?? '').matchAll(/<([^>]+)>; rel="enclosure"/g)]
    const files: Buffer[] = []
    for (const [, path = ''] of links)
      files.push((await call(`${stage.gateway.http}${path}`, { method: 'GET', headers })).body)
    const { no: number, date, title: subject = '' } = said.doc
    if (said.result !== undefined)
      desk.told({ kind: kinds[said.result.code] ?? '', number, date, receiveNumber: said.result.no ?? '' })
    else desk.came(id, { from: said.sender?.code ?? '', number, date, subject, files })
    await call(`${base}/waiting/${id}`, { method: 'DELETE', headers })
    return true
  }

  return {
    system: {
      name: 'สารบรรณเว็บ 2.3',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        const form = new FormData()
        const document = {
          meta: { key: going.id, app: 'webdoc' },
          doc: {
            no: letter.number,
            date: dated(going, 'dd/MM/yyyy'),
            title: letter.subject,
            speed: { code: String(urgencies.indexOf(going.urgency)) },
          },
          sender: { code: going.from.abbreviation },
          receiver: [{ code: going.to.organisationId }],
          attachment: { main: going.scans[0]?.name, others: going.scans.slice(1).map(({ name }) => name) },
        }
        form.append('doc', new Blob([JSON.stringify(document)], { type: 'application/json' }), 'doc.json')
        for (const scan of going.scans)
          form.append('scan', new Blob([new Uint8Array(scan.bytes)], { type: scan.mediaType }), scan.name)
        enterAnswer(desk, going, await call(`${base}/letters`, { method: 'POST', headers, body: form }))
      },
      async look() {
        while (await takeHead());
        for (const receipt of [...desk.receipts.values()]) await answer(receipt)
      },
      close: () => desk.close(),
    },
    environment: {
      [`SARABAN_${office}_USER`]: `saraban${office}`,
      [`SARABAN_${office}_SCRYPT`]: scryptOf(password, stage),
      [`SARABAN_${office}_ADDRESS`]: '127.0.0.1',
    },
  }
}

/** `<salt hex>:<hash hex>`, as whoever runs the gateway is given it. */
function scryptOf(password: string, { random }: FleetStage): string {
  const salt = Buffer.from(random(16))
  return `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`
}
