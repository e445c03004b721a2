// Documents with files in their cells, read with the files aside: the same is said of them as where they are read as they stand.
import assert from 'node:assert/strict'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { Item } from '../../src/adapters/contract.ts'
import { piecesOf } from '../../src/adapters/pieces.ts'
import { systemClock } from '../../src/letter/time.ts'
import { mustBe } from '../letter/arbitrary.ts'
import { profileWith } from './there-and-back.ts'

const formats = {
  json: { kind: 'json-records' },
  xml: { kind: 'xml', charset: 'utf-8', record: 'x' },
} as const
const columns = ['no', 'date', 'subject', 'to', 'data', 'name', 'note']
const fields = (limit: string) => ({
  number: { at: 'no', as: 'letter-number' },
  date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'subject', as: 'text' },
  to: { at: 'to', as: 'office' },
  attachments: { at: ['data', 'name'], as: { base64: { limit } } },
})
const notice = {
  kind: 'json-records',
  columns: ['รายการ', 'ที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'วันเวลา', 'เหตุผล'],
}

const file = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 131) % 256))
const cells = { no: 'ชม 0017/1', date: '2026-11-23', subject: 'ขอเชิญ', to: '57', name: 'ก.pdf', note: '' }
type Cells = typeof cells & { readonly data: string }

const documents = {
  json: (value: Cells): string => JSON.stringify(value).replaceAll('/', '\\/'),
  xml: (value: Cells): string =>
    `<x>${Object.entries(value)
      .map(([name, text]) => `<${name}>${text}</${name}>`)
      .join('')}</x>`,
}

async function read(kind: 'json' | 'xml', value: Cells, limit = '1MiB'): Promise<Item> {
  const made = mustBe(profileWith({ ...formats[kind], columns }, notice, fields(limit)))
  const form = formsOf(made, systemClock).send
  assert(form)
  const bytes = Buffer.from(documents[kind](value))
  const [item] = await form.read({
    document: 'letter',
    name: 'x',
    bytes,
    beside: new Map(),
    sender: 'gone',
    final: true,
  })
  assert(item)
  return item
}

for (const kind of ['json', 'xml'] as const) {
  t.test(`${kind}: the file is a slice of the document`, async (t) => {
    const item = await read(kind, { ...cells, data: file.toString('base64') })
    assert(item.kind === 'letter', JSON.stringify(item))
    const content = item.attachments[0]?.content
    assert(content?.kind === 'pieces')
    t.equal(content.size, file.length)
    t.ok(Buffer.concat([...piecesOf(content)]).equals(file))
    t.ok(Buffer.concat([...piecesOf(content)]).equals(file), 'as often as it is asked for')
  })

  t.test(`${kind}: a long text elsewhere travels as it stands`, async (t) => {
    const note = file.toString('base64')
    const item = await read(kind, { ...cells, note, data: note })
    assert(item.kind === 'letter', JSON.stringify(item).slice(0, 500))
    t.same(item.draft.extension, [{ name: 'note', value: note }])
    const content = item.attachments[0]?.content
    assert(content?.kind === 'bytes')
    t.ok(content.bytes.equals(file))
  })

  t.test(`${kind}: what is wrong is said as it stands there`, async (t) => {
    const text = file.toString('base64')
    const broken = await read(kind, { ...cells, data: `${text.slice(0, 100_001)}*${text.slice(100_001)}` })
    t.match(broken, {
      kind: 'fault',
      problems: [{ code: 'adapter.base64.broken', details: { fault: '* at character 100002' } }],
    })
    t.match(await read(kind, { ...cells, data: text.slice(1) }), {
      problems: [{ code: 'adapter.base64.broken' }],
    })
    const large = await read(kind, { ...cells, data: text }, '100KiB')
    t.match(large, {
      kind: 'fault',
      problems: [{ code: 'adapter.base64.large', details: { size: 200_000 } }],
    })
    const subject = await read(kind, { ...cells, date: 'ไม่มี', data: text })
    assert(subject.kind === 'fault')
    t.equal(subject.understood?.cells?.['data'], text, 'a person sees the cell that came')
  })
}
