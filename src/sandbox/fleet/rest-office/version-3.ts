// Version 3 of the product: everything by its own interface. Suphan Buri's scans stand on a file server of their own, both
// ways; Samut Sakhon's answers 200 to everything and says in a code what it means.
import { createHash, createHmac } from 'node:crypto'
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { dated, dayShown, type Going, midnight, openDesk, type Receipt } from '../http/desk.ts'
import { type Asked, call, json, openServer, parsed, type Said } from '../http/http.ts'
import type { FleetStage, OpenedMember } from '../member.ts'

const kinds: Readonly<Record<string, string>> = {
  RCV: 'receive',
  REG: 'accept',
  REJ: 'reject',
  ERR: 'invalid',
  DSP: 'dispute',
  RCL: 'recall',
}

/** 3.0: one token for good; the whole letter stands in the list. */
export async function suphanBuri(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const [token, key] = [desk.secret(), desk.secret()]
  const waiting = new Map<string, Going>()
  const uploads = new Map<string, Buffer>()

  // As an object store gives files out: to whoever holds the signed address, and to nobody by a token.
  const signature = (path: string): string => createHmac('sha256', key).update(path).digest('base64url')
  const store = await openServer(({ path, query, headers }) => {
    const [, id = '', index = ''] = path.split('/')
    const scan = waiting.get(id)?.scans[Number(index)]
    if (
      query.get('X-Signature') !== signature(path) ||
      headers.authorization !== undefined ||
      scan === undefined
    )
      return { status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error/>' }
    return { headers: { 'content-type': 'binary/octet-stream' }, body: scan.bytes }
  })

  const document = (going: Going): object => ({
    uid: going.id,
    type: 'OUT',
    no: going.letter.number,
    date: midnight(going) ?? going.letter.date,
    subject: going.letter.subject,
    speed: String(urgencies.indexOf(going.urgency) + 1).padStart(3, '0'),
    secret: '001',
    from: going.from.organisationId,
    to: [{ id: going.to.organisationId, name: going.to.th }],
    files: going.scans.map(({ name, bytes }, index) => {
      const path = `/${going.id}/${index}`
      return {
        name,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        href: `${store.url}${path}?X-Signature=${signature(path)}&t=${desk.now()}`,
      }
    }),
  })
  const receipt = ({ id, letter, receiveNumber, at }: Receipt): object => ({
    uid: id,
    type: 'REG',
    no: letter.number,
    date: Number(letter.date),
    party: letter.from,
    registerNo: receiveNumber,
    at,
  })

  function acknowledge(uid: string, state: string): void {
    const [going, told] = [waiting.get(uid), desk.receipts.get(uid)]
    if (going !== undefined) {
      waiting.delete(uid)
      if (state === 'OK') desk.sent(going)
      else desk.refused(going, state)
    } else if (told !== undefined) {
      desk.receipts.delete(uid)
      desk.answered(told)
    }
  }

  function incoming({ headers, body }: Asked): void {
    const said = parsed<{
      no: string
      date: number
      subject: string
      from: string
      files?: readonly { name: string }[]
    }>(body)
    const files = (said.files ?? []).map(({ name }) => uploads.get(name))
    if (files.some((each) => each === undefined)) throw new Error('a file that nobody uploaded')
    desk.came(String(headers['x-request-id']), {
      from: said.from,
      number: said.no,
      date: dayShown(said.date, said.date),
      subject: said.subject,
      files: files.filter((each) => each !== undefined),
    })
    uploads.clear()
  }

  const server = await openServer((asked): Said => {
    const { method, path, query, headers, body } = asked
    if (headers.authorization !== `Bearer ${token}`) return json({ error: 'unauthorized' }, 401)
    const [, , , what = '', uid = ''] = path.split('/')
    if (method === 'GET') {
      const all =
        query.get('type') === 'OUT'
          ? [...waiting.values()].map(document)
          : [...desk.receipts.values()].map(receipt)
      return json({ items: query.get('page') === '0' ? all : [] })
    }
    if (method === 'PATCH') acknowledge(uid, parsed<{ state: string }>(body).state)
    else if (what === 'files') {
      if (uploads.has(uid)) return { status: 409 }
      uploads.set(uid, body)
    } else if (method === 'POST') incoming(asked)
    else {
      const said = parsed<Record<string, string>>(body)
      const [number, date] = [said['no'] ?? '', String(said['date'])]
      desk.told({
        kind: kinds[said['event'] ?? ''] ?? '',
        number,
        date,
        receiveNumber: said['registerNo'] ?? '',
      })
    }
    return json({ ok: true })
  })
  return {
    system: {
      name: 'สารบรรณเว็บ 3.0',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        waiting.set(going.id, going)
      },
      async look() {},
      async close() {
        await server.close()
        await store.close()
        await desk.close()
      },
    },
    environment: {
      [`SARABAN_${office}_URL`]: server.url,
      [`SARABAN_${office}_FILES_URL`]: store.url,
      [`SARABAN_${office}_TOKEN`]: token,
    },
  }
}

interface Coded {
  readonly head: {
    readonly book: string
    readonly day: string
    readonly about?: string
    readonly org?: string
  }
  readonly body?: {
    readonly scan?: string
    readonly scanName?: string
    readonly more?: readonly { readonly data: string; readonly name: string }[]
  }
  readonly act?: string
  readonly register?: string
}

/** The time of day as its makers' country has it: `1:05:00 PM`. */
function clockOf(at: Instant): string {
  const time = printInstant(at).slice(11, 19)
  const hour = Number(time.slice(0, 2))
  return `${hour % 12 === 0 ? 12 : hour % 12}${time.slice(2)} ${hour < 12 ? 'AM' : 'PM'}`
}

/** 3.2: sign-in as a form, a header of its own, pages by their address, and codes for everything. */
export async function samutSakhon(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const [password, own] = [desk.secret(), desk.secret()]
  const waiting = new Map<string, Going>()
  let session = ''
  const code = (word: string, more: object = {}): Said => json({ status: { code: word }, ...more })

  const dataUri = (mediaType: string, bytes: Buffer): string =>
    `data:${mediaType};base64,${bytes.toString('base64')}`
  const document = (going: Going): object => {
    const [main, ...others] = going.scans
    return {
      head: {
        key: `#${going.id}`,
        book: going.letter.number,
        day: dated(going, 'dd/MM/yyyy'),
        about: going.letter.subject,
        fast: urgencies.indexOf(going.urgency),
        org: going.from.abbreviation,
        dest: going.to.organisationId,
      },
      body: {
        scan: main === undefined ? null : dataUri(main.mediaType, main.bytes),
        scanName: main?.name,
        more: others.map(({ name, mediaType, bytes }) => ({ data: dataUri(mediaType, bytes), name })),
      },
    }
  }

  desk.callWith(({ letter, receiveNumber, at }, signal) =>
    call(`${stage.gateway.http}/v1/systems/${office}/notices`, {
      method: 'POST',
      headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
      signal,
      body: JSON.stringify({
        act: '20',
        head: { book: letter.number, day: letter.date, org: letter.from },
        register: receiveNumber,
        when: `${printLetterDate(dateOfInstant(at), 'dd/MM/yyyy')} ${clockOf(at)}`,
      }),
    }),
  )

  const bytesOf = (uri = ''): Buffer => Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64')
  function incoming({ headers, body }: Asked): Said {
    const { head, body: scans = {} } = parsed<Coded>(body)
    const uris = [scans.scan, ...(scans.more ?? []).map(({ data }) => data)]
    desk.came(String(headers['saraban-parcel']), {
      from: head.org ?? '',
      number: head.book,
      date: head.day,
      subject: head.about ?? '',
      files: uris.filter((uri) => uri !== undefined && uri !== null && uri !== '').map(bytesOf),
    })
    return code('00')
  }
  const acts: Readonly<Record<string, string>> = {
    '10': 'receive',
    '20': 'accept',
    '30': 'reject',
    '31': 'invalid',
    '40': 'dispute',
    '90': 'recall',
  }

  const server = await openServer((asked): Said => {
    const { path, query, headers, body } = asked
    if (path === '/auth') {
      const said = new URLSearchParams(body.toString('utf8'))
      // A wrong password is answered with 200 as well.
      if (said.get('u') !== 'moi' || said.get('p') !== password) return code('91')
      session = desk.secret()
      return code('00', { session: { id: session } })
    }
    if (headers['x-session'] !== `sid=${session}`) return { status: 401 }
    const [, , what = '', key = ''] = path.split('/')
    if (what === 'out' && key === '') {
      const at = Number(query.get('from') ?? '0')
      const [going] = [...waiting.values()].slice(at, at + 1)
      const last = at + 1 >= waiting.size
      return code('00', {
        rows: going === undefined ? [] : [document(going)],
        next: last ? null : `/x/out?from=${at + 1}`,
      })
    }
    if (what === 'out') {
      const going = waiting.get(key)
      if (going === undefined) return { status: 410 }
      waiting.delete(key)
      const state = new URLSearchParams(body.toString('utf8')).get('state') ?? ''
      if (state === '1') desk.sent(going)
      else desk.refused(going, state)
      return code('00')
    }
    if (what === 'in') return incoming(asked)
    const { act = '', head, register = '' } = parsed<Coded>(body)
    desk.told({ kind: acts[act] ?? '', number: head.book, date: head.day, receiveNumber: register })
    return code('01')
  })
  return {
    system: {
      name: 'สารบรรณเว็บ 3.2',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        waiting.set(going.id, going)
      },
      async look() {},
      async close() {
        await server.close()
        await desk.close()
      },
    },
    environment: {
      [`SARABAN_${office}_URL`]: server.url,
      [`SARABAN_${office}_PASSWORD`]: password,
      [`SARABAN_${office}_KEY_SHA256`]: createHash('sha256').update(own).digest('hex'),
    },
  }
}
