// Version 1 of the product: a server that is asked, and told. Nonthaburi's people sign in and are given addresses of scans
// that expire; Pathum Thani has the older one with HTTP Basic and one queue for everything, its keys in Thai.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { type Instant, printInstant } from '../../../letter/time.ts'
import { type Desk, dated, dayShown, type Going, midnight, openDesk, type Receipt } from '../http/desk.ts'
import { type Asked, json, openServer, parsed, partsOf, type Said } from '../http/http.ts'
import type { FleetStage, OpenedMember } from '../member.ts'

/** A token lives so many seconds: the gateway signs in again and again. */
const tokenLife = 4
/** An address of a scan is good for so long, in milliseconds. */
const addressLife = 60_000
/** Letters on a page: few, so that there are several. */
const pageSize = 1

const utc = (at: Instant | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString()

const kinds: Readonly<Record<string, string>> = {
  '1': 'receive',
  '2': 'accept',
  '3': 'reject',
  '4': 'invalid',
}

/** 1.2 with Nonthaburi's changes. */
export async function nonthaburi(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const [password, key] = [desk.secret(), desk.secret()]
  const tokens = new Map<string, number>()
  const waiting = new Map<string, Going>()
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('hex')

  const document = (going: Going): object => ({
    letter_id: `#${going.id}`,
    book_no: going.letter.number,
    // Its programmers know UTC only: the day before, for us.
    book_date: utc(midnight(going)) ?? going.letter.date,
    title: going.letter.subject,
    speed_code: urgencies.indexOf(going.urgency) + 1,
    secret_code: 0,
    from_org: going.from.organisationId,
    to_org: [going.to.organisationId],
    signer: { given: '', family: '', position: going.from.jobTitle },
    files: going.scans.map(({ name, bytes }, index) => {
      const path = `/files/${going.id}/${index}`
      const expires = String(desk.now() + addressLife)
      return {
        file_name: name,
        // Relative, and another one at every reading.
        file_url: `${path}?expires=${expires}&sig=${sign(`${path} ${expires}`)}`,
        file_size: bytes.length,
      }
    }),
    created_by: 'สารบรรณกลาง',
  })

  function file({ path, query }: Asked): Said {
    const [, , id = '', index = ''] = path.split('/')
    const expires = query.get('expires') ?? ''
    const signed = query.get('sig') === sign(`${path} ${expires}`) && Number(expires) > desk.now()
    const scan = signed ? waiting.get(id)?.scans[Number(index)] : undefined
    return scan === undefined
      ? { status: 403 }
      : { headers: { 'content-type': scan.mediaType }, body: scan.bytes }
  }

  async function signedIn(asked: Asked): Promise<Said> {
    const { method, path, query, body } = asked
    const [, , , what = '', id = '', verb = ''] = path.split('/')
    const page = Number(query.get('page') ?? '1')
    if (method === 'GET' && path === '/api/v1/outgoing') {
      // The newest first.
      const list = [...waiting.keys()].toReversed().slice((page - 1) * pageSize, page * pageSize)
      return json({ data: { list: list.map((each) => ({ letter_id: `#${each}` })), total: waiting.size } })
    }
    if (method === 'GET' && path === '/api/v1/receipts')
      return json({ data: page > 1 ? [] : [...desk.receipts.values()].map(receipt) })
    if (method === 'DELETE' && what === 'receipts') {
      const found = desk.receipts.get(id)
      if (found === undefined) return { status: 404 }
      desk.answered(found)
      desk.receipts.delete(id)
      return { status: 204 }
    }
    if (method === 'POST' && path === '/api/v1/incoming') {
      const [first, ...scans] = await partsOf(asked)
      const { letter } = parsed<{ letter: Record<string, string> }>(first?.bytes ?? Buffer.alloc(0))
      desk.came(String(asked.headers['x-parcel'] ?? ''), {
        from: letter['from_org'] ?? '',
        number: letter['book_no'] ?? '',
        date: dayShown(letter['book_date'], Date.parse(letter['book_date'] ?? '')),
        subject: letter['title'] ?? '',
        files: scans.map(({ bytes }) => bytes),
      })
      return json({ ok: true }, 201)
    }
    const going = waiting.get(id)
    if (what === 'outgoing' && method === 'GET')
      return going === undefined ? json({ error: 'not found' }, 404) : json({ letter: document(going) })
    if (what === 'outgoing' && method === 'POST' && verb === 'received') {
      const { result } = parsed<{ result: string }>(body)
      if (going !== undefined && result === 'Y') desk.sent(going)
      else if (going !== undefined) desk.refused(going, result)
      waiting.delete(id)
      return json({ ok: true })
    }
    if (what === 'outgoing' && method === 'POST' && verb === 'result') {
      const told = parsed<Record<string, string>>(body)
      desk.told({
        kind: kinds[told['status'] ?? ''] ?? '',
        number: told['book_no'] ?? '',
        date: told['book_date'] ?? '',
        receiveNumber: told['receive_no'] ?? '',
      })
      return json({ ok: true })
    }
    return json({ error: 'no such path' }, 404)
  }

  const receipt = ({ id, letter: { number, date, from }, receiveNumber, at }: Receipt): object => ({
    receipt_id: id,
    status: '2',
    book_no: number,
    book_date: date,
    org: from,
    receive_no: receiveNumber,
    receive_at: utc(at),
  })

  const server = await openServer((asked) => {
    if (asked.path === '/api/v1/login') {
      const said = parsed<{ username?: string; password?: string }>(asked.body)
      if (said.username !== 'gateway' || said.password !== password) return json({ error: 'ไม่พบผู้ใช้' }, 401)
      const token = desk.secret()
      tokens.set(token, desk.now() + tokenLife * 1000)
      return json({ token, expires_in: tokenLife })
    }
    if (asked.path.startsWith('/files/')) return file(asked)
    const token = asked.headers.authorization?.replace('Bearer ', '') ?? ''
    return (tokens.get(token) ?? 0) > desk.now() ? signedIn(asked) : json({ error: 'token expired' }, 401)
  })
  return {
    system: {
      name: 'สารบรรณเว็บ 1.2',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        waiting.set(going.id, going)
      },
      async look() {},
      close: () => closed(desk, server),
    },
    environment: { [`SARABAN_${office}_URL`]: server.url, [`SARABAN_${office}_PASSWORD`]: password },
  }
}

const words: Readonly<Record<string, string>> = {
  ลงรับแล้ว: 'accept',
  ส่งคืน: 'reject',
  ผิดหน่วยงาน: 'invalid',
  ทวงเลขรับ: 'dispute',
  เรียกคืน: 'recall',
}
const urgencyWords = ['ปกติ', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const

/** 1.0: one queue for letters and receipts, whose head stays until it is deleted. */
export async function pathumThani(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const password = desk.secret()
  const expected = Buffer.from(`Basic ${Buffer.from(`gateway:${password}`).toString('base64')}`)
  const letters = new Map<string, Going>()

  function head(): Said {
    const [letter] = letters.values()
    const [receipt] = desk.receipts.values()
    if (letter !== undefined)
      return { ...json({ ประเภท: 'หนังสือส่ง', ข้อมูล: document(letter) }), headers: named(letter.id) }
    if (receipt === undefined) return { status: 204 }
    return { ...json({ ประเภท: 'แจ้งผล', ข้อมูล: answer(receipt) }), headers: named(`R-${receipt.id}`) }
  }
  const named = (id: string) => ({ 'content-type': 'application/json', 'x-queue-id': id })

  const document = (going: Going): object => ({
    ที่: going.letter.number,
    ลงวันที่: dated(going, 'd MMM yyyy'),
    เรื่อง: going.letter.subject,
    ความเร็ว: urgencyWords[urgencies.indexOf(going.urgency)] ?? '',
    ความลับ: 'ปกติ',
    เวียน: going.circular,
    จาก: going.from.th,
    ถึง: going.to.th,
    ผู้ลงนาม: { ตำแหน่ง: going.from.jobTitle },
    เอกสาร: going.scans.map(({ name }) => name),
    ทะเบียนส่ง: Number(going.id.slice(-4)),
  })
  const answer = ({ letter: { number, date, from }, receiveNumber, at }: Receipt): object => ({
    ผล: 'ลงรับแล้ว',
    ที่: number,
    ลงวันที่: date,
    หน่วยงาน: from,
    เลขรับ: receiveNumber,
    วันที่รับ: printLetterDate(dateOfInstant(at), 'd MMM yyyy'),
    เวลารับ: printInstant(at).slice(11, 16),
  })

  function forget(id: string, result: string | null): Said {
    const [letter, receipt] = [letters.get(id), desk.receipts.get(id.replace('R-', ''))]
    if (letter !== undefined) {
      letters.delete(id)
      if (result === 'รับแล้ว') desk.sent(letter)
      else desk.refused(letter, String(result))
    } else if (receipt !== undefined) {
      desk.answered(receipt)
      desk.receipts.delete(receipt.id)
    } else return { status: 404 }
    return { status: 200 }
  }

  const server = await openServer(async (asked) => {
    const shown = Buffer.from(asked.headers.authorization ?? '')
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected))
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="saraban"' } }
    const { method, path, query } = asked
    const [, , , id = '', , file = ''] = path.split('/')
    if (method === 'GET' && path === '/saraban/queue') return head()
    if (method === 'GET') {
      const scan = letters.get(id)?.scans.find(({ name }) => name === file)
      return scan === undefined
        ? { status: 404 }
        : { headers: { 'content-type': scan.mediaType }, body: scan.bytes }
    }
    if (method === 'DELETE') return forget(id, query.get('result'))
    const [first, ...scans] = await partsOf(asked)
    const said = parsed<Record<string, string>>(first?.bytes ?? Buffer.alloc(0))
    const [number, date] = [said['ที่'] ?? '', said['ลงวันที่'] ?? '']
    if (path === '/saraban/notices')
      desk.told({ kind: words[said['ผล'] ?? ''] ?? '', number, date, receiveNumber: said['เลขรับ'] ?? '' })
    else
      desk.came(String(asked.headers['saraban-parcel']), {
        from: said['จาก'] ?? '',
        number,
        date,
        subject: said['เรื่อง'] ?? '',
        files: scans.map(({ bytes }) => bytes),
      })
    return { status: 200 }
  })
  return {
    system: {
      name: 'สารบรรณเว็บ 1.0',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        letters.set(going.id, going)
      },
      async look() {},
      close: () => closed(desk, server),
    },
    environment: {
      [`SARABAN_${office}_URL`]: `${server.url}/saraban`,
      [`SARABAN_${office}_PASSWORD`]: password,
    },
  }
}

async function closed(desk: Desk, server: { close(): Promise<void> }): Promise<void> {
  await server.close()
  await desk.close()
}
