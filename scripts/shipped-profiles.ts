// The pages of the shipped profiles, one each with a sample out of its cases, and the index of them all.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttachmentContent } from '../src/adapters/contract.ts'
import type { Profile } from '../src/adapters/profile.ts'
import { cannotSay, type PageSample, profilePage } from '../src/adapters/profile-page.ts'
import { channels } from '../src/adapters/transports/transport.ts'
import { tryProfile } from '../src/adapters/try.ts'
import { officeById } from '../src/letter/offices.ts'
import { fleet } from '../src/sandbox/fleet/fleet.ts'
import { readCase, tabled } from '../test/adapters/case.ts'
import { TestClock } from '../test/adapters/stage.ts'

const clock = new TestClock()
const random = (count: number): Uint8Array => new Uint8Array(count)

/** Every profile in `folder`, by office, with its tables. Throws when one has a fault: the pages would leave it out. */
function profilesIn(folder: string): readonly Profile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => tabled(name.slice(0, -'.yaml'.length), clock))
    .sort((one, other) => one.office.localeCompare(other.office, 'en'))
}

/** The case of a profile that shows most: letters only if there is such a one, and the shortest of them. */
async function sampleOf(profile: Profile): Promise<PageSample | undefined> {
  const folder = join('test/adapters/cases', profile.id)
  if (!existsSync(folder)) return undefined
  const samples: { faults: number; sample: PageSample }[] = []
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith('.txt')) continue
    const { document, body, charset, bytes, beside, memo, final } = readCase(
      readFileSync(join(folder, name), 'utf8'),
    )
    if (document !== 'letter' || !final) continue
    const files = new Map<string, AttachmentContent>([
      ...beside.map((each) => [each, { kind: 'bytes' as const, bytes: Buffer.from(each) }] as const),
      ...memo,
    ])
    const trial = await tryProfile(profile, bytes, name, files, { clock, random, document })
    const sample = { name, size: bytes.length, trial, ...(charset !== 'hex' && { text: body }) }
    const letters = trial.items.filter(({ kind }) => kind === 'letter').length
    if (letters > 0) samples.push({ faults: trial.items.length - letters, sample })
  }
  return samples.sort((one, other) => one.faults - other.faults || one.sample.size - other.sample.size)[0]
    ?.sample
}

const productOf = (id: string): string | undefined => fleet.find(({ profile }) => profile === id)?.product

/** The pages of all profiles in `folder`, by the profile's id. */
export async function profilePages(folder: string): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  for (const profile of profilesIn(folder)) {
    const { id } = profile
    const text = readFileSync(join(folder, `${id}.yaml`), 'utf8')
    const [product, sample] = [productOf(id), await sampleOf(profile)]
    const source = `[profiles/${id}.yaml](../../profiles/${id}.yaml)`
    pages.set(
      id,
      profilePage(profile, text, { source, ...(product && { product }), ...(sample && { sample }) }),
    )
  }
  return pages
}

/** The index: one line for each profile, by office. */
export function shippedProfilesPage(folder: string): string {
  const profiles = profilesIn(folder)
  const count = (origin: Profile['origin']): number =>
    profiles.filter((each) => each.origin === origin && each.office !== 'moi').length
  const rows = profiles.map((profile) => {
    const { id, office, origin, documents, waivers } = profile
    const distinct = (words: readonly string[]): string =>
      [...new Set(words)].map((word) => `\`${word}\``).join(' ')
    return [
      `\`${office}\``,
      officeById(office).en,
      `[${id}](profiles/${id}.md)`,
      origin,
      productOf(id) ?? '',
      distinct(channels.flatMap((channel) => profile.channels[channel]?.transport.kind ?? [])),
      distinct(Object.values(documents).map(({ format }) => String(format.kind))),
      String(cannotSay(profile).length),
      distinct(Object.keys(waivers)),
    ]
  })
  const head = ['office', '', 'profile', 'origin', 'product', 'transports', 'formats', 'cannot say', 'waives']
  return [
    '# Shipped profiles\n',
    `${count('outsourced')} systems by contractors, ${count('self-built')} that provinces built, ${count('none')} mailboxes, and the ministry’s inbox. **Which system a province really runs was never`,
    'published: every assignment is an example.** Each has a page: what stands where, what it cannot say, what it needs, and a sample with what is',
    'understood of it; `saraban profile docs FILE` prints such a page for any profile. What the words mean is in [profiles.md](profiles.md). Generated: `npm run docs`.\n',
    ...[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n')
}
