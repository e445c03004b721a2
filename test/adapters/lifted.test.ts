// Files that are left where they stand in a document: whatever is read with them aside says what reading it as it stands says.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { readBase64 } from '../../src/adapters/base64.ts'
import { lifted } from '../../src/adapters/lifted.ts'
import { encodedIn, piecesOf, sizeOf, worthwhile } from '../../src/adapters/pieces.ts'
import { Gathered, inPieces, saidLength } from '../../src/adapters/transports/gathered.ts'
import { bytesOf, nodeAt, readJsonText, textAt } from '../../src/adapters/transports/rest/json-text.ts'

const whole = (content: Parameters<typeof piecesOf>[0]): Buffer => Buffer.concat([...piecesOf(content)])
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 131) % 256))

t.test(
  'a slice is decoded piece by piece exactly where the strict reader takes it, and to the same bytes',
  (t) => {
    const piece = fc.constantFrom(
      'QUJD',
      'QQ==',
      'QUI=',
      '=',
      'A',
      'ab',
      '+/',
      ' ',
      '\r\n',
      '\t',
      '-',
      'ก',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        const strict = readBase64(text)
        const found = encodedIn(Buffer.from(text))
        assert.equal(found === undefined, 'fault' in strict, text)
        if (found === undefined || 'fault' in strict) return
        assert.deepEqual(whole(found), strict.bytes)
        assert.equal(sizeOf(found), strict.bytes.length)
      }),
      { numRuns: 500 },
    )
    t.end()
  },
)

t.test('lines of any length, escapes of JSON, and pieces that cut both', (t) => {
  const file = bytes(200_001)
  const dense = file.toString('base64')
  for (const width of [1, 3, 64, 76, 65_535, 65_536])
    for (const end of ['\n', '\r\n', ' ']) {
      const text = dense.replace(new RegExp(`.{${width}}`, 'g'), `$&${end}`)
      const found = encodedIn(Buffer.from(text))
      t.ok(found !== undefined && whole(found).equals(file), `${width} ${JSON.stringify(end)}`)
    }
  for (let shift = 0; shift < 8; shift += 1) {
    const text = `${'\\n'.repeat(shift)}${dense.replaceAll('/', '\\/').replace(/.{63}[^\\](?=[^/])/g, '$&\\r\\n')}`
    const found = encodedIn(Buffer.from(text), true)
    t.ok(found !== undefined && whole(found).equals(file), `escapes, shifted by ${shift}`)
    const value: unknown = JSON.parse(`"${text}"`)
    t.same(readBase64(String(value)), { bytes: file })
  }
  t.equal(encodedIn(Buffer.from('QUJ\\u0044'), true), undefined)
  t.equal(encodedIn(Buffer.from('QUJD\\'), true), undefined)
  t.end()
})

t.test('only long and sound base64 is taken out, and what stood there comes back', (t) => {
  const file = bytes(150_000)
  const text = file.toString('base64')
  const document = Buffer.from(
    `<ก>ข้อความ ${'x'.repeat(70_001)}</ก><a>\n  ${text}\n</a><b>${text.slice(4)}</b>`,
  )
  const aside = lifted(document)
  assert(aside)
  t.ok(aside.bytes.length < 71_000, 'the long text that is no base64 stays')
  const tokens = aside.bytes.toString().match(/SarabanAside[0-9a-f]{40}/g) ?? []
  t.equal(tokens.length, 2)
  t.ok(aside.restored(aside.bytes.toString()).equals(document))
  const [first = '', second = ''] = tokens
  t.notOk(aside.allFound())
  t.ok(whole(aside.fileOf(first) ?? { kind: 'pieces', size: 0, pieces: () => [] }).equals(file))
  t.notOk(aside.allFound())
  t.ok(aside.fileOf(second))
  t.ok(aside.allFound())
  t.equal(aside.fileOf(`${first}=`), undefined)
  t.equal(aside.fileOf(first.replace(/.{8}$/, '00000007')), undefined)
  t.equal(lifted(Buffer.from(text.slice(0, worthwhile - 1))), undefined, 'short')
  t.equal(lifted(Buffer.from(`<a>${text}A</a>`)), undefined, 'cut within a group of four')
  t.equal(lifted(Buffer.from(`"\\\\n${text}"`), true), undefined, 'behind an escaped backslash')
  t.equal(lifted(Buffer.from(`"\\u002f${text}"`), true), undefined, 'behind an escape of something else')
  const again = lifted(document)
  t.notSame(again?.bytes, aside.bytes, 'tokens are made from chance for each document')
  t.end()
})

t.test('parts of a JSON document are the bytes that came, and texts what JSON says', (t) => {
  const text = bytes(150_000).toString('base64').replaceAll('/', '\\/')
  const item = `{ "เรื่อง": "ก", "data": "data:application\\/pdf;base64,${text}", "n": 123456789012345678 }`
  const read = readJsonText(Buffer.from(`{"items":[${item}],"x":"${text}\\n"}`))
  assert(read?.aside)
  const node = nodeAt(read.root, 'items.0')
  assert(node)
  t.equal(bytesOf(read, node).toString(), item)
  t.equal(textAt(read, nodeAt(read.root, 'x')), `${text.replaceAll('\\/', '/')}\n`)
  t.equal(textAt(read, nodeAt(node, 'n')), '123456789012345678')
  const number = readJsonText(Buffer.from(`[${'1'.repeat(70_000)}]`))
  t.equal(number?.aside, undefined, 'a number that long is no file')
  t.equal(number?.text.length, 70_002)
  t.end()
})

t.test('a body in one buffer, whatever its length is said to be, and never beyond the limit', (t) => {
  const body = bytes(3_000_000)
  for (const said of [undefined, 0, 10, 3_000_000, 2_000_000, 4_000_000, 9_000_000])
    for (const size of [1, 65_536, 1_500_000]) {
      if (size === 1 && said !== undefined) continue
      const source = size === 1 ? body.subarray(0, 5000) : body
      const gathered = new Gathered(4_000_000, said)
      for (let at = 0; at < source.length; at += size) assert(gathered.add(source.subarray(at, at + size)))
      t.ok(gathered.end().equals(source), `${said} ${size}`)
    }
  const small = new Gathered(10)
  t.ok(small.add(bytes(10)))
  t.notOk(small.add(bytes(1)))
  t.equal(small.size, 10)
  t.ok(small.end().equals(bytes(10)))
  t.ok(Buffer.concat([...inPieces(body)]).equals(body))
  t.same(
    ['12', '', '-1', '1e3', undefined, ['1'], '9'.repeat(16)].map((each) => saidLength(each)),
    [12, undefined, undefined, undefined, undefined, undefined, undefined],
  )
  t.end()
})
