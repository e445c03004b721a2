// Whether a system can be told everything: every kind of notice, every urgency, secrecy and kind of letter. What it cannot
// be told is declared in its profile, so that nobody finds out by a letter that never came.
import { noticeKinds } from '../letter/notice.ts'
import { letterFields } from './fields/letter-fields.ts'
import { formats } from './formats/formats.ts'
import { type RowsOf, rowsIn, saidBy } from './said-values.ts'
import type { Finding, Pointer } from './schema.ts'
import { transports } from './transports/transports.ts'

type Tree = Readonly<Record<string, unknown>>

/** The kinds of notices that a profile may declare untold: a receive number must reach whoever sent the letter. */
export const untoldKinds = noticeKinds.filter((kind) => kind !== 'accept')

/** Everything that the documents of `receive` and `notices` leave unsaid and undeclared. Works on profiles that are not whole. */
export function sayableFindings(profile: Tree): readonly Finding[] {
  return [...letterFindings(profile), ...noticeFindings(profile)]
}

function noticeFindings(profile: Tree): Finding[] {
  // A format with meanings of its own says every kind.
  const { name, format, fields, rowsOf } = documentOf(profile, 'notices')
  if (format === undefined) return []
  if (format.sort === 'document') {
    const kind = tree(tree(profile['notices'])['transport'])['kind']
    const cannot = transports.find((each) => each.kind === kind)?.cannotSay ?? []
    const said = noticeKinds.filter((each) => !cannot.includes(each))
    return unsaidKinds(profile, said, ['notices'])
  }
  const at = ['documents', name, 'fields']
  const said = valuesSaid(fields['kind'], rowsOf)
  return [
    ...(said === undefined ? [] : unsaidKinds(profile, said, [...at, 'kind'])),
    // A number that is always the same is no letter's, and a receive number no register's.
    ...['number', 'receiveNumber'].flatMap((field): Finding[] =>
      tree(fields[field])['always'] === undefined
        ? []
        : [{ at: [...at, field, 'always'], code: 'adapter.profile.always-impossible', value: field }],
    ),
  ]
}

function unsaidKinds(profile: Tree, said: readonly string[], at: Pointer): Finding[] {
  const declared = listOf(tree(profile['notices'])['untold'])
  const missing = untoldKinds.filter((kind) => !said.includes(kind) && !declared.includes(kind))
  return [
    ...(said.includes('accept') ? [] : [{ at, code: 'adapter.profile.accept-unsaid' as const }]),
    ...(missing.length === 0
      ? []
      : [{ at, code: 'adapter.profile.notices-unsaid' as const, value: missing.join(', ') }]),
  ]
}

function letterFindings(profile: Tree): Finding[] {
  const { name, format, fields, rowsOf } = documentOf(profile, 'receive')
  if (format?.sort !== 'records') return []
  return ['kind', 'circular', 'urgency', 'secrecy'].flatMap((field): Finding[] => {
    const definition = tree(fields[field])
    const said = valuesSaid(definition, rowsOf)
    // `always` declares by itself that the system says nothing else.
    if (said === undefined || 'always' in definition) return []
    const declared = listOf(definition['unsaid'])
    const missing = (letterFields[field]?.values ?? []).filter(
      (value) => !said.includes(value) && !declared.includes(value),
    )
    if (missing.length === 0) return []
    const at = ['documents', name, 'fields', field, 'as']
    return [{ at, code: 'adapter.profile.values-unsaid', value: missing.join(', ') }]
  })
}

/** The canonical values that a field says; undefined where that is a fault of its own, or nobody knows yet. */
function valuesSaid(definition: unknown, rowsOf: RowsOf): readonly string[] | undefined {
  const { always, as } = tree(definition)
  return always === undefined ? saidBy(as, rowsOf) : [String(always)]
}

function documentOf(profile: Tree, channel: 'receive' | 'notices') {
  const name = String(tree(profile[channel])['document'])
  const document = tree(tree(profile['documents'])[name])
  const kind = tree(document['format'])['kind']
  const format = formats.find((each) => each.kind === kind)
  return { name, format, fields: tree(document['fields']), rowsOf: rowsIn(document) }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}
