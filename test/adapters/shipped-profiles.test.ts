// What the shipped profiles owe together (issue of the fleet): the survey's counts, every pilot, and every word that a profile has.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { codecs } from '../../src/adapters/fields/codecs.ts'
import { formats } from '../../src/adapters/formats/formats.ts'
import { transports } from '../../src/adapters/transports/transports.ts'
import type { Letter } from '../../src/letter/letter.ts'
import { fleet } from '../../src/sandbox/fleet/fleet.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { parcelOf, shipped, TestClock } from './stage.ts'
import { letterOf, readBack } from './there-and-back.ts'

const profiles = readdirSync(join(import.meta.dirname, '../../profiles'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => shipped(name.slice(0, -'.yaml'.length)))
const provinces = profiles.filter(({ office }) => office !== 'moi')

t.test(
  'the survey of B.E. 2551: 38 systems by contractors, 13 self-built, 24 offices with a mailbox only',
  (t) => {
    const count = (origin: string): number => provinces.filter((each) => each.origin === origin).length
    t.same([count('outsourced'), count('self-built'), count('none')], [38, 13, 24])
    t.equal(new Set(provinces.map(({ office }) => office)).size, 75, 'one for each province')
    t.ok(
      provinces.every(({ illustrative }) => illustrative),
      'and each says that it is an example',
    )
    t.end()
  },
)

t.test('every province of 2551 has a profile, the 18 pilots too, and a system that plays it', (t) => {
  const table = readFileSync(join(import.meta.dirname, '../../data/provinces.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
  const pilots = table.filter((line) => line.endsWith(',yes')).map((line) => line.slice(0, 2))
  t.equal(pilots.length, 18)
  const offices = provinces.map(({ office }): string => office)
  t.same(
    pilots.filter((office) => !offices.includes(office)),
    [],
  )
  t.same(
    table.map((line) => line.slice(0, 2)).filter((office) => !offices.includes(office)),
    [],
  )
  t.same(fleet.map(({ profile }) => profile).toSorted(), provinces.map(({ id }) => id).toSorted())
  t.end()
})

t.test(
  'what one system calls like a column of another is not written into it, and no letter is refused for it',
  async (t) => {
    const clock = new TestClock()
    const lamphun = formsOf(shipped('lamphun-csv'), clock)
    const khonKaen = formsOf(shipped('khon-kaen-dbf'), clock)
    const numbered = (from: string, value: string) =>
      fixedLetter({
        from: { office: office(from) },
        to: { offices: [office(from === '40' ? '51' : '40')] },
        extension: [{ name: 'ลำดับ', value }],
      })
    const own = letterOf(
      await readBack(
        lamphun.send!,
        'letter',
        mustBe(await lamphun.receive!.write(parcelOf({ letter: numbered('51', 'ส 12') }, 'p-1', '51'))),
      ),
    )
    t.same(own.extension, [{ name: 'ลำดับ', value: 'ส 12' }], 'it comes back to Lamphun itself')
    const came = async (letter: Letter) =>
      letterOf(
        await readBack(
          khonKaen.send!,
          'letter',
          mustBe(await khonKaen.receive!.write(parcelOf({ letter }, 'p-1', '40'))),
        ),
      )
    t.same((await came(own)).extension, [], 'a text that no number is')
    t.same((await came(numbered('51', '12'))).extension, [])
    t.same((await came(numbered('40', '12'))).extension, [{ name: 'ลำดับ', value: '12' }])
    t.same((await came(numbered('40', 'x'))).extension, [], 'nor its own, when its form has changed')
  },
)

t.test('together they use every format, every transport and every codec', (t) => {
  const text = JSON.stringify(profiles.map(({ documents }) => documents))
  const used = (kinds: readonly string[], found: readonly string[]): string[] =>
    kinds.filter((kind) => !found.includes(kind))
  const kindsOf = profiles.flatMap(({ documents }) =>
    Object.values(documents).map(({ format }) => format.kind),
  )
  t.same(
    used(
      formats.map(({ kind }) => kind),
      kindsOf,
    ),
    [],
    'formats that no profile has',
  )
  const ways = profiles.flatMap(({ channels }) =>
    Object.values(channels).map(({ transport }) => transport.kind),
  )
  t.same(
    used(
      transports.map(({ kind }) => kind),
      ways,
    ),
    [],
    'transports that no profile has',
  )
  t.same(
    codecs.map(({ name }) => name).filter((name) => !text.includes(`"${name}"`)),
    [],
    'codecs that no profile has',
  )
  t.end()
})
