// What a profile leaves to chance, though nothing in it is at fault: told to whoever checks it, before a letter tells.
import type { OfficeId } from '../letter/offices.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { type FieldRule, letterFields, officeIds } from './fields/letter-fields.ts'
import { noticeFields } from './fields/notice-fields.ts'
import type { DocumentDefinition, FieldDefinition, Profile } from './profile.ts'
import { broughtColumns, contentOf } from './profile-check.ts'
import { codesOutOfOrder } from './profile-keys.ts'
import { overflowsIn, rowsIn, saidBy, unreadBy } from './said-values.ts'
import { channels } from './transports/transport.ts'

/** Offices named in a remark, at most: whoever lacks most of them knows it by these. */
const most = 10

/** Everything to be remarked of a profile, as its text has it and, as far as they could be read, with its tables. */
export const remarksIn = (text: string, profile: Profile): readonly Problem[] => [
  ...codesOutOfOrder(text),
  ...remarksOn(profile),
]

/**
 * Everything to be remarked of a profile whose tables were read, as far as they could be. A remark's path is the field or table
 * that it speaks of.
 */
export function remarksOn(profile: Profile): readonly Problem[] {
  return Object.entries(profile.documents).flatMap(([name, document]) => {
    const used = channels.filter((channel) => profile.channels[channel]?.document === name)
    const written = used.some((channel) => channel === 'receive' || channel === 'notices')
    const rules = used.some((channel) => contentOf(channel) === 'notice') ? noticeFields : letterFields
    return Object.entries(document.fields).flatMap(([field, definition]) => {
      const path = `documents.${name}.fields.${field}`
      if ('always' in definition) return []
      return [
        ...(written ? officesUnsaid(definition.as, rules[field], document, path) : []),
        ...(field === 'to' && used.includes('receive')
          ? ownUnsaid(definition.as, document, profile.office, path)
          : []),
        ...codesUnread(definition.as, rules[field], document, path),
        ...(field === 'receiveNumber' ? apart(definition, document, path) : []),
        ...(profile.channels.notices?.document === name ? spillHomeless(definition.as, profile, path) : []),
      ]
    })
  })
}

/** Offices without a code: a letter that names one is refused on its way to the system. */
function officesUnsaid(
  as: unknown,
  rule: FieldRule | undefined,
  document: DocumentDefinition,
  path: string,
): Problem[] {
  const said = rule?.values === officeIds ? saidBy(as, rowsIn(document)) : undefined
  if (said === undefined) return []
  const missing = officeIds.filter((each) => !said.includes(each))
  if (missing.length === 0) return []
  const named = missing.slice(0, most).join(', ')
  const value = missing.length > most ? `${named}, …` : named
  return [problem('adapter.remark.offices-unsaid', path, value, { count: missing.length })]
}

/** Whoever a letter comes to is among its recipients. */
function ownUnsaid(as: unknown, document: DocumentDefinition, office: OfficeId, path: string): Problem[] {
  const said = saidBy(as, rowsIn(document))
  return said === undefined || said.includes(office)
    ? []
    : [problem('adapter.remark.own-office-unsaid', path, office)]
}

/** Rows whose meaning nobody can read. Agencies that are no offices here are many, and do no harm. */
function codesUnread(
  as: unknown,
  rule: FieldRule | undefined,
  document: DocumentDefinition,
  path: string,
): Problem[] {
  if (rule?.values === undefined || rule.values === officeIds) return []
  const unread = unreadBy(as, rowsIn(document))
  return unread.length === 0 ? [] : [problem('adapter.remark.codes-unread', path, unread.join(', '))]
}

/** A receive number is what the other side's register gives: none knows its form but that register. */
function apart(
  { at, as }: Extract<FieldDefinition, { at: unknown }>,
  { split = {} }: DocumentDefinition,
  path: string,
): Problem[] {
  const joined = typeof as === 'object' && as !== null && 'join' in as ? as.join : undefined
  const template =
    typeof joined === 'object' && joined !== null && 'template' in joined
      ? String(joined.template)
      : Object.values(split).find((each) => at.some((part) => each.includes(`{${part}}`)))
  return template === undefined ? [] : [problem('adapter.remark.receive-number-apart', path, template)]
}

/** Texts that would stand in a file beside a notice, where its row has no place for one: such a notice is refused. */
function spillHomeless(as: unknown, { channels: { notices } }: Profile, path: string): Problem[] {
  if (broughtColumns(notices?.transport) === undefined) return []
  return overflowsIn(as, [path, 'as'])
    .filter(({ overflow }) => overflow === 'spill')
    .map(({ at }) => problem('adapter.remark.spill-homeless', at.join('.'), 'spill'))
}
