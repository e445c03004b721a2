// The key of a JSON answer that nobody reads: what the reader of whole answers finds, the scan finds, however it comes in pieces.
import fc from 'fast-check'
import t from 'tap'
import { nodeAt, readJsonText, textAt } from '../../src/adapters/transports/rest/json-text.ts'
import { KeyScan } from '../../src/adapters/transports/rest/key-scan.ts'

function scanned(text: string | Buffer, path: string, size = 3): string | undefined {
  const bytes = Buffer.from(text)
  const scan = new KeyScan(path)
  for (let at = 0; at < bytes.length; at += size) scan.add(bytes.subarray(at, at + size))
  return scan.key()
}

t.test('law: the same key as the reader of whole answers finds, in pieces of any size', (t) => {
  const word = fc.constantFrom('id', 'data', 'a"b', 'ก\\', '', '0', 'x')
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.oneof(
        fc.string({ unit: fc.constantFrom(...'aก"\\{}[],: 1é😀\n'), maxLength: 6 }),
        fc.integer(),
        fc.constantFrom(null, true, 1.5),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(word, tie('value'), { maxKeys: 4 }),
    ),
  }))
  let found = 0
  fc.assert(
    fc.property(
      value,
      fc.constantFrom('id', 'data.id', 'data.0.id', '0', 'data.x'),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 2),
      (made, path, size, indent) => {
        const text = JSON.stringify(made, null, indent)
        const whole = readJsonText(Buffer.from(text))
        const key = whole && textAt(whole, nodeAt(whole.root, path))
        if (key !== undefined && key !== '') found += 1
        t.equal(scanned(text, path, size), key === '' ? undefined : key)
      },
    ),
    { numRuns: 2_000 },
  )
  t.ok(found > 30, `${found}`)
  t.end()
})

t.test('what is not whole, or says two keys, says none', (t) => {
  const text = '\ufeff{"letter": {"id": "9", "pages": [1, {"id": 2}]}, "data": {"id": 9007199254740993}}\n'
  t.equal(scanned(text, 'data.id'), '9007199254740993', 'digit for digit')
  for (let end = 1; end < text.trim().length; end += 1)
    t.equal(scanned(text.slice(0, end), 'data.id'), undefined, text.slice(0, end))
  t.equal(scanned('{"id": "1", "id": "2"}', 'id'), undefined)
  t.equal(scanned('{"data": {"id": "1"}, "data": {}}', 'data.id'), undefined)
  t.equal(scanned('{"id": {"id": "1"}}', 'id'), undefined)
  t.equal(scanned('{"id": "1"} {"id": "1"}', 'id'), undefined, 'two texts are no answer')
  t.equal(scanned(`{"id": "${'x'.repeat(5_000)}"}`, 'id'), undefined)
  t.equal(scanned(`{"${'x'.repeat(5_000)}": 1, "id": "1"}`, 'id'), '1')
  t.equal(scanned(`${'['.repeat(1_000)}`, 'id'), undefined)
  t.equal(scanned('{"id": nonsense}', 'id'), undefined)
  t.end()
})
