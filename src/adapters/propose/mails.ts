// A mail of an office: its labelled lines, what of them its subject repeats, and its files.
import { readBody } from '../formats/mail/body.ts'
import { MailFault } from '../formats/mail/fault.ts'
import { type MailRead, readMail } from '../formats/mail/read.ts'
import { subjectTemplate } from '../formats/mail/subject.ts'
import { bounds, type Column, type Option, type SheetRead } from './sheet.ts'
import { isWord, letterWords, likeness, saysSomething } from './words.ts'

/** What stands before the name of a labelled line's cell. */
export const bodyCell = 'body:'

const labels = 50
const colon = /^[ \t]*([^\s{}:：>](?:[^\r\n{}:：]{0,58}[^\s{}:：])?)[ \t]*[:：]/
/** A label without its colon is known by being one of the words of letters. */
const bare = /^[ \t]*([^\s{}:：>]{1,60})[ \t]/

/** Whether bytes begin as a mail does: lines of a head, a subject among them. */
export function isMail(bytes: Buffer, start: string): boolean {
  return (
    /^(from|to|subject|received|date|return-path|message-id|mime-version|delivered-to):/i.test(start) &&
    /\nsubject:/i.test(`\n${bytes.subarray(0, 16_384).toString('latin1')}`)
  )
}

/** The labelled lines of a mail as columns of one letter. */
export function readMailSample(bytes: Buffer): SheetRead {
  try {
    return { ok: true, value: sheetOf(readMail(bytes, 'skip')) }
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return { ok: false, problem: error.problem }
  }
}

function sheetOf(mail: MailRead) {
  const lines = mail.text.split('\n')
  const signature = lines.includes('-- ')
  const quotes = lines.some((line) => line.startsWith('>'))
  const found = labelsOf(signature ? lines.slice(0, lines.indexOf('-- ')) : lines)
  const skipping = { quotes: 'skip', signature: 'skip' } as const
  const values = new Map(readBody(mail.text, { labels: found, ...skipping }).values)
  const main = found.find((label) => mail.files.has((values.get(label) ?? '').trim()))
  const stated = found.filter((label) => label !== main)
  const says = (field: string): boolean =>
    stated.some((label) => likeness(label, letterWords[field] ?? []) >= 1)
  // What no line says the mail's subject may: its number, and what stands behind the word.
  const inSubject: (readonly [string, string | undefined])[] = [
    ['ที่', says('number') ? undefined : numberIn(mail.subject)],
    ['เรื่อง', says('subject') ? undefined : /เรื่อง[ :]+(.+)$/.exec(mail.subject)?.[1]],
  ]
  const more = inSubject.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]))
  for (const [label, value] of more) values.set(label, value)
  const all = [...more.map(([label]) => label), ...stated]
  const named = says('subject') || more.some(([label]) => label === 'เรื่อง')
  const template = templateOf(mail.subject, all, values)
  const options: Option[] = [
    charsetOption(mail.charset),
    ...(named || more.length > 0 ? [template] : []),
    ...(main === undefined
      ? []
      : [{ key: 'main', value: { label: main }, reason: 'this line names one of the files' }]),
    ...(quotes ? [{ key: 'quotes', value: 'skip', reason: 'lines of another mail stand in it' }] : []),
    ...(signature ? [{ key: 'signature', value: 'skip', reason: 'a signature stands below its line' }] : []),
  ]
  const columns: Column[] = all.map((label) => {
    const value = (values.get(label) ?? '').slice(0, bounds.cell).trim()
    return { name: `${bodyCell}${label}`, option: label, values: [value], trimmed: true }
  })
  return {
    kind: 'mail' as const,
    options,
    columns,
    // The mail's own subject is a cell of its own, and no label.
    cells: named ? [] : [{ name: 'subject', option: 'subject', values: [mail.subject], trimmed: true }],
    named: true,
  }
}

/** The labels that stand there: the lines of blocks that say at least two things of letters. */
function labelsOf(lines: readonly string[]): readonly string[] {
  const found = new Set<string>()
  let block: string[] = []
  for (const line of [...lines, '']) {
    if (line.trim() !== '') {
      block.push(line)
      continue
    }
    const known = block
      .map((each) => colon.exec(each)?.[1] ?? wordOf(each))
      .filter((each) => saysSomething(each ?? ''))
    // A form without colons: where most lines begin with a word of letters, the others begin with a label too.
    const form = known.length >= 3 && known.length * 3 >= block.length * 2
    if (known.length >= 2)
      for (const each of block) {
        const label = colon.exec(each)?.[1] ?? (form ? bare.exec(each)?.[1] : wordOf(each))
        if (label !== undefined && found.size < labels && !/^https?$/i.test(label)) found.add(label)
      }
    block = []
  }
  return [...found]
}

function wordOf(line: string): string | undefined {
  const label = bare.exec(line)?.[1]
  return label !== undefined && isWord(label) ? label : undefined
}

const numberIn = (subject: string): string | undefined =>
  /(?:\p{L}{1,6}\.? ?)?[\d๐-๙]{3,5}(?:\.[\d๐-๙]{1,3})* ?\/ ?[วล]? ?[\d๐-๙]{1,6}/u.exec(subject)?.[0]

/** The subject with the labels whose lines it repeats; what it says besides is taken for what stays the same. */
function templateOf(subject: string, all: readonly string[], values: ReadonlyMap<string, string>): Option {
  let template = subject.replace(/[{}]/g, '')
  const longest = all
    .map((label) => ({ label, value: (values.get(label) ?? '').trim() }))
    .filter(({ value }) => value.length >= 3)
    .toSorted((one, other) => other.value.length - one.value.length)
  const said: string[] = []
  for (const { label, value } of longest) {
    const at = template.indexOf(value)
    // Not inside a label that stands there already, and not right behind one: two places need something between.
    const before = template.slice(0, at)
    if (at < 0 || before.endsWith('}') || before.lastIndexOf('{') > before.lastIndexOf('}')) continue
    if (template[at + value.length] === '{') continue
    template = `${before}{${label}}${template.slice(at + value.length)}`
    said.push(label)
  }
  const again = subjectTemplate(template).read(subject)
  const holds = said.every((label) => again.get(label) === (values.get(label) ?? '').trim())
  return holds && template.trim() !== '' && template.length <= 200
    ? {
        key: 'subject',
        value: template,
        reason:
          said.length === 0
            ? 'TO BE CHECKED: no line stands in it; so it is taken for every mail’s'
            : 'it repeats these lines; the rest is taken for every mail’s',
      }
    : {
        key: 'subject',
        value: 'หนังสือราชการ',
        reason: 'TO BE CHECKED: the sample’s subject has no plain form',
      }
}

function charsetOption(said: string): Option {
  const known = ['windows-874', 'tis-620', 'iso-8859-11', 'utf-8'].find((each) => each === said)
  const thai = /874|620|8859-11|thai/.test(said)
  const value = known ?? (thai ? 'windows-874' : 'utf-8')
  return { key: 'charset', value, reason: `its text is said to be in ${said}` }
}
