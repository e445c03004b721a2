// What a profile's frame cannot say: whether its parts fit each other. Works on profiles that are not whole, too.
import { officeId } from '../letter/offices.ts'
import { deliveryFindings } from './delivery-policy.ts'
import { documentFindings } from './document-check.ts'
import { codecName } from './fields/codecs.ts'
import { formats } from './formats/formats.ts'
import { sayableFindings } from './sayable-check.ts'
import type { Finding, Pointer } from './schema.ts'
import { type Channel, channels } from './transports/transport.ts'
import { transports } from './transports/transports.ts'

type Tree = Readonly<Record<string, unknown>>

/** An empty tree where there is no map: what should stand there is the frame's to say. */
export const tree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {}

/** Everything wrong between the parts of a profile, as far as they are there. */
export function deeperFindings(profile: unknown): readonly Finding[] {
  const raw = tree(profile)
  return [
    ...officeFindings(raw),
    ...documentsFindings(raw),
    ...sayableFindings(raw),
    ...channelsFindings(raw),
    ...handOverFindings(raw),
    ...placeFindings(raw),
    ...homelessFindings(raw),
    ...(raw['delivery'] === undefined ? [] : deliveryFindings(raw['delivery'], ['delivery'])),
  ]
}

function officeFindings({ office }: Tree): Finding[] {
  if (typeof office !== 'string' || officeId(office).ok) return []
  const expected = 'the id of an office: a TIS 1099 province code in quotes ("50"), or moi'
  return [{ at: ['office'], code: 'adapter.profile.value-wrong', value: office, details: { expected } }]
}

/** `letter` for what `send` and `receive` carry, `notice` for the others. */
export const contentOf = (channel: Channel): 'letter' | 'notice' =>
  channel === 'send' || channel === 'receive' ? 'letter' : 'notice'

function documentsFindings(raw: Tree): Finding[] {
  return Object.entries(tree(raw['documents'])).flatMap(([name, document]): Finding[] => {
    const at: Pointer = ['documents', name]
    const used = channels.filter((channel) => tree(raw[channel])['document'] === name)
    const contents = new Set(used.map(contentOf))
    const unused: Finding[] =
      used.length === 0 ? [{ at, code: 'adapter.profile.unused', value: name, key: true }] : []
    const kind = tree(tree(document)['format'])['kind']
    const format = formats.find((each) => each.kind === kind)
    if (format === undefined) return unused
    return [
      ...unused,
      ...format.check(tree(document)['format'], [...at, 'format']),
      ...documentFindings(tree(document), format, [...contents], at),
    ]
  })
}

function channelsFindings(raw: Tree): Finding[] {
  const documents = tree(raw['documents'])
  return channels.flatMap((channel): Finding[] => {
    const definition = tree(raw[channel])
    const { document } = definition
    const unknown: Finding[] =
      typeof document !== 'string' || Object.hasOwn(documents, document)
        ? []
        : [
            {
              at: [channel, 'document'],
              code: 'adapter.profile.value-unknown',
              value: document,
              details: { expected: Object.keys(documents).join(', ') || 'no document at all' },
            },
          ]
    const options = tree(definition['transport'])
    const transport = transports.find(({ kind }) => kind === options['kind'])
    if (transport === undefined) return unknown
    if (!transport.channels.includes(channel)) {
      const details = { expected: transport.channels.join(', ') }
      const at = [channel, 'transport', 'kind']
      return [...unknown, { at, code: 'adapter.profile.channel-impossible', value: transport.kind, details }]
    }
    // Channels with the same transport share one; its faults are said where it stands first.
    const sharing = channels.filter((each) => sameTransport(tree(raw[each])['transport'], options))
    if (sharing[0] !== channel) return unknown
    return [...unknown, ...transport.check(options, [channel, 'transport'], sharing)]
  })
}

function handOverFindings(raw: Tree): Finding[] {
  const way = (channel: Channel) => {
    const options = tree(tree(raw[channel])['transport'])
    return transports.find(({ kind }) => kind === options['kind'])?.handOver
  }
  const [receive, notices] = [way('receive'), way('notices')]
  if (receive === undefined || notices === undefined || receive === notices) return []
  return [
    { at: ['notices', 'transport'], code: 'adapter.profile.channels-differ', details: { receive, notices } },
  ]
}

function placeFindings(raw: Tree): Finding[] {
  const place = (channel: Channel): string | undefined => {
    const options = tree(tree(raw[channel])['transport'])
    const found = transports.find(({ kind }) => kind === options['kind'])?.place?.(options, channel)
    return found === undefined ? undefined : JSON.stringify(found)
  }
  const fetched = (['send', 'sendNotices'] as const).map((channel) => ({ channel, at: place(channel) }))
  return (['receive', 'notices'] as const).flatMap((channel): Finding[] => {
    const here = place(channel)
    const shared = here === undefined ? undefined : fetched.find(({ at }) => at === here)
    if (here === undefined || shared === undefined) return []
    const details = { first: shared.channel }
    return [{ at: [channel, 'transport'], code: 'adapter.profile.place-shared', value: here, details }]
  })
}

/** The columns of a channel that its transport brings files in; undefined where files stand beside. */
export function broughtColumns(transport: unknown): readonly string[] | undefined {
  const kind = tree(transport)['kind']
  return transports.find((each) => each.kind === kind)?.fileColumns?.(transport)
}

/** Columns in which the files of letters would be written and that their transport would not bring. */
function homelessFindings(raw: Tree): Finding[] {
  const { document: name, transport } = tree(raw['receive'])
  const brought = broughtColumns(transport)
  if (brought === undefined) return []
  const fields = tree(tree(tree(raw['documents'])[String(name)])['fields'])
  return Object.entries(fields).flatMap(([field, definition]): Finding[] => {
    const { at: columns, as } = tree(definition)
    if (codecName(as) !== 'file-beside') return []
    return [columns]
      .flat()
      .map(String)
      .filter((column) => !brought.includes(column))
      .map((column) => {
        const at: Pointer = ['documents', String(name), 'fields', field, 'at']
        const details = { expected: `a column of receive.transport.insert.files: ${brought.join(', ')}` }
        return { at, code: 'adapter.profile.value-wrong', value: column, details }
      })
  })
}

/** Whether two channels name one and the same transport. */
export const sameTransport = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
