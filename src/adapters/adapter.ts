// A profile at work: its documents become forms, its channels transports; together they keep the contract.
import { isAbsolute, join } from 'node:path'
import type { OrganisationIds } from '../letter/organisations.ts'
import type { Clock } from '../letter/time.ts'
import { bad, good, type Problem, type ProblemCode, problem, type Result } from '../problem/problem.ts'
import type { Adapter, AdapterVerbs, Outcome, Parcel } from './contract.ts'
import { codecName } from './fields/codecs.ts'
import type { DocumentForm } from './formats/format.ts'
import { formats } from './formats/formats.ts'
import { recordsDocument } from './formats/records.ts'
import { withTables } from './lookup-tables.ts'
import { placeFindings } from './places.ts'
import type { Profile } from './profile.ts'
import { contentOf, sameTransport } from './profile-check.ts'
import { resolveReferences } from './references.ts'
import type { Finding } from './schema.ts'
import { withOrganisations } from './stated-organisations.ts'
import { type Channel, channels, type Transport, type TransportContext } from './transports/transport.ts'
import { transports } from './transports/transports.ts'
import { untoldOf } from './untold.ts'

/** What an adapter takes from the installation. Nothing here is read from the process. */
export interface AdapterSettings {
  /** Where `{ env: NAME }` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths of a profile stand in: absolute. */
  readonly folder: string
  readonly clock: Clock
  /** The organisation ids that the installation states; what a profile states of an office goes before them. */
  readonly organisations?: OrganisationIds
}

/** Makes the adapter of a profile. Fails, naming every reason, when a reference cannot be resolved or an option is not usable here. */
export function createAdapter(read: Profile, settings: AdapterSettings): Result<Adapter> {
  const { environment, folder, clock } = settings
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(folder, path))
  const complete = withTables(read, { environment, absolute, clock })
  if (!complete.ok) return complete
  const profile = withOrganisations(complete.value, settings.organisations ?? new Map())
  const forms = formsOf(profile, settings.clock)
  for (const form of Object.values(forms)) recordWhatIsWritten(form)
  const problems: Problem[] = []
  const served = new Map<Channel, Transport>()
  const said = new Set<Channel>()
  const lookedInto = (channel: Channel) => served.get(channel)?.looksInto?.(channel)
  for (const channel of channels) {
    const definition = profile.channels[channel]
    if (definition === undefined || served.has(channel) || said.has(channel)) continue
    const sharing = channels.filter((each) =>
      sameTransport(profile.channels[each]?.transport, definition.transport),
    )
    const made = transportOf(profile, settings, channel, sharing, forms, lookedInto)
    // The faults of a transport that channels share are said once, where it stands first.
    if (Array.isArray(made)) {
      problems.push(...made)
      for (const each of sharing) said.add(each)
    } else for (const each of sharing) served.set(each, made)
  }
  problems.push(...placeFindings(served).map(problemOf))
  const [first, ...rest] = problems
  return first === undefined ? good(adapterOf(profile, forms, served)) : bad(first, ...rest)
}

/** Whatever transport writes by a form, its parcel records it first: none can forget to. */
function recordWhatIsWritten(form: DocumentForm): void {
  const write = form.write.bind(form)
  form.write = async (outgoing) => {
    const written = await write(outgoing)
    if (written.ok) await outgoing.record?.(written.value)
    return written
  }
}

type Forms = Readonly<Partial<Record<Channel, DocumentForm>>>

/** The form of each channel. */
export function formsOf(profile: Profile, clock: Clock): Forms {
  return Object.fromEntries(
    channels.flatMap((channel): [Channel, DocumentForm][] => {
      const definition = profile.channels[channel]
      return definition === undefined
        ? []
        : [[channel, formOf(profile, definition.document, contentOf(channel), clock)]]
    }),
  )
}

function formOf(profile: Profile, name: string, content: 'letter' | 'notice', clock: Clock): DocumentForm {
  const document = profile.documents[name]
  const format = formats.find(({ kind }) => kind === document?.format.kind)
  if (document === undefined || format === undefined)
    throw new Error(`the profile ${profile.id} was not checked`)
  const inside = Object.values(document.fields).some(
    (field) => 'as' in field && codecName(field.as) === 'base64',
  )
  const context = { office: profile.office, profile: profile.id, content, clock, inside }
  // The options were checked with the profile: that they fail now is a defect.
  if (format.sort === 'document') return must(format.create(document.format, context))
  return recordsDocument(must(format.create(document.format, context)), document, context)
}

function must<Value>(
  checked: { ok: true; value: Value } | { ok: false; findings: readonly Finding[] },
): Value {
  if (checked.ok) return checked.value
  throw new Error(
    `options that were checked are refused: ${checked.findings.map(({ code }) => code).join(', ')}`,
  )
}

function transportOf(
  profile: Profile,
  settings: AdapterSettings,
  channel: Channel,
  sharing: readonly Channel[],
  forms: Forms,
  lookedInto: NonNullable<TransportContext['lookedInto']>,
): Transport | Problem[] {
  const options = profile.channels[channel]?.transport
  const kind = transports.find((each) => each.kind === options?.kind)
  if (kind === undefined) throw new Error(`the profile ${profile.id} was not checked`)
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(settings.folder, path))
  const at = [channel, 'transport']
  const resolved = resolveReferences(options, settings.environment, absolute, at)
  if (resolved.findings.length > 0) return resolved.findings.map(problemOf)
  const made = kind.create(resolved.value, {
    profile: profile.id,
    office: profile.office,
    clock: settings.clock,
    forms: Object.fromEntries(Object.entries(forms).filter(([each]) => sharing.some((one) => one === each))),
    lookedInto,
    absolute,
  })
  return made.ok ? made.value : made.findings.map((each) => problemOf({ ...each, at: [...at, ...each.at] }))
}

/** What is found in a resolved value has no line of the profile: these say the same without one. */
const withoutLine: Partial<Record<ProblemCode, ProblemCode>> = {
  'adapter.profile.value-wrong': 'adapter.option.wrong',
  'adapter.profile.value-unknown': 'adapter.option.wrong',
}

const problemOf = ({ at, code, value, details }: Finding): Problem =>
  problem(withoutLine[code] ?? code, at.map(String).join('.'), value, details)

function adapterOf(profile: Profile, forms: Forms, served: ReadonlyMap<Channel, Transport>): Adapter {
  const parts = [...new Set(served.values())]
  const untold = untoldOf(profile.channels.notices?.untold ?? [])
  let report: AdapterVerbs['report'] | undefined
  const pushes = [served.get('receive'), served.get('notices')].some((each) => each?.deliver !== undefined)
  return {
    id: profile.id,
    office: profile.office,
    receipts: forms.receive?.receipts ?? false,
    policy: profile.delivery,
    doors: parts.flatMap(({ doors }) => doors),
    read: async (source) => {
      // Where one document carries both (an envelope), one channel brings both.
      const form = source.document === 'notice' ? (forms.sendNotices ?? forms.send) : forms.send
      const content = source.document
      if (source.doubts !== undefined)
        return [{ kind: 'fault', position: 'document', problems: source.doubts }]
      if (form === undefined)
        return [
          {
            kind: 'fault',
            position: 'document',
            problems: [problem('adapter.channel.missing', '', content)],
          },
        ]
      return form.read(source)
    },
    ...(pushes && {
      deliver: async (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
        const { content } = parcel.envelope
        const left = untold.settled(parcel, report)
        if (left !== undefined) return left
        const deliver = served.get(content === 'letter' ? 'receive' : 'notices')?.deliver
        return deliver === undefined
          ? { kind: 'refused', problem: problem('adapter.channel.missing', '', content) }
          : deliver(parcel, signal)
      },
    }),
    start: async (verbs) => {
      const started: Transport[] = []
      const told = untold.passing(verbs)
      report = verbs.report
      try {
        for (const part of parts) {
          await part.start?.(told)
          started.push(part)
        }
      } catch (error) {
        // A half that runs would take letters of a profile that the gateway holds to be stopped.
        await Promise.all(started.map((part) => part.stop()))
        throw error
      }
    },
    stop: async () => {
      await Promise.all(parts.map((part) => part.stop()))
    },
  }
}
