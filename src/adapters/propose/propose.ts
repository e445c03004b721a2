// A profile proposed from samples: bytes in, a commented profile out, and what a person has to look at.
import { type OfficeId, officeById } from '../../letter/offices.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { readSample } from './format.ts'
import { letterFieldsOf, tables } from './letters.ts'
import { noticesLike, noticesOf } from './notices.ts'
import type { ProposedField } from './proposed-field.ts'
import type { Column, Sheet } from './sheet.ts'
import { channelLines, type TransportKind } from './transports.ts'
import { seen } from './values.ts'
import { letterWords, likeness } from './words.ts'
import { flow, remark, textOf } from './yaml.ts'

export interface Wish {
  readonly office: OfficeId
  /** The profile's id: small letters, digits, hyphens. */
  readonly id: string
  readonly origin: 'outsourced' | 'self-built' | 'none'
  /** Absent: a mailbox for mails, folders for everything else. */
  readonly transport?: TransportKind
  /** How the names of the samples end, without the point: letters and digits. */
  readonly ending?: string
}

export interface Proposal {
  readonly text: string
  readonly format: Sheet['kind']
  /** Lines that a person has to look at. */
  readonly open: number
}

/**
 * Proposes a profile from a sample of letters and, if there is one, of notices, at most 16 MiB each. Fails when a sample is
 * nothing that a profile describes, or lacks what a letter cannot be without. What is proposed reads as a profile.
 * `memo`: the memo file of a table of dBase, where it came.
 */
export function proposeProfile(
  wish: Wish,
  letters: Buffer,
  notices: Buffer | undefined,
  memo?: Buffer,
): Result<Proposal> {
  const sheet = readSample(letters, memo)
  if (!sheet.ok) return bad({ ...sheet.problem, path: 'letters' })
  const fields = letterFieldsOf(sheet.value, wish.office)
  const missing = ['number', 'date', 'subject'].filter((name) => !fields.some(({ field }) => field === name))
  if (missing.length > 0) {
    const columns = sheet.value.columns
      .slice(0, 30)
      .map(({ name }) => name)
      .join(', ')
    return bad(
      problem('adapter.propose.missing', 'letters', missing.join(', '), {
        found: columns,
        format: sheet.value.kind,
      }),
    )
  }
  const noticeSheet = notices === undefined ? undefined : readSample(notices)
  if (noticeSheet?.ok === false) return bad({ ...noticeSheet.problem, path: 'notices' })
  const read = noticeSheet?.ok === true ? noticesOf(noticeSheet.value) : undefined
  if (noticeSheet !== undefined && read === undefined)
    return bad(
      problem('adapter.propose.notices', 'notices', undefined, {
        found: noticeSheet.value.columns
          .slice(0, 30)
          .map(({ name }) => name)
          .join(', '),
      }),
    )
  const notice = read ?? noticesLike(sheet.value, fields)
  const { kind } = sheet.value
  const transport = wish.transport ?? (kind === 'mail' ? 'mailbox' : 'folder')
  if (transport === 'mailbox' && [kind, noticeSheet?.value.kind ?? kind].some((each) => each !== 'mail'))
    return bad(problem('adapter.propose.mailbox', 'letters', undefined, { format: kind }))
  const lines = [
    '# Proposed by `saraban profile new` from samples. What it could not tell is marked “TO BE CHECKED” or “TO BE COMPLETED”.',
    `id: ${wish.id}`,
    `office: "${wish.office}"`,
    `title: ${textOf(`ระบบสารบรรณ${officeById(wish.office).th}`)}`,
    `origin: ${wish.origin} # outsourced | self-built | none`,
    'illustrative: false',
    '',
    'documents:',
    '  letter:',
    ...formatLines(
      sheet.value,
      sheet.value.options,
      sheet.value.columns.map((column) => ({
        option: column.option,
        field: fieldOf(column.name, fields),
        open: openOf(column),
      })),
    ),
    ...fieldLines(fields),
    '',
    '  notice:',
    ...formatLines(
      noticeSheet?.ok === true ? noticeSheet.value : sheet.value,
      notice.options,
      notice.columns.map((option) => ({ option })),
    ),
    ...fieldLines(notice.fields),
    '',
    ...channelLines(
      { kind: transport, office: wish.office, format: kind, ...(wish.ending && { ending: wish.ending }) },
      notice,
    ),
    '',
  ]
  const open = lines.filter((line, index) => index > 0 && line.includes('TO BE C')).length
  return good({ text: lines.join('\n'), format: sheet.value.kind, open })
}

const deleted = '; TO BE CHECKED: letters that are marked here may be deleted ones, for which “skip” is'

/** Whether the values are marks of one character, of those that systems put to what they deleted. */
const mayBeDeleted = ({ values }: Column): boolean =>
  values.every((value) => value.length <= 1) && values.some((value) => /^[DXdx*ล]$/.test(value))

/** What a person must look at in a column that became no field: codes that nobody knows would else be lost unseen. */
function openOf(column: Column): string {
  const field = tables.find((each) => likeness(column.name, letterWords[each] ?? []) >= 1.5)
  if (field === undefined) return mayBeDeleted(column) ? deleted : ''
  const codes = [...new Set(seen(column.values))]
    .slice(0, 10)
    .map((code) => JSON.stringify(code.slice(0, 40)))
  return `; TO BE COMPLETED: by its name it says ${field}, but none of its codes is known: ${codes.join(', ')}`
}

const fieldOf = (name: string, fields: readonly ProposedField[]): string =>
  fields.find(({ at }) => at.includes(name))?.field ?? ''

function formatLines(
  { kind }: Sheet,
  options: Sheet['options'],
  columns: readonly { readonly option: unknown; readonly field?: string; readonly open?: string }[],
): string[] {
  return [
    '    format:',
    `      kind: ${kind}`,
    ...options.map(({ key, value, reason }) => `      ${key}: ${flow(value)}${remark(reason)}`),
    `      ${kind === 'mail' ? 'labels' : 'columns'}:${remark(
      kind === 'fixed-width'
        ? 'TO BE CHECKED against the system’s own layout: they begin where those of the sample do'
        : 'all that the system writes, in its order',
    )}`,
    ...columns.map(
      ({ option, field, open = '' }) =>
        `        - ${flow(option)}${field === '' ? remark(`no field: it travels in the letter’s extension${open}`) : ''}`,
    ),
  ]
}

const fieldLines = (fields: readonly ProposedField[]): string[] => [
  '    fields:',
  ...fields.map(({ field, at, as, always, unsaid, reason }) => {
    const [sole] = at
    const said =
      always !== undefined
        ? { always }
        : { at: at.length === 1 ? sole : at, as, ...(unsaid !== undefined && { unsaid }) }
    return `      ${field}: ${flow(said)}${remark(reason)}`
  }),
]
