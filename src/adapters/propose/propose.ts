// A profile proposed from samples: bytes in, a commented profile out, and what a person has to look at.
import { type OfficeId, officeById } from '../../letter/offices.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { readSample } from './format.ts'
import { letterFieldsOf, type ProposedField } from './letters.ts'
import { noticesLike, noticesOf } from './notices.ts'
import type { Sheet } from './sheet.ts'
import { channelLines, type TransportKind } from './transports.ts'
import { flow, remark, textOf } from './yaml.ts'

export interface Wish {
  readonly office: OfficeId
  /** The profile's id: small letters, digits, hyphens. */
  readonly id: string
  readonly origin: 'outsourced' | 'self-built' | 'none'
  readonly transport: TransportKind
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
  const fields = letterFieldsOf(sheet.value)
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
      sheet.value.columns.map(({ option, name }) => ({ option, field: fieldOf(name, fields) })),
    ),
    ...fieldLines(fields),
    '',
    '  notice:',
    ...formatLines(
      noticeSheet?.ok === true ? noticeSheet.value : sheet.value,
      notice.columns.map((option) => ({ option })),
    ),
    ...fieldLines(notice.fields),
    '',
    ...channelLines(wish.transport, wish.office, sheet.value.kind, notice.untold),
    '',
  ]
  const open = lines.filter((line, index) => index > 0 && line.includes('TO BE C')).length
  return good({ text: lines.join('\n'), format: sheet.value.kind, open })
}

const fieldOf = (name: string, fields: readonly ProposedField[]): string =>
  fields.find(({ at }) => at.includes(name))?.field ?? ''

function formatLines(
  { kind, options }: Sheet,
  columns: readonly { readonly option: unknown; readonly field?: string }[],
): string[] {
  return [
    '    format:',
    `      kind: ${kind}`,
    ...options.map(({ key, value, reason }) => `      ${key}: ${flow(value)}${remark(reason)}`),
    '      columns: # all that the system writes, in its order',
    ...columns.map(
      ({ option, field }) =>
        `        - ${flow(option)}${field === '' ? remark('no field: it travels in the letter’s extension') : ''}`,
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
