import t from 'tap'
import { changedLetter } from '../../src/letter/changes.ts'
import type { Attachment, Letter } from '../../src/letter/letter.ts'
import { fixedLetter } from './arbitrary.ts'

const file = (name: string, role: Attachment['role'], digit: string): Attachment => ({
  ...{ name, role, mediaType: 'application/pdf' as Attachment['mediaType'] },
  ...{ size: 3, sha256: digit.repeat(64) },
})
const [a, b] = [file('a.pdf', 'main', '1'), file('b.pdf', 'enclosure', '2')]
const letter: Letter = fixedLetter({ attachments: [a, b] })

/** The files of the letter with these changes, or the codes of its faults. */
function files(attach: readonly Attachment[], drop: readonly string[] = []): readonly string[] {
  const changed = changedLetter(letter, { fields: {}, attach, drop })
  return changed.ok
    ? changed.value.attachments.map(({ name, role, sha256 }) => `${name} ${role} ${sha256[0]}`)
    : changed.problems.map(({ code, value }) => `${code} ${value}`)
}

t.test('a file takes the place of the one of its name, and is what that was', (t) => {
  t.same(files([file('a.pdf', 'enclosure', '3')]), ['a.pdf main 3', 'b.pdf enclosure 2'])
  t.same(files([file('b.pdf', 'enclosure', '3')]), ['a.pdf main 1', 'b.pdf enclosure 3'])
  t.same(files([file('c.pdf', 'enclosure', '3')]), ['a.pdf main 1', 'b.pdf enclosure 2', 'c.pdf enclosure 3'])
  t.same(files([file('c.pdf', 'main', '3')]), ['c.pdf main 3', 'b.pdf enclosure 2'])
  t.same(files([], ['b.pdf']), ['a.pdf main 1'])
  t.same(files([file('c.pdf', 'main', '3')], ['a.pdf']), ['b.pdf enclosure 2', 'c.pdf main 3'])
  t.end()
})

t.test('no file of a correction takes the place of another of it, and no letter loses its main file', (t) => {
  const twice = 'letter.correct.attachment-twice a.pdf'
  t.same(files([file('a.pdf', 'enclosure', '3'), file('a.pdf', 'enclosure', '4')]), [twice])
  t.same(files([file('a.pdf', 'main', '3'), file('a.pdf', 'enclosure', '4')]), [twice])
  t.same(files([file('c.pdf', 'main', '3'), file('d.pdf', 'main', '4')]), [
    'letter.correct.attachment-twice d.pdf',
  ])
  const lost = `letter.correct.main ${letter.number.printed}`
  t.same(files([], ['a.pdf']), [lost])
  t.same(files([file('a.pdf', 'enclosure', '3')], ['a.pdf']), [lost])
  t.end()
})
