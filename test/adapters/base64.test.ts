// Files within cells: strict about what is broken, bounded, and there and back through JSON and XML.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { checkCodec, codecOf } from '../../src/adapters/fields/codecs.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { extensionOf, type MediaType, mediaTypes } from '../../src/letter/attachments.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { fixedLetter, mustBe } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'
import { letterOf, profileWith, readBack } from './there-and-back.ts'

const reads = (options: object, ...cells: string[]) => {
  const read = codecOf({ base64: options }).read(cells)
  return read.ok ? read.value : read.problems.map(({ code }) => code)
}
const writes = (options: object, columns: number, ...values: string[]) => {
  const written = codecOf({ base64: options }).write(values, columns, () => undefined)
  return written.ok ? written.value.cells : written.problems.map(({ code }) => code)
}
const pdf = 'application/pdf'

t.test('what columns say of files, both ways', (t) => {
  t.same(reads({}, 'QUJD', 'ก.pdf'), ['ก.pdf', '', 'QUJD'])
  t.same(reads({}, 'QU\r\n JD', 'ก.pdf'), ['ก.pdf', '', 'QUJD'], 'lines of base64')
  t.same(reads({}, '', '', 'QQ==', 'ข.pdf'), ['', '', '', 'ข.pdf', '', 'QQ=='], 'no main letter')
  t.same(reads({}, '', ''), [])
  t.same(reads({ first: 'enclosure' }, '', '', 'QQ==', 'ข.pdf'), ['ข.pdf', '', 'QQ=='])
  t.same(reads({ parts: ['name', 'type', 'content'] }, 'ก', 'image/jpg', 'QUJD'), ['ก', 'image/jpg', 'QUJD'])
  t.same(reads({ parts: ['content', 'ending'] }, 'QUJD', '.TIF', 'QUJD', ''), [
    'main.tif',
    'image/tiff',
    'QUJD',
    'enclosure-1.pdf',
    '',
    'QUJD',
  ])
  t.same(reads({ parts: ['content'], separator: '|' }, 'QUJD|QQ=='), [
    'main.pdf',
    '',
    'QUJD',
    'enclosure-1.pdf',
    '',
    'QQ==',
  ])
  t.same(reads({ parts: ['content'] }, 'data:image/png;charset=x;base64,QUJD'), [
    'main.png',
    'image/png',
    'QUJD',
  ])
  t.same(writes({ parts: ['content'], uri: true }, 1, 'a', 'image/png', 'QUJD'), [
    'data:image/png;base64,QUJD',
  ])
  t.same(writes({ parts: ['ending', 'content'] }, 4, 'a', 'image/tiff', 'QUJD'), ['tif', 'QUJD', '', ''])
  t.same(writes({ separator: ';' }, 4, 'a', pdf, 'QUJD', 'b', pdf, 'QQ==', 'c', pdf, 'QUI='), [
    'QUJD',
    'a',
    'QQ==;QUI=',
    'b;c',
  ])
  t.same(writes({}, 4, '', '', '', 'b', pdf, 'QQ=='), ['', '', 'QQ==', 'b'])
  t.end()
})

t.test('what is broken, too large or unclear is a fault, never a shorter file', (t) => {
  for (const wrong of ['QUJ', 'QUJDQ', 'QU*D', 'Q===', 'QQ==QQ==', 'กขคง', 'QUJD=', 'data:x;base64', '-_-_'])
    t.same(reads({}, wrong, 'ก.pdf'), ['adapter.base64.broken'], wrong)
  t.same(reads({}, '', 'ก.pdf'), ['adapter.base64.empty'], 'a name without a file')
  t.same(reads({}, 'QUJD', '../ก.pdf'), ['letter.attachment.name-path'])
  t.same(reads({ limit: '2B' }, 'QUJD', 'ก.pdf'), ['adapter.base64.large'])
  t.same(reads({ separator: ';' }, 'QUJD;QUJD', 'ก.pdf'), ['adapter.base64.sides'])
  t.same(writes({}, 2, 'a', pdf, 'QUJD', 'b', pdf, 'QQ=='), ['adapter.field.too-many'])
  t.same(writes({}, 2, 'a', pdf, ''), ['adapter.base64.empty'])
  t.same(writes({ parts: ['content'] }, 1, 'a', 'image/png', 'QUJD'), ['adapter.base64.type-unsaid'])
  t.same(writes({ separator: ';' }, 2, 'a;b', pdf, 'QUJD'), ['adapter.field.separator'])
  const faults = (options: object) => checkCodec({ base64: options }, []).map(({ at }) => at.join('.'))
  t.same(faults({ parts: ['name'] }), ['base64.parts'])
  t.same(faults({ parts: ['content', 'size'] }), ['base64.parts.1'])
  t.same(faults({ limit: '2 MB', otherwise: '.pdf' }).toSorted(), ['base64.limit', 'base64.otherwise'])
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 40 }), fc.nat(), (bytes, at) => {
      const text = Buffer.from(bytes).toString('base64')
      const place = at % text.length
      const cut = `${text.slice(0, place)}${text.slice(place + 1)}`
      t.same(reads({}, cut, 'ก.pdf'), ['adapter.base64.broken'], 'a character less')
    }),
    { numRuns: 200 },
  )
  t.end()
})

const fields = (attachments: object) => ({
  number: { at: 'no', as: 'letter-number' },
  date: { at: 'date', as: { 'christian-date': 'ce:yyyy-MM-dd' } },
  subject: { at: 'subject', as: { text: { max: 40, overflow: 'spill' } } },
  to: { at: 'to', as: 'office' },
  attachments,
})
const notice = {
  kind: 'json-records',
  columns: ['รายการ', 'ที่หนังสือ', 'ลงวันที่', 'หน่วยงาน', 'เลขรับ', 'วันเวลา', 'เหตุผล'],
}
const own = ['no', 'date', 'subject', 'to']
const form = (format: object, attachments: object): DocumentForm =>
  formsOf(mustBe(profileWith(format, notice, fields(attachments))), new TestClock()).receive!

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const files = fc.array(
  fc.record({
    bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
    type: fc.constantFrom(...mediaTypes.map(({ type }) => type as MediaType)),
    name: fc.stringMatching(/^[กำ่a-z0-9 ]{1,8}[a-zก]$/),
  }),
  { maxLength: 6 },
)

async function law(t: Test, made: DocumentForm, named: boolean) {
  let [written, spilled] = [0, 0]
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.boolean(),
      fc.integer({ min: 1, max: 60 }).map((count) => 'กำ'.repeat(count)),
      async (drawn, main, subject) => {
        const contents = new Map(drawn.map(({ bytes }) => [sha256(bytes), Buffer.from(bytes)]))
        const attachments = drawn.map(
          ({ bytes, type, name }, index): Attachment => ({
            name: `${index}${name}.${extensionOf(type)}`,
            mediaType: type,
            role: index === 0 && main ? 'main' : 'enclosure',
            size: bytes.length,
            sha256: sha256(bytes),
          }),
        )
        const letter: Letter = { ...fixedLetter(), subject, attachments }
        const result = await made.write(parcelOf({ letter }, 'p-1', '50', contents))
        if (!result.ok) return t.equal(result.problems[0].code, 'adapter.field.too-many')
        written += 1
        t.same(result.value.files, [], 'nothing stands beside')
        const back = letterOf(await readBack(made, 'letter', result.value))
        const full = back.attachments
          .filter(({ name, mediaType }) => (named ? name === 'p-1-full.txt' : mediaType === 'text/plain'))
          .at(-1)
        if (result.value.spilled.length > 0) {
          spilled += 1
          t.ok(full)
        }
        const shown = ({ name, ...rest }: Attachment) => (named ? { name, ...rest } : rest)
        t.same(
          back.attachments.filter((each) => result.value.spilled.length === 0 || each !== full).map(shown),
          attachments.map(shown),
        )
      },
    ),
    { numRuns: 150 },
  )
  t.ok(written > 60 && spilled > 10, `${written} written, ${spilled} spilled`)
}

t.test('law: letters with files there and back, through JSON and XML', async (t) => {
  const list = (at: string) => ({ at, separator: '|', each: 'files' })
  await law(
    t,
    form(
      { kind: 'json-records', columns: [...own, list('files.name'), list('files.data')] },
      {
        at: ['files.data', 'files.name'],
        as: { base64: { separator: '|' } },
      },
    ),
    true,
  )
  await law(
    t,
    form(
      {
        kind: 'json-records',
        charset: 'windows-874',
        columns: [...own, 'main', { at: 'more', separator: '|' }],
      },
      {
        at: ['main', 'more'],
        as: { base64: { parts: ['content'], separator: '|', uri: true } },
      },
    ),
    false,
  )
  await law(
    t,
    form(
      {
        kind: 'xml',
        charset: 'utf-8',
        record: 'หนังสือ',
        columns: [...own, list('files/data'), list('files/@type'), list('files/@name')],
      },
      {
        at: ['files/@name', 'files/data', 'files/@type'],
        as: { base64: { parts: ['name', 'content', 'type'], separator: '|' } },
      },
    ),
    true,
  )
})

t.test('a scan of many megabytes, and one that is too large', async (t) => {
  for (const [kind, format] of [
    ['json-records', {}],
    ['xml', { charset: 'utf-8', record: 'x' }],
  ] as const) {
    const made = form(
      { kind, ...format, columns: [...own, 'name', 'data'] },
      { at: ['data', 'name'], as: { base64: { limit: '4MiB' } } },
    )
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'ก')
    const contents = new Map([[sha256(bytes), bytes]])
    const attachment: Attachment = {
      name: 'ก.pdf',
      mediaType: pdf as MediaType,
      role: 'main',
      size: bytes.length,
      sha256: sha256(bytes),
    }
    const letter: Letter = { ...fixedLetter(), attachments: [attachment] }
    const written = mustBe(await made.write(parcelOf({ letter }, 'p-1', '50', contents)))
    t.same(letterOf(await readBack(made, 'letter', written)).attachments, [attachment])
    const larger = { ...letter, attachments: [{ ...attachment, size: bytes.length + 1 }] }
    t.match(await made.write(parcelOf({ letter: larger }, 'p-1', '50', contents)), {
      ok: false,
      problems: [{ code: 'adapter.base64.large' }],
    })
    const many = Array.from({ length: 17 }, (_, index) => ({ ...attachment, name: `${index}.pdf` }))
    t.match(await made.write(parcelOf({ letter: { ...letter, attachments: many } }, 'p-1', '50', contents)), {
      ok: false,
      problems: [{ code: 'adapter.base64.all-large' }],
    })
  }
})

t.test('formats whose cells are too small for files say so; columns stand in groups', (t) => {
  const faults = (format: object, attachments: object) => {
    const made = profileWith(format, notice, fields(attachments))
    return made.ok ? [] : made.problems.map(({ path, value }) => `${path} ${value}`)
  }
  t.same(faults({ kind: 'csv', charset: 'utf-8' }, { at: ['a', 'b'], as: 'base64' }), [
    'documents.letter.fields.attachments.as base64',
  ])
  t.same(faults({ kind: 'json-records', columns: [...own, 'a'] }, { at: ['a'], as: 'base64' }), [
    'documents.letter.fields.attachments.at 1',
  ])
  t.end()
})
