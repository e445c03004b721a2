// The records format `mail`: one mail is one letter or notice. Its cells are labelled lines of the body, some headers, and
// the names of the files that are attached.

import { bad, good, type Problem, problem } from '../../../problem/problem.ts'
import type { WrittenFile } from '../../contract.ts'
import { assembled, type FilePlace } from '../assembled.ts'
import { type Charset, unsayable } from '../charset.ts'
import {
  type FormRecord,
  type Outgoing,
  type RecordForm,
  type RecordRead,
  recordsFormat,
  type Written,
} from '../format.ts'
import { type BodyRules, readBody, writeBody } from './body.ts'
import { MailFault } from './fault.ts'
import { isAddress, type MailRead, readMail } from './read.ts'
import { subjectTemplate } from './subject.ts'
import { base64Lines, fileHead, headerLine, mailDate, textPart } from './write.ts'

interface Options extends BodyRules {
  readonly charset: Charset
  readonly subject: string
  readonly main: { readonly label?: string; readonly name?: string }
  readonly inlineImages: 'skip' | 'attach'
  readonly limit: number
}

/** Names of several files stand in one cell, apart by what no name of a file can hold. */
const between = '/'
const noMain = '-'

/**
 * Options. `labels`: the lines that hold the letter's fields, in the order in which they are written. `subject`: a template
 * with labels in braces. `charset`: written where it can say everything; else UTF-8. `main`: which file is the letter
 * itself: the one that a line names (`label`), or whose name fits (`name`), or the first PDF. `limit`: bytes of all files.
 */
export const mail = recordsFormat<Options>({
  kind: 'mail',
  about: {
    summary: 'One mail is one letter or notice: labelled lines in its text, and files; records.',
    badDays: [
      ['its last boundary is missing, or base64 is cut', 'a fault', 'mail.part.unended'],
      ['bytes that contradict their charset', 'a fault', 'mail.charset.contradicted'],
      ['text as HTML only', 'a fault: nobody can say what a reader of HTML sees', 'mail.body.html'],
      ['a label twice, saying two things', 'a fault', 'mail.body.label-twice'],
      [
        'a text with a line end, on the way out',
        'spilled or refused; it never becomes a header',
        'mail.line.cannot-say',
      ],
      ['files beyond `limit`, on the way out', 'refused', 'mail.too-large'],
    ],
  },
  options: {
    labels: {
      type: 'array',
      items: { type: 'string', pattern: '^[^\\s{}:：](?:[^\\r\\n{}:：]{0,58}[^\\s{}:：])?$' },
      minItems: 1,
      maxItems: 50,
      uniqueItems: true,
      description:
        'a list of labels without colons and braces, each once: the labelled lines, in the order in which they are written',
    },
    subject: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      default: 'หนังสือราชการ',
      description:
        'a template of the subject, with labels in braces; on the way in it is asked for labels that the text does not have',
    },
    charset: {
      enum: ['utf-8', 'windows-874', 'tis-620', 'iso-8859-11'],
      default: 'utf-8',
      description: 'of the text that is written; what it cannot say goes in UTF-8',
    },
    main: {
      type: 'object',
      properties: {
        label: {
          type: 'string',
          pattern: '^[^\\s{}:：](?:[^\\r\\n{}:：]{0,58}[^\\s{}:：])?$',
          description: 'a label: the file that this line names (`-`: none), else the first PDF',
        },
        name: {
          type: 'string',
          pattern: '^[^*]{0,60}\\*?[^*]{0,60}$',
          minLength: 1,
          description: 'the first file so named, with at most one *, or none',
        },
      },
      additionalProperties: false,
      default: {},
      description: 'which file is the letter itself; if not said, the first PDF',
    },
    quotes: {
      enum: ['keep', 'skip'],
      default: 'keep',
      description: 'what becomes of lines that begin with >',
    },
    signature: {
      enum: ['keep', 'skip'],
      default: 'keep',
      description: 'what becomes of what stands below a line of two hyphens',
    },
    inlineImages: {
      enum: ['skip', 'attach'],
      default: 'skip',
      description: 'whether pictures that HTML refers to (logos, signatures) are files of the letter',
    },
    limit: {
      type: 'integer',
      minimum: 1024,
      maximum: 100 * 1024 ** 2,
      default: 20 * 1024 ** 2,
      description: 'bytes of all files of a letter on the way out',
    },
  },
  required: ['labels'],
  deeper: ({ labels, subject, main }) => {
    const wrong = [...subjectTemplate(subject).labels.filter((label) => !labels.includes(label))].map(
      (value) => ({
        at: ['subject'],
        code: 'adapter.profile.value-unknown' as const,
        value,
        details: { expected: labels.join(', ') },
      }),
    )
    const twice = main.label !== undefined && labels.includes(main.label)
    const details = { expected: 'a label of its own' }
    return twice
      ? [...wrong, { at: ['main', 'label'], code: 'adapter.profile.value-wrong', value: main.label, details }]
      : wrong
  },
  cells: ({ labels }) => [
    ...labels.map((label) => `body:${label}`),
    'subject',
    'from',
    'date',
    'main',
    'enclosures',
  ],
  create: (options) => formOf(options),
})

function formOf(options: Options): RecordForm {
  const { charset } = options
  return {
    kind: 'mail',
    mediaType: 'message/rfc822',
    extension: 'eml',
    charset,
    columns: [],
    filled: ['date'],
    read: (bytes) => [recordOf(bytes, options)],
    refuses: (text) => refused(text),
    write: (records, columns) =>
      Buffer.from(records.map((cells) => written(cells, columns, options)).join('')),
    enclose: (letter, outgoing) => enclose(letter, outgoing, options.limit),
  }
}

function refused(text: string): Problem | undefined {
  const found = /[\u0000-\u0008\u000a-\u001f\u007f\u0085\u2028\u2029]/.exec(text)?.[0]
  if (found === undefined) return unsayable(text, 'utf-8')
  const character = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
  return problem('mail.line.cannot-say', '', text, { character })
}

function recordOf(bytes: Buffer, options: Options): RecordRead {
  try {
    return { kind: 'record', record: record(readMail(bytes, options.inlineImages), options) }
  } catch (error) {
    if (!(error instanceof MailFault)) throw error
    return { kind: 'fault', position: 'mail', problems: [error.problem] }
  }
}

function record(found: MailRead, options: Options): FormRecord {
  const { labels, main: rule } = options
  const all = rule.label === undefined ? labels : [...labels, rule.label]
  const body = readBody(found.text, { ...options, labels: all })
  const subject = subjectTemplate(options.subject).read(found.subject)
  const main = mainOf(found, rule, rule.label === undefined ? undefined : body.values.get(rule.label))
  const enclosures = [...found.files.keys()].filter((name) => name !== main)
  return {
    position: 'mail',
    cells: new Map([
      // What the body does not say at all the subject may.
      ...labels.map((label): [string, string] => [
        `body:${label}`,
        body.values.get(label) ?? subject.get(label) ?? '',
      ]),
      ['subject', found.subject],
      ['from', found.from],
      ['date', found.date],
      ['main', main],
      ['enclosures', enclosures.join(between)],
      ['message-id', found.messageId],
      ['text', body.text],
    ]),
    files: found.files,
    charset: found.charset,
  }
}

function mainOf({ files }: MailRead, { name }: Options['main'], said: string | undefined): string {
  if (said?.trim() === noMain) return ''
  if (said !== undefined && said.trim() !== '') return said.trim()
  if (name !== undefined) {
    const [before = '', after = ''] = name.split('*')
    const whole = !name.includes('*')
    const fits = (each: string): boolean =>
      whole
        ? each === name
        : each.length >= before.length + after.length && each.startsWith(before) && each.endsWith(after)
    return [...files.keys()].find(fits) ?? ''
  }
  return [...files].find(([, { mediaType }]) => mediaType === 'application/pdf')?.[0] ?? ''
}

/** The head and the text of a mail, as a mail without files. */
function written(cells: ReadonlyMap<string, string>, columns: readonly string[], options: Options): string {
  const { labels, main, charset } = options
  const value = (label: string): string =>
    main.label === label ? cells.get('main') || noMain : (cells.get(`body:${label}`) ?? '')
  // Blank lines say nothing; but where the subject would be asked instead, the body must answer.
  const asked = subjectTemplate(options.subject).labels
  const said = labels.filter(
    (label) => columns.includes(`body:${label}`) && (value(label) !== '' || asked.includes(label)),
  )
  const text = writeBody(main.label === undefined ? said : [...said, main.label], value)
  const from = cells.get('from') ?? ''
  const date = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(cells.get('date') ?? '')
  return [
    isAddress(from) ? headerLine('From', from) : '',
    headerLine('Subject', cells.get('subject') ?? subjectTemplate(options.subject).write(value)),
    date === null ? '' : headerLine('Date', mailDate(Date.parse(`${date[1]}T${date[2]}+07:00`))),
    'MIME-Version: 1.0\r\n',
    textPart(text, unsayable(text, charset) === undefined ? charset : 'utf-8'),
  ].join('')
}

async function enclose(letter: Written, outgoing: Outgoing, limit: number) {
  const { files } = letter
  const size = files.reduce((sum, { content }) => sum + sizeOf(content), 0)
  if (size > limit) return bad(problem('mail.too-large', 'attachments', String(size), { limit }))
  const plain = letter.bytes.toString('latin1')
  const start = plain.indexOf('Content-Type: ')
  const head = plain.slice(0, start)
  const date = /^Date: /m.test(head) ? '' : headerLine('Date', mailDate(outgoing.envelope.createdAt))
  if (files.length === 0) return good({ ...letter, bytes: Buffer.from(`${date}${plain}`, 'latin1') })
  // A line of base64 never begins with `--`: no boundary can occur in what it parts.
  const boundary = `saraban-${outgoing.id}`
  const type = `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`
  const parts = [
    Buffer.from(`${date}${head}${type}--${boundary}\r\n${plain.slice(start)}`, 'latin1'),
    ...files.flatMap((file) => [
      Buffer.from(`--${boundary}\r\n${fileHead(file)}`, 'latin1'),
      placeOf(file),
      lineEnd,
    ]),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ]
  const bytes = await assembled(parts, (sha256) => outgoing.open(sha256))
  return good({ ...letter, files: [], bytes })
}

const lineEnd = Buffer.from('\r\n')

const placeOf = ({ sha256, content }: WrittenFile): Buffer | FilePlace =>
  content.kind === 'bytes'
    ? Buffer.from(base64Lines(content.bytes), 'latin1')
    : { sha256, size: content.size, lines: true }

const sizeOf = (content: WrittenFile['content']): number =>
  content.kind === 'bytes' ? content.bytes.length : content.size
