// Chumphon's own system: a web form's script that posts CSV with scans, and takes CSV with scans the same way.
import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { FormData } from 'undici'
import { urgencies } from '../../../letter/codes.ts'
import { dateOfInstant, printLetterDate } from '../../../letter/dates.ts'
import { printInstant } from '../../../letter/time.ts'
import { dated, enterAnswer, openDesk } from '../http/desk.ts'
import { call, openServer, partsOf } from '../http/http.ts'
import type { FleetStage, OpenedMember } from '../member.ts'

type Row = Readonly<Record<string, string>>

const kinds: Readonly<Record<string, string>> = {
  ได้รับ: 'receive',
  ลงรับ: 'accept',
  คืนเรื่อง: 'reject',
  ส่งผิด: 'invalid',
}
const urgencyWords = ['', 'ด่วน', 'ด่วนมาก', 'ด่วนที่สุด'] as const

const csv = (row: Row): string => stringify([row], { header: true, delimiter: ';', record_delimiter: '\r\n' })
const rowOf = (bytes: Buffer): Row =>
  (
    parse(bytes.toString('utf8'), {
      columns: true,
      delimiter: ';',
      relax_column_count: true,
      bom: true,
    }) as Row[]
  )[0] ?? {}

export async function chumphon(office: string, stage: FleetStage): Promise<OpenedMember> {
  const desk = openDesk(office, stage)
  const [own, gateways] = [desk.secret(), desk.secret()]
  const base = `${stage.gateway.http}/v1/systems/${office}`
  const headers = { authorization: `Bearer ${own}` }

  // Its makers took text/plain for the type of everything that is text.
  desk.callWith(({ letter, receiveNumber, at }, signal) =>
    call(`${base}/notices`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' },
      signal,
      body: csv({
        ผล: 'ลงรับ',
        ที่: letter.number,
        ลงวันที่: letter.date,
        ต้นเรื่อง: letter.from,
        เลขรับ: receiveNumber,
        รับเมื่อ: `${printLetterDate(dateOfInstant(at), 'dd/MM/yyyy')} ${printInstant(at).slice(11, 16)}`,
        หมายเหตุ: '',
      }),
    }),
  )

  const server = await openServer(async (asked) => {
    if (asked.headers.authorization !== `Bearer ${gateways}`) return { status: 401 }
    const [first, ...scans] = await partsOf(asked)
    const row = rowOf(first?.bytes ?? Buffer.alloc(0))
    const [number, date] = [row['ที่'] ?? '', row['ลงวันที่'] ?? '']
    if (asked.path === '/result.php')
      desk.told({ kind: kinds[row['ผล'] ?? ''] ?? '', number, date, receiveNumber: row['เลขรับ'] ?? '' })
    else
      desk.came(String(asked.headers['saraban-parcel']), {
        from: row['จาก'] ?? '',
        number,
        date,
        subject: row['เรื่อง'] ?? '',
        files: scans.map(({ bytes }) => bytes),
      })
    return { status: 200 }
  })

  return {
    system: {
      name: 'ชุมพรรับส่ง',
      office: desk.office,
      entries: desk.entries,
      async send(letter) {
        const going = desk.going(letter)
        const row = {
          ลำดับ: going.id.slice(-4),
          ที่: letter.number,
          ลงวันที่: dated(going, 'd MMM yy'),
          เรื่อง: letter.subject,
          เร่งด่วน: urgencyWords[urgencies.indexOf(going.urgency)] ?? '',
          จาก: going.from.th,
          ถึง: going.to.th,
          ไฟล์: going.scans.map(({ name }) => name).join('|'),
        }
        const form = new FormData()
        form.append('letter', new Blob([csv(row)], { type: 'text/csv' }), 'letter.csv')
        for (const scan of going.scans)
          form.append('scan[]', new Blob([new Uint8Array(scan.bytes)], { type: scan.mediaType }), scan.name)
        enterAnswer(desk, going, await call(`${base}/letters`, { method: 'POST', headers, body: form }))
      },
      async look() {},
      async close() {
        await server.close()
        await desk.close()
      },
    },
    environment: {
      [`SARABAN_${office}_KEY_SHA256`]: createHash('sha256').update(own).digest('hex'),
      [`SARABAN_${office}_TOKEN`]: gateways,
      [`SARABAN_${office}_LETTERS_URL`]: `${server.url}/receive.php`,
      [`SARABAN_${office}_NOTICES_URL`]: `${server.url}/result.php`,
    },
  }
}
