// Where a file that stays aside begins and ends: tokens of others, long keys, blanks, escapes, and the pieces it is read in.
import assert from 'node:assert/strict'
import t from 'tap'
import { readBase64 } from '../../src/adapters/base64.ts'
import { eCms } from '../../src/adapters/formats/e-cms/e-cms.ts'
import { lifted } from '../../src/adapters/lifted.ts'
import { encodedIn, piecesOf } from '../../src/adapters/pieces.ts'
import { readJsonText } from '../../src/adapters/transports/rest/json-text.ts'
import { moi } from '../../src/letter/offices.ts'
import {
  agree,
  bothOf,
  cells,
  clock,
  earlier,
  every,
  file,
  foreign,
  government,
  large,
  plain,
} from './aside-stage.ts'

t.test('a token of another document is a text like any other, and means no file', async (t) => {
  const both = bothOf({ ...plain, record: 'r' })
  const documents = [earlier, foreign, `data:application/pdf;base64,${earlier}`].map((forged) =>
    Buffer.from(
      JSON.stringify({
        r: [
          { ...cells, no: 'ชม 1/1', data: large },
          { ...cells, no: 'ชม 1/2', data: forged },
          { ...cells, no: 'ชม 1/3', data: large, subject: forged },
        ],
      }),
    ),
  )
  for (const bytes of documents) {
    const items = await agree(...both, bytes)
    t.same(
      items.map((item) => item.kind === 'letter' && item.attachments[0]?.content.kind),
      ['pieces', 'bytes', 'pieces'],
    )
    const forged = items[1]
    assert(forged?.kind === 'letter')
    const content = forged.attachments[0]?.content
    assert(content?.kind === 'bytes')
    t.equal(content.bytes.length, 39)
  }
})

t.test(
  'several files of one content, read late and at the same time, with other documents read in between',
  async (t) => {
    const [form, whole] = bothOf({ ...plain, record: 'r' })
    const texts = [large, large, every(large, 76, '\r\n'), file(3, 98_305), large]
    const document = (order: readonly string[]) =>
      Buffer.from(
        JSON.stringify({ r: order.map((data, index) => ({ ...cells, no: `ชม 1/${index}`, data })) }),
      )
    const items = await agree(form, whole, document(texts))
    await agree(form, whole, document(texts.toReversed()))
    const walks = items.map((item) => {
      assert(item.kind === 'letter')
      const content = item.attachments[0]?.content
      assert(content?.kind === 'pieces')
      return { content, walk: content.pieces()[Symbol.iterator](), pieces: [] as Buffer[] }
    })
    for (let more = true; more; ) {
      more = false
      for (const { walk, pieces } of walks) {
        const next = walk.next()
        if (next.done === true) continue
        pieces.push(next.value)
        more = true
      }
    }
    for (const [index, { content, pieces }] of walks.entries()) {
      const expected = Buffer.from(texts[index] ?? '', 'base64')
      t.ok(Buffer.concat(pieces).equals(expected))
      t.equal(content.size, expected.length)
    }
  },
)

t.test('a long key that stands twice is no JSON, as a short one is none', (t) => {
  for (const key of [large, `x-${large}`, `${large}\\n-`]) {
    t.equal(readJsonText(Buffer.from(`{"${key}":1,"${key}":2}`)), undefined)
    t.equal(readJsonText(Buffer.from(`{"${key}":1}`))?.aside, undefined)
  }
  t.end()
})

t.test('around a file of the exchange stand blanks of XML, and no others', async (t) => {
  const form =
    eCms.sort === 'document' &&
    eCms.create({ kind: 'e-cms' }, { office: moi, profile: 'test', content: 'letter', clock })
  assert(typeof form === 'object' && form.ok)
  const read = (main: string) => agree(form.value, form.value, Buffer.from(government(main, 'x', '')))
  t.match(await read(` \t\r\n${large}\n`), [{ kind: 'letter' }])
  for (const blank of ['\u00a0', '\u2028', '\u3000', '&#xa0;'])
    t.match(await read(`${blank}${large}`), [{ kind: 'fault', problems: [{ code: 'ecms.base64' }] }])
})

t.test('letters of escapes are no base64, whatever they make of its length', (t) => {
  // Each with as many characters before it as make whole groups of four of what is none.
  for (const before of ['\\\\nAAA', '\\u0041AAA', '\\\\/AAA', '\\bAAA', '\\fAAA', '\\\\\\nAAA'])
    t.equal(lifted(Buffer.from(`"${before}${large}"`), true), undefined, before)
  for (const behind of ['\\\\', '\\u0041', '\\b', '\\"'])
    t.equal(lifted(Buffer.from(`"${large}${behind}"`), true), undefined, behind)
  t.end()
})

t.test('an escape at the end of a piece is not cut in two', (t) => {
  for (const shift of [65_534, 65_535, 65_536, 131_070, 131_071, 131_072])
    for (const each of ['\\n', '\\r', '\\t', '\\/']) {
      const digits = 'QUJD'.repeat(40_000)
      const text = `${digits.slice(0, shift)}${each}${each === '\\/' ? digits.slice(shift + 1) : digits.slice(shift)}`
      const found = encodedIn(Buffer.from(text), true)
      assert(found)
      const expected = readBase64(String(JSON.parse(`"${text}"`)))
      t.ok(
        'bytes' in expected && Buffer.concat([...piecesOf(found)]).equals(expected.bytes),
        `${shift} ${each}`,
      )
    }
  t.end()
})
