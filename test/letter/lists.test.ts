import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { parse as parseYaml } from 'yaml'
import {
  attachmentName,
  extensionOf,
  isMediaType,
  type MediaType,
  mediaTypeOf,
  mediaTypes,
} from '../../src/letter/attachments.ts'
import {
  kindList,
  kindNames,
  kinds,
  secrecies,
  secrecyCode,
  secrecyList,
  secrecyNames,
  secrecyOfCode,
  secrecyOfName,
  urgencies,
  urgencyCode,
  urgencyList,
  urgencyNames,
  urgencyOfCode,
  urgencyOfName,
} from '../../src/letter/codes.ts'
import { dateForms, isDateForm, printLetterDate, readLetterDate } from '../../src/letter/dates.ts'
import { limits } from '../../src/letter/limits.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import {
  findOffice,
  moi,
  officeById,
  officeId,
  offices,
  organisationIdsAreAssumed,
} from '../../src/letter/offices.ts'
import { officeOfOrganisation, organisationIdOf, readOrganisations } from '../../src/letter/organisations.ts'
import { provinces } from '../../src/letter/provinces.ts'
import { mustBe, office } from './arbitrary.ts'
import { faultsOf } from './faults.ts'

t.test('the offices are the 75 provinces of 2551, Bueng Kan, and the ministry', async (t) => {
  const rows: { code: string; name_th: string; name_en: string; abbreviation: string }[] = parse(
    readFileSync(new URL('../../data/provinces.csv', import.meta.url)),
    { columns: true, bom: true },
  )
  t.equal(rows.length, 75)
  const listed = provinces.filter((province) => province.since === undefined)
  t.same(
    listed.map(({ code, th, en, abbreviation }) => [code, th, en, abbreviation]),
    rows.map((row) => [row.code, row.name_th, row.name_en, row.abbreviation]),
  )
  t.same(
    provinces.filter((province) => province.since !== undefined),
    [{ code: '38', th: 'บึงกาฬ', en: 'Bueng Kan', abbreviation: 'บก', since: '2011-03-23' }],
  )
  t.equal(offices.length, 77)
  for (const key of ['id', 'th', 'en', 'abbreviation', 'letters', 'organisationId', 'jobTitle'] as const) {
    t.equal(new Set(offices.map((entry) => entry[key])).size, 77, `${key} tells every office apart`)
  }
  for (const entry of offices) t.match(entry.organisationId, /^15[0-9]{3}00000$/)
  t.ok(organisationIdsAreAssumed)
})

t.test('an office is found by every name that it goes by, and by nothing else', async (t) => {
  const names: readonly (readonly [string, string | undefined])[] = [
    ['50', '50'],
    ['๕๐', '50'],
    ['เชียงใหม่', '50'],
    ['จังหวัดเชียงใหม่', '50'],
    ['จ.เชียงใหม่', '50'],
    ['จ. เชียงใหม่', '50'],
    ['ผู้ว่าราชการจังหวัดเชียงใหม่', '50'],
    ['สำนักงานจังหวัดเชียงใหม่', '50'],
    ['สํานักงานจังหวัดเชียงใหม่', '50'],
    ['ชม', '50'],
    ['Chiang Mai', '50'],
    ['chiangmai', '50'],
    ['CHIANG MAI PROVINCE', '50'],
    ['1515000000', '50'],
    ['15150', '50'],
    ['เเพร่', '54'],
    ['บึงกาฬ', '38'],
    ['moi', 'moi'],
    ['MOI', 'moi'],
    ['OPS-MOI', 'moi'],
    ['กระทรวงมหาดไทย', 'moi'],
    ['สป.มท.', 'moi'],
    ['มท', 'moi'],
    ['1500200000', 'moi'],
    ['15002', 'moi'],
    ['', undefined],
    ['10', undefined],
    ['กรุงเทพมหานคร', undefined],
    ['เชียง', undefined],
    ['99', undefined],
    // The two digits of the ministry in old organisation ids are a province's here.
    ['15', '15'],
    ['__proto__', undefined],
    ['constructor', undefined],
  ]
  for (const [name, id] of names) t.equal(findOffice(name)?.id, id, name)
  for (const entry of offices) {
    for (const name of [
      entry.id,
      entry.th,
      entry.en,
      entry.abbreviation,
      entry.organisationId,
      entry.jobTitle,
    ]) {
      if (findOffice(name) !== entry) t.fail(`${name} is not ${entry.id}`)
    }
    t.equal(officeById(entry.id), entry)
  }
  const aliases = new Map([
    ['1500900000', office('50')],
    ['51', office('52')],
  ])
  t.equal(findOffice('1500900000', aliases)?.id, '50')
  t.equal(findOffice(' 1500900000 ', aliases)?.id, '50')
  t.equal(findOffice('51', aliases)?.id, '52', 'an alias goes before the list')
  t.equal(findOffice('ลำพูน', aliases)?.id, '51')
})

t.test('organisation ids that are stated go before those that are assumed', (t) => {
  const table = mustBe(
    readOrganisations({ '93': ['1599900093', '15193'], moi: ['15002'], '50': ['1511111111'] }),
  )
  const [phatthalung, chiangMai] = [office('93'), office('50')]
  for (const id of ['1599900093', '15193', '1519300000']) t.equal(officeOfOrganisation(id, table), '93')
  for (const id of ['15999', '15', 'พัทลุง', '151930000']) t.equal(officeOfOrganisation(id, table), undefined)
  const written = (id: typeof moi) =>
    ([undefined, 5, 10] as const).map((digits) => organisationIdOf(id, table, digits))
  t.same(written(phatthalung), ['1599900093', '15193', '1599900093'])
  t.same(written(moi), ['15002', '15002', '1500200000'])
  t.same(written(chiangMai), ['1511111111', '1511111111', '1511111111'], 'no five digits mean the same')
  t.same(written(office('51')), ['1515100000', '15151', '1515100000'], 'assumed')

  const faults = (raw: unknown): string[] => {
    const read = readOrganisations(raw)
    return read.ok ? [] : read.problems.map(({ path, code }) => `${path} ${code.slice('letter.'.length)}`)
  }
  t.same(
    faults({
      '93': ['15x', '1519300000'],
      '99': ['15199'],
      '50': '15150',
      '51': [],
      '52': 15152,
      '53': null,
    }),
    [
      '51 organisation.wrong',
      '52 organisation.wrong',
      '53 organisation.wrong',
      '93 organisation.wrong',
      '99 office.unknown',
    ],
  )
  t.same(faults({ '93': ['15993'], '92': ['1599300000'] }), ['93 organisation.twice'], 'in its other length')
  t.same(faults({ '93': ['15192'] }), ['93 organisation.twice'], 'assumed of Trang, whose own is not stated')
  t.same(faults({ '93': ['15192'], '92': ['15193'] }), [])
  t.same([faults([]), faults(null), faults('15193')], Array(3).fill([' organisation.wrong']))
  const shipped = parseYaml(readFileSync(new URL('../../data/organisations.yaml', import.meta.url), 'utf8'))
  const whole = mustBe(readOrganisations(shipped))
  t.same(
    offices.map(({ id }) => whole.get(id)),
    offices.map(({ organisationId }) => [organisationId]),
    'the file that is shipped says what is assumed',
  )
  t.end()
})

t.test('an office id is exactly an id; another name is told its id', async (t) => {
  t.equal(mustBe(officeId('50')), '50')
  t.equal(mustBe(officeId('moi')), moi)
  t.same(faultsOf(officeId('เชียงใหม่')), ['letter.office.not-an-id'])
  for (const text of ['', '10', ' 50 x', '050'])
    t.same(faultsOf(officeId(text)), ['letter.office.unknown'], text)
  t.same(faultsOf(officeId(' 50')), ['letter.office.not-an-id'])
  t.same(faultsOf(officeId('MOI')), ['letter.office.not-an-id'])
  const outside = JSON.parse('"99"')
  t.throws(() => officeById(outside), /not on the list/)
})

t.test('code lists have a code, a name and a first day for every value', async (t) => {
  t.same(urgencies.map(urgencyCode), ['001', '002', '003', '004'])
  t.same(secrecies.map(secrecyCode), ['001', '002', '003', '004'])
  t.same(
    urgencies.map((value) => urgencyOfCode(urgencyCode(value))),
    urgencies,
  )
  t.same(
    secrecies.map((value) => secrecyOfCode(secrecyCode(value))),
    secrecies,
  )
  t.same(
    urgencies.map((value) => urgencyOfName(urgencyNames[value])),
    urgencies,
  )
  t.same(
    secrecies.map((value) => secrecyOfName(secrecyNames[value])),
    secrecies,
  )
  t.equal(urgencyOfName(' ด่วนท่ีสุด '), 'most-urgent')
  for (const code of ['', '1', '005', '__proto__']) {
    t.equal(urgencyOfCode(code), undefined)
    t.equal(secrecyOfCode(code), undefined)
    t.equal(urgencyOfName(code), undefined)
    t.equal(secrecyOfName(code), undefined)
  }
  t.same(Object.keys(kindNames), kinds)
  t.same(
    [urgencyList, secrecyList, kindList].map((list) => list.map((entry) => entry.value)),
    [urgencies, secrecies, kinds],
  )
  for (const { since } of [...urgencyList, ...secrecyList, ...kindList, ...mediaTypes])
    mustBe(readLetterDate(since))
})

t.test(
  'media types by their own name, by every alias that was seen, by the ending of the name',
  async (t) => {
    const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
    const said: readonly (readonly [string | undefined, string, string])[] = [
      ['application/pdf', '', 'application/pdf'],
      ['Application/PDF; name="x.pdf"', '', 'application/pdf'],
      ['application/docx', '', docx],
      ['application/xlsx', '', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['image/jpg', 'x.png', 'image/jpeg'],
      ['', 'หนังสือ.PDF', 'application/pdf'],
      [undefined, 'a.b.docx', docx],
      ['application/octet-stream', 'a.tiff', 'image/tiff'],
    ]
    for (const [word, name, type] of said) t.equal(mustBe(mediaTypeOf(word, name)), type, `${word} ${name}`)
    for (const ending of 'pdf doc docx rtf xls xlsx ppt pptx zip bmp jpg png tiff txt'.split(' ')) {
      const type: MediaType = mustBe(mediaTypeOf(undefined, `x.${ending}`))
      t.equal(mustBe(mediaTypeOf(undefined, `x.${extensionOf(type)}`)), type, ending)
      t.ok(isMediaType(type))
    }
    t.same(faultsOf(mediaTypeOf('application/x-msdownload', 'a.pdf')), ['letter.media-type.unknown'])
    t.same(faultsOf(mediaTypeOf(undefined, 'a.exe')), ['letter.media-type.missing'])
    t.same(faultsOf(mediaTypeOf('', 'pdf')), ['letter.media-type.missing'])
    t.same(faultsOf(mediaTypeOf('__proto__', '')), ['letter.media-type.unknown'])
    t.notOk(isMediaType('application/docx'))
    const words = mediaTypes.flatMap(({ type, aliases }) => [type, ...aliases])
    t.equal(new Set(words).size, words.length, 'no word means two types')
  },
)

t.test('a name of an attachment is never a path, and hides nothing', async (t) => {
  for (const name of [
    'หนังสือ.pdf',
    'a b (1).PDF',
    'ก'.repeat(85),
    '😀'.repeat(63),
    '.hidden',
    'a..b',
    'น้ำ.docx',
  ]) {
    t.equal(mustBe(attachmentName(name)), name)
  }
  const refused: readonly (readonly [string, readonly string[]])[] = [
    ['', ['letter.field.missing']],
    [' ', ['letter.field.missing']],
    ['..', ['letter.attachment.name-path']],
    ['../x.pdf', ['letter.attachment.name-path']],
    ['C:\\x.pdf', ['letter.attachment.name-path']],
    ['/etc/passwd', ['letter.attachment.name-path']],
    ['a\u0000.pdf', ['letter.attachment.name-control']],
    ['a\r\nX-Header: 1.pdf', ['letter.attachment.name-control']],
    ['a\ud800.pdf', ['letter.attachment.name-control']],
    ['a\u009b.pdf', ['letter.attachment.name-control']],
    ['x\u202efdp.exe', ['letter.attachment.name-direction']],
    ['ก'.repeat(86), ['letter.attachment.name-long']],
    ['a'.repeat(256), ['letter.attachment.name-long']],
    [
      '../\u0007\u202e',
      ['letter.attachment.name-path', 'letter.attachment.name-control', 'letter.attachment.name-direction'],
    ],
  ]
  for (const [name, codes] of refused) t.same(faultsOf(attachmentName(name)), codes, JSON.stringify(name))
})

t.test('docs/letter.md says what the code does', async (t) => {
  const page = readFileSync(new URL('../../docs/letter.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| (.+) \|$/gm)].map((row) => row[1]!.split(/ ?\| ?/))
  const date = mustBe(readLetterDate('2008-11-15'))
  const forms = rows.flatMap(([form = '', example]) => {
    const name = form.replaceAll('`', '')
    return isDateForm(name) ? [[name, example]] : []
  })
  t.same(
    forms,
    dateForms.filter((form) => !form.startsWith('th:')).map((form) => [form, printLetterDate(date, form)]),
  )
  const numbers = rows.filter(
    ([printed]) => printed?.startsWith('`') && printed.includes('/') && /[ก-๙]/.test(printed),
  )
  t.equal(numbers.length, 7)
  for (const [printed = '', normalized = '', marks = ''] of numbers) {
    const { number, urgency } = mustBe(readLetterNumber(printed.replaceAll('`', ''), 'มท'))
    t.equal(`\`${number.normalized}\``, normalized)
    t.equal(marks.includes('circular'), number.circular)
    t.equal(marks.includes('order'), number.order)
    t.equal(marks.includes('completed'), number.completed)
    t.equal(marks.includes('urgency'), urgency !== undefined)
  }
  const { attachmentSize, ...counts } = limits
  t.equal(attachmentSize, 2 * 1024 ** 3)
  for (const [name, limit] of Object.entries(counts)) {
    const shown = limit.toLocaleString('en-US')
    t.ok(
      rows.some(([, bound]) => bound?.includes(`${shown} `)),
      `${name}: ${shown}`,
    )
  }
  for (const [index, urgency] of urgencies.entries()) {
    const secrecy = secrecies[index]!
    const row = [
      `\`${urgency}\``,
      urgencyCode(urgency),
      urgencyNames[urgency],
      `\`${secrecy}\``,
      secrecyCode(secrecy),
      secrecyNames[secrecy],
    ]
    t.ok(
      rows.some((cells) => cells.join() === row.join()),
      row.join(),
    )
  }
})
