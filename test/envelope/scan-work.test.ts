// What the scan of a hostile document costs, before any signature is judged: counted, and as much again for twice the document.
import t from 'tap'
import { bounds } from '../../src/envelope/bounds.ts'
import { NamespaceScope } from '../../src/envelope/namespace-scope.ts'
import { scan } from '../../src/envelope/scan.ts'

/** The characters whose bytes are counted while `act` runs. */
function measured(act: () => void): number {
  const own = Buffer.byteLength
  let count = 0
  Buffer.byteLength = ((text: string) => {
    count += text.length
    return own(text)
  }) as typeof Buffer.byteLength
  try {
    act()
  } finally {
    Buffer.byteLength = own
  }
  return count
}

/** How often a prefix is looked up while `act` runs. */
function lookedUp(act: () => void): number {
  const own = NamespaceScope.prototype.lookUp
  let count = 0
  NamespaceScope.prototype.lookUp = function (this: NamespaceScope, prefix: string, offset: number) {
    count += 1
    return own.call(this, prefix, offset)
  }
  try {
    act()
  } finally {
    NamespaceScope.prototype.lookUp = own
  }
  return count
}

t.test('a text in thousands of pieces is measured once', async (t) => {
  for (const piece of ['abc', 'a\n', 'หน']) {
    const pieces = Math.floor(bounds.value / Buffer.byteLength(piece) / 2)
    const count = Math.min(pieces, 18_000)
    const document = (times: number) => `<a>${`${piece}<b></b>`.repeat(times)}</a>`
    const whole = scan(document(count))
    t.equal(whole.text, piece.repeat(count))
    const work = measured(() => scan(document(count)))
    t.ok(work <= whole.text.length, `${work} characters measured of ${whole.text.length}`)
  }
})

t.test('the bound on a value holds to the byte, however it comes in pieces', async (t) => {
  const inPieces = (text: string, length: number) =>
    `<a>${(text.match(new RegExp(`.{1,${length}}`, 'gsu')) ?? []).map((each) => `${each}<b></b>`).join('')}</a>`
  for (const [unit, bytes] of [
    ['a', 1],
    ['น', 3],
    ['𐐀', 4],
  ] as const) {
    const most = unit.repeat(Math.floor(bounds.value / bytes))
    for (const length of [10, 1_000, 30_000, 70_000]) {
      t.equal(scan(inPieces(most, length)).text.length, most.length, `${unit} by ${length}`)
      t.throws(
        () => scan(inPieces(`${most}${unit}`, length)),
        { message: 'envelope.value.too-long' },
        `one ${unit} more, by ${length}`,
      )
    }
  }
  const blank = `<a>${'x'.repeat(bounds.value)}${'<b></b>\n'.repeat(100)}</a>`
  t.equal(scan(blank).text.length, bounds.value, 'white space between elements is none of the text')
  const before = `<a>${' '.repeat(60_000)}<b></b>${'x'.repeat(60_000)}</a>`
  t.equal(scan(before).text.length, 60_000, 'nor that before the first of them')
})

t.test('each attribute is looked up once, of however many that have one name', async (t) => {
  const prefixes = Array.from({ length: 8 }, (_, index) => `p${index}`)
  const more = prefixes.map((each) => `q${each}`)
  const declared = (names: readonly string[]) => names.map((each) => ` xmlns:${each}="urn:${each}"`).join('')
  const attributes = [...prefixes, ...more].map((each) => ` ${each}:x=""`).join('')
  const document = (times: number) =>
    `<a${declared(prefixes)}><b${declared(more)}>${`<c${attributes}></c>`.repeat(times)}</b></a>`
  t.equal(
    lookedUp(() => scan(document(100))),
    2 + 100 * 17,
  )
  t.equal(
    lookedUp(() => scan(document(200))),
    2 + 200 * 17,
  )
  const twice = `<a${declared(prefixes)} xmlns:other="urn:p0"><b p0:x="" other:x=""></b></a>`
  t.throws(() => scan(twice), { message: 'envelope.attribute.twice' })
})

t.test('so many declarations are in force at one place as a look-up may walk through', async (t) => {
  const nested = (count: number) => `${'<a xmlns="urn:a">'.repeat(count)}${'</a>'.repeat(count)}`
  t.equal(bounds.declarations, 24)
  t.equal(scan(nested(24)).namespace, 'urn:a')
  t.throws(() => scan(nested(25)), { message: 'envelope.namespaces.too-many' })
})
