// Examples of transports: the channels of a profile, checked as a gateway does and made with what an installation would give.
import { parse, stringify } from 'yaml'
import { createAdapter } from '../src/adapters/adapter.ts'
import { readProfile } from '../src/adapters/profile.ts'
import { referencesOf } from '../src/adapters/profile-page.ts'
import { type Channel, channels } from '../src/adapters/transports/transport.ts'
import { transports } from '../src/adapters/transports/transports.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../src/gateway/trust/authority.ts'
import { systemRandom } from '../src/letter/time.ts'
import { describe, type Result } from '../src/problem/problem.ts'
import { TestClock } from '../test/adapters/stage.ts'
import { block, type Reference } from './reference.ts'

type Options = Readonly<Record<string, unknown>> & { readonly kind: string }
type Example = Readonly<Partial<Record<Channel, Options>>>

const clock = new TestClock()

/** Documents of each sort that a transport may ask for. */
const documents = {
  records: (format: object) => ({
    letter: {
      format,
      fields: {
        number: { at: 'no', as: 'letter-number' },
        date: { at: 'day', as: { 'buddhist-date': 'd MMM yyyy' } },
        subject: { at: 'subject', as: 'text' },
        to: { at: 'to', as: 'office' },
      },
      unmapped: 'refuse',
    },
    notice: {
      format,
      fields: {
        kind: {
          at: 'kind',
          as: { table: { R: 'receive', A: 'accept', X: 'reject', I: 'invalid', D: 'dispute', C: 'recall' } },
        },
        number: { at: 'no', as: 'letter-number' },
        receiveNumber: { at: 'register', as: 'text' },
        reason: { at: 'reason', as: 'text' },
      },
    },
  }),
  whole: (kind: string) => ({ letter: { format: { kind } }, notice: { format: { kind } } }),
}

function documentsFor(kind: string): object {
  if (kind === 'sql') return documents.records({ kind: 'rows', charset: 'windows-874' })
  if (kind === 'soap' || kind === 'soap-out') return documents.whole('e-cms')
  if (kind === 'mailbox') return mails
  return kind.startsWith('http') || kind === 'rest'
    ? documents.whole('json')
    : documents.records({ kind: 'csv', charset: 'utf-8' })
}

const atLabels = (document: {
  format: object
  fields: Readonly<Record<string, { at: string; as: unknown }>>
}) => ({
  ...document,
  fields: Object.fromEntries(
    Object.entries(document.fields).map(([name, field]) => [name, { ...field, at: `body:${field.at}` }]),
  ),
})
const plain = documents.records({})
const mails = {
  letter: atLabels({ ...plain.letter, format: { kind: 'mail', labels: ['no', 'day', 'subject', 'to'] } }),
  notice: atLabels({
    ...plain.notice,
    format: { kind: 'mail', labels: ['kind', 'no', 'register', 'reason'] },
  }),
}

/** A whole profile around the channels of an example; a channel that it leaves out is a folder. */
function profileOf(kind: string, example: Example): string {
  const needed = new Set<Channel>(['send', 'receive', 'notices', ...(Object.keys(example) as Channel[])])
  // Letters and notices reach a system in one way: whoever fetches the one fetches the other.
  const polled = transports.find((each) => each.kind === kind)?.handOver === 'polled'
  const twin = example.receive ?? example.notices
  const other = (channel: Channel): Options =>
    polled && twin !== undefined && (channel === 'receive' || channel === 'notices')
      ? twin
      : { kind: 'folder', path: `example/${channel}` }
  return stringify({
    id: 'example',
    office: '50',
    title: 'Example',
    origin: 'self-built',
    documents: documentsFor(kind),
    ...Object.fromEntries(
      [...needed].map((channel) => [
        channel,
        {
          transport: example[channel] ?? (documentsFor(kind) && other(channel)),
          document: channel === 'send' || channel === 'receive' ? 'letter' : 'notice',
          ...(channel === 'notices' && (kind === 'soap' || kind === 'soap-out') && { untold: ['recall'] }),
        },
      ]),
    ),
  })
}

/** What an installation gives, by the ending of the variable's name. */
async function environment(): Promise<Readonly<Record<string, string>>> {
  const authority = await createAuthority(clock.now(), systemRandom)
  const key = await newKey()
  const certificate = issueCertificate(
    authority,
    key,
    { kind: 'office', office: '50' },
    clock.now(),
    systemRandom,
  )
  return {
    EXAMPLE_KEY: keyToPem(key),
    EXAMPLE_CERTIFICATE: certificate.toString(),
    EXAMPLE_AUTHORITY: authority.certificate.toString(),
    EXAMPLE_PORT: '2222',
    EXAMPLE_URL: 'https://saraban.example.go.th/eoffice',
    EXAMPLE_PASSWORD: 'secret',
    EXAMPLE_TOKEN: 'secret',
    EXAMPLE_FOLDER: '/srv/saraban/example',
  }
}
const given = environment()

const orThrow = <Value>(part: string, result: Result<Value>): Value => {
  if (result.ok) return result.value
  throw new Error(`${part}: ${result.problems.map((each) => describe(each)).join('; ')}`)
}

async function run(part: string, example: Example): Promise<string> {
  const kinds = Object.values(example).map(({ kind }) => kind)
  if (!kinds.includes(part)) throw new Error(`an example of ${part} is one of ${kinds.join(', ')}`)
  const profile = orThrow(part, readProfile(profileOf(part, example), 'example.yaml'))
  const adapter = orThrow(
    part,
    createAdapter(profile, { environment: await given, folder: '/srv/saraban', clock }),
  )
  const used = channels.filter((channel) => example[channel]?.kind === part)
  const fetched = used.filter((channel) => channel === 'send' || channel === 'sendNotices')
  const handed = used.filter((channel) => channel === 'receive' || channel === 'notices')
  const doors = adapter.doors.map(
    ({ method, path, access }) => `door    ${method} ${path}, by ${access.kind}`,
  )
  const needs = referencesOf({
    channels: Object.fromEntries(used.map((channel) => [channel, profile.channels[channel]])),
    documents: {},
  })
  const way = adapter.deliver === undefined ? 'fetched by the system' : 'brought to the system'
  return block(
    [
      'checked, and made',
      ...(doors.length === 0 && fetched.length > 0 ? [`fetched from the system: ${fetched.join(', ')}`] : []),
      ...(handed.length > 0 ? [`${way}: ${handed.join(', ')}`] : []),
      ...doors,
      ...needs.map(
        ({ kind, name, places }) =>
          `${kind} ${name}: ${places.map((each) => each.replaceAll('`', '')).join(', ')}`,
      ),
    ].join('\n'),
  )
}

const exampleOf = (text: string): Example => parse(text, { merge: true }) as Example

export const transportReference: Reference = {
  file: 'docs/reference/transports.md',
  parts: transports.map(({ kind, about, options, required, channels: served, handOver }) => ({
    name: kind,
    about,
    options: { type: 'object', properties: options, required },
    further: `For ${served.length === channels.length ? 'all channels' : served.map((each) => `\`${each}\``).join(' and ')}; ${handOver === 'pushes' ? 'the gateway brings' : 'the system fetches'} what is for the system.`,
  })),
  run: (part, text) => run(part, exampleOf(text)),
  given: (part, text) => Object.values(exampleOf(text)).filter(({ kind }) => kind === part),
}
