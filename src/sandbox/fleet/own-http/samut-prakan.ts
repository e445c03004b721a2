// Samut Prakan's own system: XML that it hands in with its scans as parts, and fetches from the gateway's waiting door.
import { createHash } from 'node:crypto'
import { XMLParser } from 'fast-xml-parser'
import { FormData } from 'undici'
import { create } from 'xmlbuilder2'
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { printInstant } from '../../../letter/time.ts'
import { dated, enterAnswer, type Going, openDesk, type Receipt } from '../http/desk.ts'
import { call } from '../http/http.ts'
import type { FleetStage, OpenedMember } from '../member.ts'

const namespace = 'urn:samutprakan:saraban:2'
const speeds = ['N', 'U', 'VU', 'MU'] as const
const kinds: Readonly<Record<string, string>> = {
  arrived: 'receive',
  registered: 'accept',
  refused: 'reject',
  wrong: 'invalid',
  disputed: 'dispute',
  recalled: 'recall',
}

type Tree = { readonly [key: string]: unknown }

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
})

const at = (tree: unknown, ...path: readonly string[]): string => {
  let node: unknown = tree
  for (const step of path) node = typeof node === 'object' && node !== null ? (node as Tree)[step] : undefined
  if (typeof node === 'object' && node !== null) node = (node as Tree)['#text']
  return typeof node === 'string' ? node : ''
}

function letterXml(going: Going): string {
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele(namespace, 'letter', {
    key: going.id,
    speed: speeds[urgencies.indexOf(going.urgency)] ?? 'N',
  })
  root.ele('no').txt(going.letter.number)
  root.ele('dated').txt(dated(going, 'd MMMM yyyy'))
  root.ele('about').txt(going.letter.subject)
  root.ele('from', { unit: going.from.abbreviation }).txt(going.from.th)
  root.ele('to', { unit: going.to.organisationId })
  const files = root.ele('files')
  for (const [index, { name, bytes }] of going.scans.entries())
    files.ele('file', { name, n: String(index + 1), size: String(bytes.length) })
  return root.end({ wellFormed: true })
}

function receiptXml({ letter, receiveNumber, at: when }: Receipt): string {
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele(namespace, 'receipt', { is: 'registered' })
  root.ele('no').txt(letter.number)
  root.ele('dated').txt(letter.date)
  root.ele('unit').txt(letter.from)
  root
    .ele('register', {
      day: printLetterDate(dateOfInstant(when), 'd MMMM yyyy'),
      time: printInstant(when).slice(11, 19),
    })
    .txt(receiveNumber)
  return root.end({ wellFormed: true })
}

export async function samutPrakan(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const key = desk.secret()
  const base = `${stage.gateway.http}/v1/systems/${office}`
  const headers = { authorization: `Bearer ${key}` }

  /** The head of what waits: false when nothing does. First into the book, then out of the queue. */
  async function takeHead(): Promise<boolean> {
    const head = await call(`${base}/waiting`, { method: 'GET', headers })
    if (head.status !== 200) return false
    const id = String(head.headers['saraban-parcel'])
    const said: unknown = parser.parse(head.body.toString('utf8'))
    if (head.headers['saraban-document'] === 'notice') {
      const receipt = (said as Tree)['receipt']
      desk.told({
        kind: kinds[at(receipt, '@is')] ?? '',
        number: at(receipt, 'no'),
        date: at(receipt, 'dated'),
        receiveNumber: at(receipt, 'register'),
      })
    } else {
      const letter = (said as Tree)['letter']
      const files: Buffer[] = []
      for (const [, path = ''] of String(head.headers['link'] ?? '').matchAll(/<([^>]+)>; rel="enclosure"/g))
        files.push((await call(`${stage.gateway.http}${path}`, { method: 'GET', headers })).body)
      desk.came(id, {
        from: at(letter, 'from', '@unit'),
        number: at(letter, 'no'),
        date: at(letter, 'dated'),
        subject: at(letter, 'about'),
        files,
      })
    }
    await call(`${base}/waiting/${id}`, { method: 'DELETE', headers })
    return true
  }

  async function answer(receipt: Receipt): Promise<void> {
    const said = await call(`${base}/notices`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/xml; charset=utf-8' },
      body: receiptXml(receipt),
    })
    if (said.status >= 300)
      throw new Error(`the gateway answered ${said.status}: ${said.body.toString('utf8')}`)
    desk.answered(receipt)
    desk.receipts.delete(receipt.id)
  }

  return {
    system: {
      name: 'ปากน้ำสารบรรณ',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        const form = new FormData()
        form.append('letter', new Blob([letterXml(going)], { type: 'text/xml' }), 'letter.xml')
        for (const scan of going.scans)
          form.append('file', new Blob([new Uint8Array(scan.bytes)], { type: scan.mediaType }), scan.name)
        enterAnswer(desk, going, await call(`${base}/letters`, { method: 'POST', headers, body: form }))
      },
      async look() {
        while (await takeHead());
        for (const receipt of [...desk.receipts.values()]) await answer(receipt)
      },
      close: () => desk.close(),
    },
    environment: { [`SARABAN_${office}_KEY_SHA256`]: createHash('sha256').update(key).digest('hex') },
  }
}
