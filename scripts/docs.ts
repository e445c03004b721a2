// `npm run docs` writes the pages that follow from the code; `--check` fails when one of them is stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { usualPolicy } from '../src/adapters/delivery-policy.ts'
import { publishedSchema } from '../src/adapters/profile-schema.ts'
import { jitter } from '../src/gateway/delivery/schedule.ts'
import { deliveryTable, letterTable, type Table } from '../src/gateway/delivery/states.ts'
import { operationsOf } from '../src/gateway/http/api/api.ts'
import { Cursors } from '../src/gateway/http/api/cursor.ts'
import { describeApi, type Examples } from '../src/gateway/http/api/openapi.ts'
import { systemClock, systemRandom } from '../src/letter/time.ts'
import { catalogue } from '../src/problem/catalogue.ts'
import { codecReference } from './codec-examples.ts'
import { formatReference } from './format-examples.ts'
import { referenceParts } from './reference.ts'
import { profilePages, shippedProfilesPage } from './shipped-profiles.ts'
import { transportReference } from './transport-examples.ts'

/** A generated page, or a part of a page between `<!-- generated: NAME -->` and `<!-- end -->`. */
interface Generated {
  readonly file: string
  readonly part?: string
  readonly text: string
}

function problemsPage(): string {
  const rows = Object.entries(catalogue)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, { status, permanent, en, th, remedy }]) =>
      [
        `### \`${code}\``,
        `HTTP ${status} · ${permanent ? 'trying again unchanged cannot help' : 'may pass'}\n`,
        `- ${cell(en)} · ${cell(th)}`,
        `- **What to do:** ${cell(remedy.en)} · ${cell(remedy.th)}`,
      ].join('\n'),
    )
  return `# Problems\n\nEvery problem that the gateway names, from its one catalogue (\`src/problem/\`). Generated: \`npm run docs\`.\n\n${rows.join('\n\n')}\n`
}

const cell = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('{', '‹').replaceAll('}', '›')

function diagram<State extends string, Event extends string>(
  table: Table<State, Event>,
  first: State,
): string {
  const moves = new Map<string, string[]>()
  for (const state of Object.keys(table) as State[]) {
    for (const [event, next] of Object.entries(table[state]) as [Event, State][]) {
      if (next === state) continue
      const arrow = `${state} --> ${next}`
      moves.set(arrow, [...(moves.get(arrow) ?? []), event])
    }
  }
  const lines = [...moves].map(
    ([arrow, events]) => `  ${arrow.replaceAll('given-up', 'given_up')}: ${events.join(', ')}`,
  )
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${first}`, ...lines, '```'].join('\n')
}

function scheduleText(): string {
  const seconds = usualPolicy.pauses.map((pause) =>
    pause < 60_000 ? `${pause / 1000} s` : `${pause / 60_000} min`,
  )
  const hours = (milliseconds: number): string => `${milliseconds / 3_600_000} h`
  return `Unless an office’s profile says otherwise (\`delivery\`): after the first failed attempts ${seconds.join(', ')}; then every ${hours(usualPolicy.every)}, each pause lengthened by up to ${jitter * 100} %, until ${hours(usualPolicy.giveUpAfter)} have passed (a notice: ${usualPolicy.giveUpNoticesAfter / 86_400_000} days). A Retry-After lengthens a pause up to ${hours(usualPolicy.longestRetryAfter)}.`
}

/** Only described: nothing is asked of them. */
function apiDescription(): string {
  const nothing = async () => undefined
  const database = {
    committed: { all: async () => [], one: nothing },
    write: () => Promise.reject(new Error('there is no journal')),
    unsafe: nothing,
    close: nothing,
  }
  const cursors = new Cursors(Buffer.alloc(32), systemRandom)
  const none = (): never => {
    throw new Error('it is only described')
  }
  const parts = {
    ...{ database, clock: systemClock, cursors, profiles: () => [], due: () => undefined },
    attachments: { open: none, sizeOf: none, keep: none },
    corrections: { foresee: none, make: none, newMessageId: none },
  }
  const examples = JSON.parse(readFileSync('schemas/api.examples.json', 'utf8')) as Examples
  return `${JSON.stringify(describeApi(operationsOf(parts).flat(), examples), null, 2)}\n`
}

const pages: readonly Generated[] = [
  { file: 'schemas/api.openapi.json', text: apiDescription() },
  { file: 'docs/problems.md', text: problemsPage() },
  { file: 'docs/shipped-profiles.md', text: shippedProfilesPage('profiles') },
  ...[...(await profilePages('profiles'))].map(([id, text]) => ({ file: `docs/profiles/${id}.md`, text })),
  ...(await referenceParts(codecReference)),
  ...(await referenceParts(formatReference)),
  ...(await referenceParts(transportReference)),
  { file: 'schemas/profile.schema.json', text: `${JSON.stringify(publishedSchema(), null, 2)}\n` },
  { file: 'ARCHITECTURE.md', part: 'delivery states', text: diagram(deliveryTable, 'due') },
  { file: 'ARCHITECTURE.md', part: 'letter states', text: diagram(letterTable, 'sealed') },
  { file: 'ARCHITECTURE.md', part: 'retry schedule', text: scheduleText() },
]

function withPart(page: string, { file, part, text }: Generated): string {
  if (part === undefined) return text
  const begin = `<!-- generated: ${part} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf('<!-- end -->', from)
  if (from < 0 || to < 0) throw new Error(`${file} has no part ${part}`)
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

const stale: string[] = []
for (const generated of pages) {
  const before = read(generated.file)
  const after = withPart(before, generated)
  if (after === before) continue
  if (process.argv.includes('--check'))
    stale.push(generated.part === undefined ? generated.file : `${generated.file} (${generated.part})`)
  else {
    mkdirSync(dirname(generated.file), { recursive: true })
    writeFileSync(generated.file, after)
  }
}
// A page whose profile is gone says what is not so any more.
for (const name of readdirSync('docs/profiles')) {
  const file = `docs/profiles/${name}`
  if (pages.some((generated) => generated.file === file)) continue
  if (process.argv.includes('--check')) stale.push(file)
  else rmSync(file)
}
if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}\nhint: npm run docs\n`)
  process.exitCode = 1
}
