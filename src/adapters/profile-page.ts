// The page of a profile: what a person wants to know of the system before reading the YAML. Written from the profile alone.
import { stringify } from 'yaml'
import { letterToJson } from '../letter/json.ts'
import { officeById } from '../letter/offices.ts'
import { printInstant } from '../letter/time.ts'
import { describe } from '../problem/problem.ts'
import type { DocumentDefinition, FieldDefinition, Profile } from './profile.ts'
import { channels } from './transports/transport.ts'
import type { Trial, TrialItem } from './try.ts'

/** A document as the system writes it, and what is read of it. */
export interface PageSample {
  readonly name: string
  /** As text; undefined where its bytes are no text. */
  readonly text?: string
  readonly size: number
  readonly trial: Trial
}

export interface PageExtras {
  /** The product family and version, where somebody knows it. */
  readonly product?: string
  readonly sample?: PageSample
  /** The profile's file, as the page shall name it: a path or a link. */
  readonly source: string
}

/** Lines of a sample and characters of a line that a page shows, at most. */
const shown = { lines: 40, columns: 220 }

/** The whole page, Markdown. `text`: the profile's own, whose first comment introduces it. */
export function profilePage(profile: Profile, text: string, extras: PageExtras): string {
  const { id, office, title, origin, illustrative, documents } = profile
  const needs = referencesOf(profile)
  return [
    `# ${officeById(office).en} (\`${office}\`): \`${id}\`\n`,
    [
      `**${title}** · office ${officeById(office).th} (\`${office}\`) · ${origins[origin]}`,
      ...(extras.product === undefined ? [] : [`product ${extras.product}`]),
      ...(illustrative ? ['**illustrative**: an example, not a statement about the province'] : []),
      extras.source,
    ].join(' · '),
    '',
    ...introductionOf(text),
    '## What travels, and how\n',
    table(['channel', 'transport', 'document', 'format', 'charset'], channelRows(profile)),
    ...Object.entries(documents).flatMap(documentLines),
    '',
    '## What it cannot say\n',
    list(cannotSay(profile), 'Nothing is left out: each canonical field has its place.'),
    '## Waivers\n',
    list(
      Object.entries(profile.waivers).map(([check, reason]) => `\`${check}\`: ${reason}`),
      'None: it keeps all that the conformance suite asks.',
    ),
    '## What the installation gives it\n',
    list(
      needs.map(({ kind, name, places }) => `${kind} \`${name}\`: ${places.join(', ')}`),
      'Nothing: the profile holds all that it needs.',
    ),
    ...sampleLines(extras.sample),
  ].join('\n')
}

const origins = {
  outsourced: 'a contractor’s system',
  'self-built': 'a system that the office built',
  none: 'a mailbox, and no system',
} as const

/** The comment above the first key, as a paragraph. */
function introductionOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  const end = lines.findIndex((line) => !line.startsWith('#'))
  const words = lines.slice(0, end).map((line) => line.replace(/^#\s?/, '').trim())
  return words.length === 0 ? [] : [`> ${words.join(' ')}`, '']
}

function channelRows(profile: Profile): string[][] {
  return channels.flatMap((channel) => {
    const definition = profile.channels[channel]
    if (definition === undefined) return []
    const format = profile.documents[definition.document]?.format
    return [
      [
        `\`${channel}\``,
        `\`${definition.transport.kind}\``,
        definition.document,
        `\`${format?.kind ?? ''}\``,
        `${format?.['charset'] ?? 'the format’s own'}`,
      ],
    ]
  })
}

function documentLines([name, document]: [string, DocumentDefinition]): string[] {
  const rows = Object.entries(document.fields).map(([field, definition]) => fieldRow(field, definition))
  if (rows.length === 0)
    return [
      '',
      `### Document \`${name}\`\n`,
      `Its format \`${document.format.kind}\` says itself what stands where.`,
    ]
  return [
    '',
    `### Document \`${name}\`\n`,
    table(['canonical', 'stands in', 'written as'], rows),
    ...rules(document),
  ]
}

function fieldRow(field: string, definition: FieldDefinition): string[] {
  if ('always' in definition)
    return [
      `\`${field}\``,
      'nowhere',
      definition.always === '' ? 'always blank' : `always \`${definition.always}\``,
    ]
  const blank = definition.default === undefined ? '' : `; blank: \`${definition.default}\``
  return [`\`${field}\``, definition.at.join(', '), `${code(definition.as)}${blank}`]
}

function rules(document: DocumentDefinition): string[] {
  const said = [
    ...Object.entries(document.split ?? {}).map(([column, template]) => `${column} is \`${template}\``),
    ...(document.skip === undefined ? [] : [`no letters: ${code(document.skip)}`]),
    ...(document.continues === undefined ? [] : [`lines that go on: ${code(document.continues)}`]),
    ...(document.ignore === undefined
      ? []
      : [`no part of a letter: ${document.ignore.map((each) => `\`${each}\``).join(' ')}`]),
    ...(document.tables === undefined ? [] : [`tables: ${Object.keys(document.tables).join(', ')}`]),
  ]
  return said.length === 0 ? [] : ['', ...said.map((each) => `- ${each}`)]
}

/** What the system has no words for, said to a person: one line each. */
export function cannotSay(profile: Profile): string[] {
  const fields = Object.values(profile.documents).flatMap((document) => Object.entries(document.fields))
  const lines = [
    ...fields.flatMap(([name, field]) =>
      'always' in field ? [`${name}: always ${field.always || 'nothing'}`] : [],
    ),
    ...fields.flatMap(([name, field]) =>
      'unsaid' in field && field.unsaid !== undefined
        ? [`${name}: no code for ${field.unsaid.join(', ')}`]
        : [],
    ),
    ...(profile.channels.notices?.untold ?? []).map((kind) => `it is not told of ${kind}`),
    ...(profile.channels.sendNotices === undefined ? ['it says nothing of letters that it received'] : []),
  ]
  return [...new Set(lines)]
}

interface Need {
  readonly kind: 'variable' | 'file'
  readonly name: string
  readonly places: readonly string[]
}

/** The references `{ env: NAME }` and `{ file: PATH }` of a profile, by name, each with where it stands. */
export function referencesOf({ channels: used, documents }: Pick<Profile, 'channels' | 'documents'>): Need[] {
  const found = new Map<string, { kind: Need['kind']; name: string; places: Set<string> }>()
  const walk = (value: unknown, at: string): void => {
    if (typeof value !== 'object' || value === null) return
    const entries = Object.entries(value)
    const [key, name] = entries[0] ?? []
    if (entries.length === 1 && (key === 'env' || key === 'file') && typeof name === 'string') {
      const kind = key === 'env' ? 'variable' : 'file'
      const known = found.get(`${kind} ${name}`) ?? { kind, name, places: new Set<string>() }
      known.places.add(`\`${at}\``)
      found.set(`${kind} ${name}`, known)
      return
    }
    for (const [inner, each] of entries) walk(each, at === '' ? inner : `${at}.${inner}`)
  }
  for (const [channel, definition] of Object.entries(used)) walk(definition.transport, channel)
  for (const [name, document] of Object.entries(documents)) walk(document.tables ?? {}, `${name}.tables`)
  return [...found.values()].map(({ kind, name, places }) => ({ kind, name, places: [...places] }))
}

function sampleLines(sample: PageSample | undefined): string[] {
  if (sample === undefined) return ['']
  const source =
    sample.text === undefined
      ? `${sample.name}: ${sample.size} bytes that are no text.`
      : fenced('text', cut(sample.text))
  const items = sample.trial.items.flatMap((item) => [`At ${item.position}:\n`, itemBlock(item), ''])
  return [
    `## A ${sample.trial.document} as the system writes it\n`,
    source,
    '\n## As it is understood\n',
    ...items,
  ]
}

function itemBlock(item: TrialItem): string {
  switch (item.kind) {
    case 'letter':
      return fenced('json', JSON.stringify(letterToJson(item.letter), null, 2))
    case 'notice': {
      const { at, ...notice } = item.notice
      const whole = { ...notice, ...(at !== undefined && { at: printInstant(at) }) }
      return fenced('json', JSON.stringify(whole, null, 2))
    }
    case 'fault':
      return item.problems.map((each) => `- ${describe(each)}`).join('\n')
    case 'envelope':
      return `an envelope of ${item.bytes.length} bytes, sealed by its sender: it is passed on as it is`
    default:
      return item satisfies never
  }
}

function cut(text: string): string {
  const lines = text.replace(/\r/g, '').replace(/\n+$/, '').split('\n')
  const kept = lines
    .slice(0, shown.lines)
    .map((line) =>
      [...line].length > shown.columns ? `${[...line].slice(0, shown.columns).join('')} …` : line,
    )
  return [
    ...kept,
    ...(lines.length > shown.lines ? [`… ${lines.length - shown.lines} more lines`] : []),
  ].join('\n')
}

/** A fenced block whose fence no line of the text closes. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

/** As it stands in a profile. */
const code = (value: unknown): string =>
  `\`${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim().replaceAll('`', '')}\``

const list = (lines: readonly string[], otherwise: string): string =>
  `${lines.length === 0 ? otherwise : lines.map((line) => `- ${line}`).join('\n')}\n`

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
