// The section `alarms` of the settings: at what an alarm is raised, and who is told.
import { resolve } from 'node:path'
import { byteCount, milliseconds } from '../../adapters/quantities.ts'
import { duration, type JsonSchema, object, secret, size } from '../../adapters/schema.ts'
import { urlFindings } from '../../adapters/transports/http/http-out.ts'
import { officeId } from '../../letter/offices.ts'
import { bad, good, type Problem, problem, type Result } from '../../problem/problem.ts'
import { type Reference, sectionReader } from './section.ts'

/** Times in milliseconds; undefined where nobody wants that alarm. */
export interface AlarmSettings {
  /** Open deliveries to one office. */
  readonly backlog: number | undefined
  /** How long an office may be silent, where it is said; learned for all others, unless `learned` is false. */
  readonly silence: { readonly learned: boolean; readonly offices: ReadonlyMap<string, number | undefined> }
  /** How long an office cannot be reached. */
  readonly breaker: number | undefined
  /** How long a place that a system hands over at cannot be read. */
  readonly unreadable: number | undefined
  /** How long the first due delivery to an office that can be reached was taken by nobody. */
  readonly lag: number | undefined
  /** How long the oldest place waits in quarantine. */
  readonly quarantine: number | undefined
  /** Free bytes on the disk of the data folder. */
  readonly disk: number | undefined
  /** How long a condition must be over before its alarm ends, and an alarm ended before it is raised again. */
  readonly quiet: number
  readonly hooks: readonly HookSettings[]
}

export type HookSettings = { readonly name: string } & (
  | {
      readonly kind: 'webhook'
      readonly url: string
      readonly secrets: { readonly secret: Reference; readonly authority?: Reference }
    }
  | {
      readonly kind: 'mail'
      readonly to: string
      readonly from: string
      readonly host: string
      readonly port?: number
      readonly user?: string
      readonly plain: boolean
      readonly secrets: { readonly password?: Reference; readonly authority?: Reference }
    }
)

interface RawAlarms {
  readonly backlog: number | 'off'
  readonly silence:
    | 'off'
    | { readonly learned?: boolean; readonly offices?: Readonly<Record<string, string>> }
  readonly breaker: string
  readonly unreadable: string
  readonly lag: string
  readonly quarantine: string
  readonly disk: string
  readonly quiet: string
  readonly hooks: readonly RawHook[]
}

interface RawHook {
  readonly name: string
  readonly webhook?: { readonly url: string; readonly secret: Reference; readonly authority?: Reference }
  readonly mail?: {
    readonly to: string
    readonly from: string
    readonly host: string
    readonly port?: number
    readonly user?: string
    readonly password?: Reference
    readonly authority?: Reference
    readonly plain: boolean
  }
}

const orOff = (schema: JsonSchema, usual: string | number, form: string): JsonSchema => ({
  anyOf: [schema, { const: 'off' }],
  default: usual,
  description: `${form}, or off`,
})
const time = (usual: string): JsonSchema => orOff(duration, usual, 'a time such as 10m')
const address: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*$',
  maxLength: 200,
  description: 'a mail address',
}
const host: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9.:-]{1,255}$',
  description: 'a host',
}

const hook: JsonSchema = {
  ...object(
    {
      name: { type: 'string', pattern: '^[a-z0-9-]{1,40}$', description: 'a name of a-z, 0-9 and -' },
      webhook: object(
        { url: { type: 'string', description: 'an https address' }, secret, authority: secret },
        ['url', 'secret'],
      ),
      mail: object(
        {
          ...{ to: address, from: address, host },
          port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'a port' },
          user: { type: 'string', minLength: 1, maxLength: 200, description: 'a user' },
          ...{ password: secret, authority: secret },
          plain: { type: 'boolean', default: false, description: 'true or false' },
        },
        ['to', 'from', 'host'],
      ),
    },
    ['name'],
  ),
  minProperties: 2,
  maxProperties: 2,
  description: 'a name, and a webhook or a mail',
}

const schema = object({
  backlog: orOff({ type: 'integer', minimum: 1, maximum: 10_000_000 }, 1000, 'a count'),
  silence: {
    anyOf: [
      { const: 'off' },
      object({
        learned: { type: 'boolean' },
        offices: { type: 'object', additionalProperties: { anyOf: [duration, { const: 'off' }] } },
      }),
    ],
    default: {},
    description: 'off, or { learned: true or false, offices: { "50": 3d, "57": off } }',
  },
  ...{ breaker: time('5m'), unreadable: time('5m'), lag: time('30m'), quarantine: time('1d') },
  disk: orOff(size, '2GiB', 'a size such as 2GiB'),
  quiet: { ...duration, default: '10m', description: 'a time such as 10m' },
  hooks: { type: 'array', maxItems: 10, items: hook, default: [], description: 'a list of hooks' },
})

const read = sectionReader<RawAlarms>('alarms', schema)

/** Reads the section; paths of references stand in `folder`. */
export function readAlarmSettings(value: unknown, folder: string): Result<AlarmSettings> {
  const raw = read(value)
  if (!raw.ok) return raw
  const { backlog, silence, disk, quiet, hooks } = raw.value
  const [first, ...rest] = [...hookProblems(hooks), ...officeProblems(silence)]
  if (first !== undefined) return bad(first, ...rest)
  const timeOf = (text: string): number | undefined => (text === 'off' ? undefined : milliseconds(text))
  const { learned = true, offices = {} } = silence === 'off' ? { learned: false } : silence
  return good({
    backlog: backlog === 'off' ? undefined : backlog,
    silence: {
      learned,
      offices: new Map(Object.entries(offices).map(([office, text]) => [office, timeOf(text)])),
    },
    breaker: timeOf(raw.value.breaker),
    unreadable: timeOf(raw.value.unreadable),
    lag: timeOf(raw.value.lag),
    quarantine: timeOf(raw.value.quarantine),
    disk: disk === 'off' ? undefined : byteCount(disk),
    quiet: milliseconds(quiet),
    hooks: hooks.map((each) => hookOf(each, folder)),
  })
}

function officeProblems(silence: RawAlarms['silence']): Problem[] {
  const offices = silence === 'off' ? [] : Object.keys(silence.offices ?? {})
  return offices
    .filter((office) => !officeId(office).ok)
    .map((office) =>
      problem('settings.wrong', `alarms.silence.offices.${office}`, office, { expected: 'an office id' }),
    )
}

/** What a schema cannot say: addresses that are not safe, a name twice, a mail that would go through a network in the open. */
function hookProblems(hooks: readonly RawHook[]): Problem[] {
  const problems: Problem[] = []
  const names = new Set<string>()
  for (const [index, { name, webhook, mail }] of hooks.entries()) {
    const path = `alarms.hooks.${index}`
    const wrong = (at: string, value: string | undefined, expected: string): void =>
      void problems.push(problem('settings.wrong', `${path}.${at}`, value, { expected }))
    if (names.has(name)) wrong('name', name, 'a name of its own')
    names.add(name)
    for (const { value, details } of webhook === undefined ? [] : urlFindings(webhook.url))
      wrong('webhook.url', value, String(details?.['expected']))
    if (mail?.plain === true && !/^(localhost|::1|127(\.\d{1,3}){3})$/.test(mail.host))
      wrong('mail.plain', 'true', 'false, unless the mail server is this machine')
    if (mail !== undefined && (mail.user === undefined) !== (mail.password === undefined))
      wrong('mail.password', undefined, 'a user and a password, or neither')
  }
  return problems
}

function hookOf({ name, webhook, mail }: RawHook, folder: string): HookSettings {
  const placed = (reference: Reference): Reference =>
    'file' in reference ? { file: resolve(folder, reference.file) } : reference
  const optional = (key: string, reference: Reference | undefined) =>
    reference === undefined ? {} : { [key]: placed(reference) }
  if (webhook !== undefined) {
    const { url, secret, authority } = webhook
    return {
      ...{ name, kind: 'webhook', url },
      secrets: { secret: placed(secret), ...optional('authority', authority) },
    }
  }
  if (mail === undefined) throw new Error(`the hook ${name} is neither a webhook nor a mail`)
  const { password, authority, ...server } = mail
  return {
    ...{ name, kind: 'mail', ...server },
    secrets: { ...optional('password', password), ...optional('authority', authority) },
  }
}

/** What holds where the settings say nothing of alarms: they are raised, listed and measured, and nobody is told. */
export function usualAlarms(): AlarmSettings {
  const usual = readAlarmSettings({}, '.')
  if (!usual.ok) throw new Error('the usual alarms have a fault')
  return usual.value
}
