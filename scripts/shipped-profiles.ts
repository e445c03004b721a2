// The page of all shipped profiles, each with what it says of its system: read from the profiles themselves.
import { readdirSync, readFileSync } from 'node:fs'
import { type FieldDefinition, type Profile, readProfile } from '../src/adapters/profile.ts'
import { channels } from '../src/adapters/transports/transport.ts'
import { officeById } from '../src/letter/offices.ts'
import { describe } from '../src/problem/problem.ts'

/** Every profile in `folder`, by office. Throws when one has a fault: the page would leave it out. */
function profilesIn(folder: string): readonly Profile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const profile = readProfile(readFileSync(`${folder}/${name}`, 'utf8'), name)
      if (!profile.ok)
        throw new Error(`${name}: ${profile.problems.map((each) => describe(each)).join('; ')}`)
      return profile.value
    })
    .sort((one, other) => one.office.localeCompare(other.office, 'en'))
}

/** The names of the codecs that a field is written by, the outer one first. */
function codecsOf(field: FieldDefinition): string[] {
  if ('always' in field) return ['always']
  const names: string[] = []
  for (let as = field.as; as !== undefined; ) {
    const [name, options] = typeof as === 'string' ? [as, undefined] : (Object.entries(as as object)[0] ?? [])
    if (name === undefined) break
    names.push(name)
    as = typeof options === 'object' && options !== null && 'of' in options ? options.of : undefined
  }
  return field.default === undefined ? names : [...names, 'default']
}

const distinct = (words: readonly string[]): string =>
  [...new Set(words)].map((word) => `\`${word}\``).join(' ')

function cannotSay(profile: Profile): string[] {
  const fields = Object.values(profile.documents).flatMap((document) => Object.entries(document.fields))
  return [
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
}

function section(profile: Profile): string {
  const { id, office, title, origin, documents, waivers } = profile
  const forms = Object.values(documents)
  const ways = channels.flatMap((channel) => {
    const kind = profile.channels[channel]?.transport.kind
    return kind === undefined ? [] : [`${channel} \`${kind}\``]
  })
  const said = [...new Set(cannotSay(profile))]
  return [
    `## ${officeById(office).en} (\`${office}\`): \`${id}\`\n`,
    `${title} · ${origin}${profile.illustrative ? ' · **illustrative**' : ''} · [profiles/${id}.yaml](../profiles/${id}.yaml)\n`,
    `- Channels: ${ways.join(' · ')}`,
    `- Formats: ${distinct(forms.map(({ format }) => String(format.kind)))}, charsets: ${distinct(forms.map(({ format }) => String(format['charset'] ?? 'its own')))}`,
    `- Written by: ${distinct(forms.flatMap(({ fields }) => Object.values(fields).flatMap(codecsOf))) || 'its format itself'}`,
    `- What it cannot say: ${said.length === 0 ? 'nothing is left out' : said.join('; ')}`,
    ...Object.entries(waivers).map(([check, reason]) => `- Waives \`${check}\`: ${reason}`),
  ].join('\n')
}

/** The page, by office. */
export function shippedProfilesPage(folder: string): string {
  const profiles = profilesIn(folder)
  const count = (origin: Profile['origin']): number =>
    profiles.filter((each) => each.origin === origin && each.office !== 'moi').length
  return [
    '# Shipped profiles\n',
    `${count('outsourced')} systems by contractors, ${count('self-built')} that provinces built, ${count('none')} mailboxes, and the ministry’s inbox. **Which system a province really runs was never`,
    'published: every assignment is an example.** What the words mean is in [profiles.md](profiles.md). Generated: `npm run docs`.\n',
    profiles.map(section).join('\n\n'),
    '',
  ].join('\n')
}
