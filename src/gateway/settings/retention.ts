// The section `retention` of the settings: what is kept how long (docs/decisions/0020).
import { milliseconds } from '../../adapters/quantities.ts'
import { duration, type JsonSchema, object } from '../../adapters/schema.ts'
import { bad, good, problem, type Result } from '../../problem/problem.ts'
import { sectionReader } from './section.ts'

/** Milliseconds. */
export interface Kept {
  /** Letters and notices, with their envelopes, attachments, deliveries and events. */
  readonly envelopes: number
  /** After that: of each letter one row, by which it is known when it is offered again. */
  readonly tombstones: number
  /** The bytes that systems handed over. */
  readonly sources: number
  /** Those among them that hold a secret letter. */
  readonly secretSources: number
  /** The bytes that systems were handed. */
  readonly handed: number
  /** What systems answered to attempts. */
  readonly answers: number
  /** Places in quarantine that were settled. */
  readonly quarantine: number
  /** Events of no letter, ended alarms, orders. */
  readonly events: number
}

export interface RetentionSettings {
  /** Whether the gateway purges by itself, once a day. */
  readonly automatic: boolean
  readonly keep: Kept
}

type Name = keyof Kept

const usual: Readonly<Record<Exclude<Name, 'secretSources'>, string>> = {
  envelopes: '3653d',
  tombstones: '3653d',
  sources: '730d',
  handed: '730d',
  answers: '365d',
  quarantine: '730d',
  events: '730d',
}

const time: JsonSchema = { ...duration, description: 'a time such as 730d' }

const schema = object({
  automatic: { type: 'boolean', default: true, description: 'true or false' },
  ...Object.fromEntries(Object.entries(usual).map(([name, said]) => [name, { ...time, default: said }])),
  secretSources: time,
})

type Raw = { readonly automatic: boolean } & Readonly<Record<keyof typeof usual, string>> & {
    readonly secretSources?: string
  }

const read = sectionReader<Raw>('retention', schema)

/** What is kept shorter than a day could go while it is still at work. */
const least = 86_400_000

/** Reads the section. */
export function readRetentionSettings(value: unknown): Result<RetentionSettings> {
  const raw = read(value)
  if (!raw.ok) return raw
  const { automatic, secretSources = raw.value.sources, ...said } = raw.value
  const texts: Readonly<Record<Name, string>> = { ...said, secretSources }
  const keep: Kept = {
    envelopes: milliseconds(texts.envelopes),
    tombstones: milliseconds(texts.tombstones),
    sources: milliseconds(texts.sources),
    secretSources: milliseconds(texts.secretSources),
    handed: milliseconds(texts.handed),
    answers: milliseconds(texts.answers),
    quarantine: milliseconds(texts.quarantine),
    events: milliseconds(texts.events),
  }
  const wrong = (name: Name, expected: string) =>
    problem('settings.wrong', `retention.${name}`, texts[name], { expected })
  const names = Object.keys(texts) as Name[]
  const [first, ...rest] = [
    ...names.filter((name) => keep[name] < least).map((name) => wrong(name, 'a day at least')),
    // What a letter refers to stays as long as the letter at the most: else nobody would ever remove it.
    ...(['sources', 'secretSources', 'handed', 'answers', 'quarantine'] as const)
      .filter((name) => keep[name] > keep.envelopes)
      .map((name) => wrong(name, `no longer than envelopes (${texts.envelopes})`)),
    ...(keep.secretSources > keep.sources
      ? [wrong('secretSources', `no longer than sources (${texts.sources})`)]
      : []),
  ]
  return first === undefined ? good({ automatic, keep }) : bad(first, ...rest)
}

/** What holds where the settings say nothing of it. */
export function usualRetention(): RetentionSettings {
  const said = readRetentionSettings({})
  if (!said.ok) throw new Error('the usual retention has a fault')
  return said.value
}
