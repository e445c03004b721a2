// The laws that every records format owes: cells there and back, and letters there and back through a profile with it.
import { isAscii, isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { Test } from 'tap'
import { parse, stringify } from 'yaml'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, IncomingAttachment, Item } from '../../src/adapters/contract.ts'
import type { DocumentForm, FormatKind, RecordForm, Written } from '../../src/adapters/formats/format.ts'
import { piecesOf, sizeOf } from '../../src/adapters/pieces.ts'
import { readProfile } from '../../src/adapters/profile.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { letterToJson } from '../../src/letter/json.ts'
import type { Attachment, Letter, Person } from '../../src/letter/letter.ts'
import { readLetterNumber } from '../../src/letter/numbers.ts'
import { describe, type Problem, type Result } from '../../src/problem/problem.ts'
import { letters, mustBe, office } from '../letter/arbitrary.ts'
import { parcelOf, TestClock } from './stage.ts'

const clock = new TestClock()
const chiangMai = new URL('../../profiles/chiang-mai-csv.yaml', import.meta.url)

/** The profile of Chiang Mai as it stands in its file. */
export const profileTree = () => parse(readFileSync(chiangMai, 'utf8'))

/** The text of the profile of Chiang Mai with other formats in the place of its CSV. */
export function profileText(letter: object, notice: object): string {
  const profile = profileTree()
  profile.documents.letter.format = letter
  profile.documents.notice.format = notice
  return stringify(profile)
}

/** A profile whose letters have these fields instead of Chiang Mai's. */
export function profileWith(letter: object, notice: object, fields: object) {
  const text = profileText(letter, notice)
  const own = `fields: ${JSON.stringify(fields)}\n  notice:`
  return readProfile(text.replace(/fields:[\s\S]*?\n {2}notice:/, own), 'test.yaml')
}

export const formsWith = (letter: object, notice: object) =>
  formsOf(mustBe(readProfile(profileText(letter, notice), 'test.yaml')), clock)

/** A records form from its options alone. */
export function recordForm(kind: FormatKind, options: object): RecordForm {
  if (kind.sort !== 'records') throw new Error(`${kind.kind} is no records format`)
  const made = kind.create(
    { kind: kind.kind, ...options },
    { office: office('50'), profile: 'test', content: 'letter', clock },
  )
  if (!made.ok) throw new Error(JSON.stringify(made.findings))
  return made.value
}

/** A records form as its first example in docs/reference makes it. */
export function documented(kind: FormatKind): RecordForm {
  const docs = readFileSync(new URL('../../docs/reference/formats.md', import.meta.url), 'utf8')
  const examples = [...docs.matchAll(/```yaml run\n([\s\S]*?)```/g)].map(
    ([, text = '']) => parse(text).format,
  )
  return recordForm(
    kind,
    examples.find((each) => each.kind === kind.kind),
  )
}

/** What a form reads, short enough to compare: cells, or the codes of faults, by position. */
export const shown = (form: RecordForm, bytes: Buffer): (readonly [string, ...string[]])[] =>
  form
    .read(bytes)
    .map((each) =>
      each.kind === 'record'
        ? [each.record.position, ...each.record.cells.values()]
        : [each.position, ...each.problems.map(({ code }) => code)],
    )

/** Cells that broke a system somewhere. */
export const nastyCells = fc.string({
  unit: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...'กำุ่๑฿aZ019 _-=+@\'"<>&;,|/\\\t\n\r'.split('')) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('\u00a0', '&amp;', '&#32;', '<br>', ']]>', '_x000D_', '€', '“', '  '),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '😀',
        'é',
        '\ufeff',
        '\u200b',
        '\u0000',
        '\u0085',
        '\ufffd',
        '\ud800',
        '\uffff',
      ),
    },
  ),
  maxLength: 12,
})

/** Law: records of cells that the form does not refuse come back as they were. */
export function lawOfCells(form: RecordForm, columns: readonly string[], numRuns = 1_000): number {
  let kept = 0
  const record = fc.array(nastyCells, { minLength: columns.length, maxLength: columns.length })
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (made) => {
      const rows = made
        .map((cells) =>
          cells.map((cell, index) => (form.refuses(cell, columns[index]) === undefined ? cell : '')),
        )
        // A row in which nothing stands is no record, in any of these formats.
        .filter((cells) => cells.some((cell) => cell.trim() !== ''))
      if (rows.length === 0) return
      kept += 1
      const maps = rows.map((cells) => new Map(cells.map((cell, index) => [columns[index] ?? '', cell])))
      const bytes = form.write(maps, columns)
      // So few Thai letters that they are also sound UTF-8 contradict their charset: they go to quarantine (charset.ts).
      if (form.charset !== 'utf-8' && isUtf8(bytes) && !isAscii(bytes)) return
      const back = form.read(bytes)
      const found = back.map((each) =>
        each.kind === 'record'
          ? columns.map((name) => each.record.cells.get(name))
          : each.problems.map((problem) => describe(problem)),
      )
      if (JSON.stringify(found) !== JSON.stringify(rows))
        throw new Error(`${JSON.stringify(rows)} came back as ${JSON.stringify(found)}`)
    }),
    { numRuns },
  )
  return kept
}

/** Reads what was written as the system would send it back. */
export async function readBack(
  form: DocumentForm,
  document: 'letter' | 'notice',
  written: Written,
): Promise<Item> {
  const beside = new Map(
    written.files.map((file): [string, AttachmentContent] => [
      file.name,
      file.content.kind === 'bytes'
        ? { kind: 'bytes', bytes: file.content.bytes }
        : { kind: 'kept', sha256: file.sha256, size: file.content.size },
    ]),
  )
  const { bytes } = written
  const items = await form.read({ document, name: 'x', bytes, beside, sender: 'gone', final: true })
  const [item] = items
  if (item === undefined || items.length !== 1) throw new Error(`${items.length} items were read from one`)
  return item
}

const attachmentOf = ({ name, mediaType, role, content }: IncomingAttachment): Attachment => ({
  name,
  role,
  mediaType: mustBe(mediaTypeOf(mediaType, name)),
  ...(content.kind === 'kept'
    ? { sha256: content.sha256, size: content.size }
    : content.kind === 'file'
      ? { sha256: '', size: 0 }
      : {
          sha256: createHash('sha256')
            .update(Buffer.concat([...piecesOf(content)]))
            .digest('hex'),
          size: sizeOf(content),
        }),
})

export const letterOf = (item: Item): Letter => mustBe(checkedOf(item))

function checkedOf(item: Item): Result<Letter> {
  if (item.kind === 'fault') throw new Error(item.problems.map((each) => describe(each)).join('\n'))
  if (item.kind !== 'letter') throw new Error(`no letter: ${JSON.stringify(item)}`)
  return checkLetter(item.draft, item.attachments.map(attachmentOf))
}

const blank = (text: string): string => (text.trim() === '' ? '' : text)
function person(found: Person | undefined) {
  const names = found && [blank(found.givenName), blank(found.familyName), blank(found.jobTitle)]
  return names?.some((name) => name !== '') ? names : undefined
}

/** What the profile of Chiang Mai says of a letter; what it cannot say is left out here. */
function said(letter: Letter, prefix: string) {
  const { from, to, attachments, extension, sentAt, ...rest } = letterToJson(letter)
  return {
    ...rest,
    enclosureNote: blank(rest.enclosureNote),
    description: blank(rest.description),
    from: [from.office, person(from.person)],
    to: [to.offices, person(to.person)],
    sentAt: sentAt?.slice(0, 19),
    extension: extension.filter(({ name }) => from.office === '50' && name === 'เลขทะเบียนส่ง'),
    attachments: attachments
      .filter(({ name }) => name !== `${prefix}-full.txt`)
      .map(({ name: _, ...each }) => each),
  }
}

/** A drawn letter as urgent as its number says, and secret only where it says so. */
function asNumbered(drawn: Letter): Letter {
  const { urgency } = mustBe(readLetterNumber(drawn.number.printed))
  const open = !/\/ล/.test(drawn.number.normalized)
  return { ...drawn, urgency: urgency ?? drawn.urgency, secrecy: open ? 'ordinary' : drawn.secrecy }
}

/** The letter as one of the system's own, which comes back to it; one that is for it as it is: nobody writes to himself. */
const ownOf = (letter: Letter): Letter =>
  letter.to.offices.includes(office('50'))
    ? letter
    : { ...letter, from: { ...letter.from, office: office('50') } }

/** Law: a letter that the form does not refuse comes back as it was; what was spilled stands in a file, whole. */
export async function lawOfLetters(
  t: Test,
  form: DocumentForm,
  charset: 'unicode' | 'windows-874',
  numRuns = 500,
): Promise<{ written: number; spilled: number; refused: number }> {
  const counts = { written: 0, spilled: 0, refused: 0 }
  const numbered = [{ name: 'เลขทะเบียนส่ง', value: '=1+1' }]
  await fc.assert(
    fc.asyncProperty(letters({ charset }), fc.boolean(), async (made, extended) => {
      const letter: Letter = extended ? { ...ownOf(asNumbered(made)), extension: numbered } : asNumbered(made)
      const result = await form.write(parcelOf({ letter }, 'p-1', '50'))
      if (!result.ok) {
        counts.refused += 1
        return
      }
      counts.written += 1
      const { spilled, files } = result.value
      if (spilled.length > 0) counts.spilled += 1
      const full = files.find(({ name }) => name === 'p-1-full.txt')
      const text = full?.content.kind === 'bytes' ? full.content.bytes.toString('utf8') : ''
      for (const field of spilled)
        t.ok(text.includes(letter[field as 'subject']), `${field} stands in the file`)
      const checked = checkedOf(await readBack(form, 'letter', result.value))
      // The beginning of a spilled text may be question marks and nothing else: read back, they are taken for lost characters.
      const isMarks = ({ code, path }: Problem) => code === 'letter.text.replaced' && spilled.includes(path)
      if (!checked.ok && checked.problems.every(isMarks)) return
      const back = mustBe(checked)
      const kept = (json: object) =>
        Object.fromEntries(Object.entries(json).filter(([key]) => !spilled.includes(key)))
      t.same(kept(said(back, 'p-1')), kept(said(letter, 'p-1')))
    }),
    { numRuns },
  )
  return counts
}

/**
 * Law of a form that has a place for each canonical field: a letter of up to five recipients and three files that it does not refuse comes
 * back as it was but for what was spilled, and is written with the same bytes again. `name`: of the form, where too few were written.
 */
export async function lawOfWholeLetters(
  t: Test,
  form: DocumentForm,
  {
    name,
    charset,
    extension,
  }: { name: string; charset: 'unicode' | 'windows-874' } & Pick<Letter, 'extension'>,
): Promise<void> {
  const counts = { written: 0, spilled: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(
      letters({ charset, attachments: 3, recipients: 5 }),
      fc.boolean(),
      async (drawn, own) => {
        const made = asNumbered(drawn)
        const letter: Letter = { ...(own ? ownOf(made) : made), extension }
        const result = await form.write(parcelOf({ letter }, 'p-1', '50'))
        if (!result.ok) {
          counts.refused += 1
          return
        }
        counts.written += 1
        const { spilled } = result.value
        if (spilled.length > 0) counts.spilled += 1
        const back = letterToJson(letterOf(await readBack(form, 'letter', result.value)))
        const json = letterToJson(letter)
        for (const field of whole)
          if (!spilled.includes(field)) t.same(back[field], blanked(json[field]), field)
        t.same(back.to.offices, json.to.offices)
        t.same(back.extension, letter.from.office === '50' ? json.extension : [], 'the system’s own columns')
        const digests = back.attachments.map(({ sha256 }) => sha256)
        t.ok(json.attachments.every(({ sha256 }) => digests.includes(sha256)))
        const again = mustBe(await form.write(parcelOf({ letter }, 'p-1', '50')))
        t.ok(again.bytes.equals(result.value.bytes), 'the same bytes again')
      },
    ),
    { numRuns: 150 },
  )
  t.ok(counts.written > 20, `${name}: ${JSON.stringify(counts)}`)
}

const whole = ['number', 'date', 'subject', 'urgency', 'circular', 'references', 'description'] as const

/** A cell of blanks is an empty one. */
const blanked = <Value>(value: Value): Value =>
  typeof value === 'string' && value.trim() === '' ? ('' as Value) : value
