// What every profile in profiles/ owes, a contributor's too: its cases on file, and generated letters there and back.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import type { AttachmentContent, IncomingAttachment, Item } from '../../src/adapters/contract.ts'
import type { DocumentForm } from '../../src/adapters/formats/format.ts'
import { piecesOf } from '../../src/adapters/pieces.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { mediaTypeOf } from '../../src/letter/attachments.ts'
import { checkLetter } from '../../src/letter/check.ts'
import { letterFromJson, letterToJson } from '../../src/letter/json.ts'
import type { Attachment, Letter, LetterFields } from '../../src/letter/letter.ts'
import { moi } from '../../src/letter/offices.ts'
import { describe } from '../../src/problem/problem.ts'
import { letters, mustBe } from '../letter/arbitrary.ts'
import { readCase, tabled } from './case.ts'
import { parcelOf, shipped, TestClock } from './stage.ts'

/** Profiles without cases here, each with the reason. One that is not needed any more is a fault. */
const waivers: Readonly<Record<string, string>> = {
  'ranong-envelope': 'its documents are sealed envelopes, as those of moi-inbox',
  'moi-inbox': 'its documents are sealed envelopes, which are passed on as they are: test/envelope/vectors',
}

const clock = new TestClock()
const folder = join(import.meta.dirname, 'cases')
const idsIn = (place: string): string[] =>
  readdirSync(place)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
const profiles = idsIn(join(import.meta.dirname, '../../profiles'))

/** What is wrong with the folders of cases as such: a case that nobody runs says nothing. */
function faultsOfFolders(cases: string, known: readonly string[]): string[] {
  const folders = readdirSync(cases, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const faults: string[] = []
  for (const { name } of folders) {
    if (!known.includes(name)) faults.push(`cases/${name}: there is no profile profiles/${name}.yaml`)
    if (filesIn(join(cases, name)).length === 0)
      faults.push(`cases/${name}: no case in it; a case is a file *.txt, as cases/README.md says`)
    if (Object.hasOwn(waivers, name)) faults.push(`cases/${name}: it has cases; take its waiver away`)
  }
  for (const id of known) {
    if (!Object.hasOwn(waivers, id) && !folders.some(({ name }) => name === id))
      faults.push(`profiles/${id}.yaml: it has no cases; put a sample into cases/${id}/`)
  }
  for (const id of Object.keys(waivers))
    if (!known.includes(id)) faults.push(`the waiver of ${id} is for no profile`)
  return faults
}

function filesIn(place: string): string[] {
  return readdirSync(place).filter((name) => name.endsWith('.txt'))
}

t.test('every profile has its cases, and every case its profile', (t) => {
  t.same(faultsOfFolders(folder, profiles), [])
  const odd = t.testdir({ stranger: { 'a.txt': '' }, 'chiang-mai-csv': {}, 'moi-inbox': { 'a.txt': '' } })
  const known = ['chiang-mai-csv', 'moi-inbox', 'nan-dbf', 'ranong-envelope']
  t.same(faultsOfFolders(odd, known).toSorted(), [
    'cases/chiang-mai-csv: no case in it; a case is a file *.txt, as cases/README.md says',
    'cases/moi-inbox: it has cases; take its waiver away',
    'cases/stranger: there is no profile profiles/stranger.yaml',
    'profiles/nan-dbf.yaml: it has no cases; put a sample into cases/nan-dbf/',
  ])
  t.end()
})

t.test('a case that is no case says why', (t) => {
  t.throws(() => readCase('colour: red\n\nx\n----\n[]'), { message: /colour.*document, charset/ })
  t.throws(() => readCase('charset: cp874\n\nx\n----\n[]'), { message: /cp874.*windows-874/ })
  t.throws(() => readCase('charset: utf-8\n\nx\n'), { message: /no line ----/ })
  t.equal(readCase('charset: utf-8-bom\n\nx\n----\n[]').bytes.toString('hex'), 'efbbbf78')
  t.equal(readCase('charset: utf-16le\n\nx\n----\n[]').bytes.toString('hex'), 'fffe7800')
  t.end()
})

t.test('a case that does not fit says what is to be written, and that fits', async (t) => {
  const { read } = formsOf(shipped('chiang-rai-json'), clock).send!
  const json = { number: 'ด่วน ชร 1/ว2', date: '2008-02-13', subject: 'ก', to: 'moi', description: 'ข' }
  const source = { document: 'letter', name: 'x', beside: new Map(), sender: 'gone', final: true } as const
  const items = [
    ...(await read({ ...source, bytes: Buffer.from(JSON.stringify(json)) })),
    ...(await read({ ...source, bytes: Buffer.from('{}') })),
  ]
  // A first guess: the letter alone, the reader's own form, nothing at all.
  for (const guess of [[json], items, [], [{ position: 'letter', letter: { number: 1 }, files: [] }]]) {
    const wrong = faultOfCase(items, guess)
    t.match(wrong?.what, guess.length === 0 ? /2 are read|entry 1/ : /entry 1 .*if it is right, write it/)
    const written: unknown = JSON.parse(wrong?.write ?? '')
    t.match(written, [
      { position: 'letter', letter: { number: json.number, to: { offices: ['moi'] } }, files: [] },
    ])
    t.notMatch(wrong?.write, /normalized|secrecy/, 'as short as it can be said')
    t.equal(faultOfCase(items, written as unknown[]), undefined)
  }
  t.match(faultOfCase([], [{}])?.what, '0 are read and the case has 1 entries')
})

t.test('the case that cases/README.md shows is one', async (t) => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const one = readCase(/```\n(# The second[\s\S]*?)```/.exec(readme)?.[1] ?? '')
  const profile = readFileSync(join(import.meta.dirname, '../../docs/profiles.md'), 'utf8')
  const example = /```yaml\n(id: example-csv[\s\S]*?)```/.exec(profile)?.[1] ?? ''
  const form = formsOf(mustBe(readProfile(example.replace('windows-874', 'utf-8'), 'x')), clock).send!
  const beside = new Map(
    one.beside.map((name) => [name, { kind: 'bytes' as const, bytes: Buffer.from(name) }]),
  )
  const items = await form.read({ ...one, name: 'x', beside, sender: 'gone' })
  t.equal(faultOfCase(items, one.expected)?.write, undefined)
})

for (const id of profiles.filter((each) => existsSync(join(folder, each)))) {
  t.test(`cases of ${id}`, async (t) => {
    const forms = formsOf(tabled(id, clock), clock)
    for (const file of filesIn(join(folder, id))) {
      const one = readCase(readFileSync(join(folder, id, file), 'utf8'))
      const form = one.document === 'letter' ? forms.send : forms.sendNotices
      if (form === undefined) throw new Error(`${file}: the profile sends no ${one.document}`)
      const beside = new Map<string, AttachmentContent>([
        ...one.beside.map((name) => [name, { kind: 'bytes' as const, bytes: Buffer.from(name) }] as const),
        ...one.memo,
      ])
      const items = await form.read({ ...one, name: file, beside, sender: 'gone' })
      const wrong = faultOfCase(items, one.expected)
      if (wrong === undefined) t.pass(file)
      else t.fail(`${file}: ${wrong.what}`, { write: wrong.write.split('\n') })
    }
  })
}

/** Where what is read is not what the case says: the first entry that differs, and what is to be written when it is right. */
function faultOfCase(
  items: readonly Item[],
  expected: readonly unknown[],
): { readonly what: string; readonly write: string } | undefined {
  const write = () => JSON.stringify(items.map(writtenEntry), null, 2)
  const form = 'an entry is { position, letter, files }, { position, problems } or a notice (cases/README.md)'
  for (const [index, item] of items.entries()) {
    const entry = expected[index]
    const read = entryOf(entry)
    if (read !== undefined && isDeepStrictEqual(read, shownItem(item))) continue
    const said =
      read === undefined ? `entry ${index + 1} cannot be read: ${form}` : `entry ${index + 1} is another`
    return {
      what: `${said}; what is read at ${item.position} stands below: if it is right, write it`,
      write: write(),
    }
  }
  if (items.length === expected.length) return undefined
  const what = `${items.length} are read and the case has ${expected.length} entries; if what is read is right, write it`
  return { what, write: write() }
}

/** An entry of a case as `shownItem` shows what is read; undefined when it has no form of an entry. */
function entryOf(entry: unknown): unknown {
  try {
    return typeof entry === 'object' && entry !== null && 'position' in entry
      ? expectedItem(entry)
      : undefined
  } catch {
    return undefined
  }
}

/** What a case says of an item, as short as it can be said. */
function writtenEntry(item: Item): unknown {
  if (item.kind !== 'letter') return shownItem(item)
  const { position, draft, attachments } = item
  const files = attachments.map(({ role, name }) => `${role} ${name}`)
  // What is read may lack anything: the gateway's check of the letter comes after.
  const fields = { ...draft, number: draft.number ?? { printed: undefined }, attachments: [] }
  const { attachments: _, ...whole } = letterToJson(fields as unknown as LetterFields)
  let letter: Record<string, unknown> = whole
  for (const key of Object.keys(whole)) {
    const without = Object.fromEntries(Object.entries(letter).filter(([name]) => name !== key))
    if (isDeepStrictEqual(entryOf({ position, letter: without, files }), shownItem(item))) letter = without
  }
  return { position, letter, files }
}

function shownItem(item: Item): unknown {
  switch (item.kind) {
    case 'letter':
      return {
        position: item.position,
        letter: said(item.draft),
        files: item.attachments.map(({ role, name }) => `${role} ${name}`),
      }
    case 'fault':
      return { position: item.position, problems: item.problems.map((each) => describe(each)) }
    case 'envelope':
      throw new Error('no case is an envelope')
    default:
      return { ...item }
  }
}

const said = (draft: object) =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined))

/** A letter stands in a case as canonical JSON; what a reader fills in need not be written. */
function expectedItem(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('letter' in value)) return value
  const { draft } = mustBe(letterFromJson(value.letter))
  return { ...value, letter: said(draft) }
}

/** Which form of a profile brings a letter to its system, and which takes one from it. */
const ways = (profile: Profile) => {
  const { send, receive } = formsOf(profile, clock)
  return [
    { name: 'sends', form: send, from: profile.office, to: moi },
    { name: 'is given', form: receive, from: moi, to: profile.office },
  ]
}

/** An envelope is passed on as it is: there is nothing to translate. */
const translates = (id: string): boolean =>
  Object.values(shipped(id).documents).every(({ format }) => format.kind !== 'envelope')

for (const id of profiles.filter(translates)) {
  t.test(`law: generated letters there and back through ${id}`, async (t) => {
    const profile = tabled(id, clock)
    for (const { name, form, from, to } of ways(profile)) {
      if (form === undefined) continue
      let written = 0
      await fc.assert(
        fc.asyncProperty(letters({ charset: 'windows-874', lines: false, from, to }), async (made) => {
          // Half of all letters are secret, and most systems cannot say it.
          const secret = /\/ล/.test(made.number.normalized)
          const contents = made.attachments.map((_each, index) => Buffer.from(`scan ${index}`))
          const attachments = made.attachments.map(
            (each, index): Attachment => ({ ...each, ...measured(contents[index] ?? Buffer.alloc(0)) }),
          )
          const secrecy = secret ? made.secrecy : 'ordinary'
          const letter: Letter = { ...made, secrecy, attachments, extension: [] }
          const back = await thereAndBack(form, letter, contents)
          if (back === undefined) return
          written += 1
          const { number, date, subject } = back.letter
          t.equal(number.normalized, letter.number.normalized)
          t.equal(date, letter.date)
          // What stands around the words of a subject is not everywhere kept.
          if (!back.spilled.includes('subject')) t.equal(subject.trim(), letter.subject.trim())
          t.equal(back.letter.from.office, letter.from.office)
          t.same(back.letter.to.offices, letter.to.offices)
          const digests = back.letter.attachments.map(({ sha256 }) => sha256)
          t.same(
            letter.attachments.filter(({ sha256 }) => !digests.includes(sha256)),
            [],
            'every attachment',
          )
        }),
        { numRuns: 100 },
      )
      t.ok(written > 0, `what ${id} ${name}: ${written} of 100 letters could be said`)
    }
  })
}

/** The letter as it is read again from what was written; undefined when it was refused, with its reasons, or contradicts its charset. */
async function thereAndBack(
  form: DocumentForm,
  letter: Letter,
  contents: readonly Buffer[],
): Promise<{ readonly letter: Letter; readonly spilled: readonly string[] } | undefined> {
  const byDigest = new Map(contents.map((bytes) => [measured(bytes).sha256, bytes]))
  const written = await form.write(parcelOf({ letter }, 'p-1', letter.to.offices[0] ?? 'moi', byDigest))
  if (!written.ok) return undefined
  const { bytes, files, spilled } = written.value
  const beside = new Map(
    files.map((file): [string, AttachmentContent] => [
      file.name,
      file.content.kind === 'bytes'
        ? { kind: 'bytes', bytes: file.content.bytes }
        : { kind: 'kept', sha256: file.sha256, size: file.content.size },
    ]),
  )
  const source = { document: 'letter', name: 'x', bytes, beside, sender: 'gone', final: true } as const
  const [item] = await form.read(source)
  // A drawn text may be sound UTF-8 in windows-874, as no words of a letter are.
  if (item?.kind === 'fault' && item.problems.every(({ code }) => code === 'adapter.charset.contradicted'))
    return undefined
  if (item?.kind !== 'letter') throw new Error(`what was written is no letter: ${JSON.stringify(item)}`)
  return { letter: mustBe(checkLetter(item.draft, item.attachments.map(attachmentOf))), spilled }
}

const measured = (bytes: Buffer) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
})

const attachmentOf = ({ name, mediaType, role, content }: IncomingAttachment): Attachment => ({
  name,
  role,
  mediaType: mustBe(mediaTypeOf(mediaType, name)),
  ...(content.kind === 'kept'
    ? { sha256: content.sha256, size: content.size }
    : content.kind === 'file'
      ? { sha256: '', size: 0 }
      : measured(Buffer.concat([...piecesOf(content)]))),
})
