// A gateway may be frozen at any moment of a hand-over, and go on when others have long brought the parcel and its system has taken
// it away; or it dies there. However the attempts are mixed, and whatever each of them writes, the document comes into the folder
// once, with the files that belong to it, and nothing else stays there.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Parcel } from '../../src/adapters/contract.ts'
import type { Written } from '../../src/adapters/formats/format.ts'
import * as files from '../../src/adapters/transports/folder/files.ts'
import { codeOf } from '../../src/adapters/transports/folder/files.ts'
import { bring, type Moved } from '../../src/adapters/transports/folder/parcel.ts'
import {
  fileFailure,
  type RemoteEntry,
  type RemoteFiles,
} from '../../src/adapters/transports/remote/files.ts'
import { remoteParcelFiles } from '../../src/adapters/transports/remote/folder-parcel.ts'
import { good } from '../../src/problem/problem.ts'
import { fixedLetter } from '../letter/arbitrary.ts'
import { parcelOf } from './stage.ts'

t.setTimeout(600_000)

/** One attempt: it goes on for so many calls of the disk as it is let, and then it is frozen. */
class Attempt {
  calls = 0
  ended = false
  #left = 0
  #go: () => void = () => undefined
  #stand: () => void = () => undefined
  readonly #run: (attempt: Attempt) => Promise<void>
  #running: Promise<void> | undefined

  constructor(run: (attempt: Attempt) => Promise<void>) {
    this.#run = run
  }

  async call(): Promise<void> {
    while (this.#left === 0)
      await new Promise<void>((resolve) => {
        this.#go = resolve
        this.#stand()
      })
    this.#left -= 1
    this.calls += 1
  }

  /** Resolves when it has made so many calls more and is frozen before the next, or has ended. */
  async proceed(calls: number): Promise<void> {
    this.#left = calls
    const stands = new Promise<void>((resolve) => {
      this.#stand = resolve
    })
    this.#running ??= this.#run(this).then(() => {
      this.ended = true
    })
    this.#go()
    await Promise.race([stands, this.#running])
  }
}

const whose = new AsyncLocalStorage<Attempt>()

/** The same functions, each of which waits while its attempt is frozen. */
function gated<Module extends object>(module: Module): Module {
  const act =
    (of: (...words: unknown[]) => unknown) =>
    async (...words: unknown[]) => {
      await whose.getStore()?.call()
      return of(...words)
    }
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value === 'function' && name !== 'codeOf' && !/^[A-Z]/.test(name)
        ? act(value as (...words: unknown[]) => unknown)
        : value,
    ]),
  ) as Module
}

/** A profile that is mended writes other words, other bytes into the one file, and another file. */
const filesOf = (words: string): ReadonlyMap<string, string> =>
  new Map([
    ['p-1-1-scan.pdf', `a scan of ${words}`],
    [`p-1-2-${words}.pdf`, 'a map'],
  ])

const written = (words: string): Written => ({
  ...{ bytes: Buffer.from(words), mediaType: 'text/csv', spilled: [], extension: 'csv' },
  files: [...filesOf(words)].map(([name, text]) => ({
    ...{ name, mediaType: 'application/pdf', sha256: createHash('sha256').update(text).digest('hex') },
    content: { kind: 'bytes', bytes: Buffer.from(text) },
  })),
})

/** A folder of some kind, as an attempt and as its system see it. */
interface Place {
  bring(parcel: Parcel, words: string): Promise<Moved>
  /** What stands there, by name. */
  visible(): Promise<ReadonlyMap<string, string>>
  remove(name: string): Promise<void>
}

/** Which attempt goes on, for how many calls. */
type Schedule = readonly (readonly [attempt: number, calls: number])[]
const through = Number.POSITIVE_INFINITY

interface Mixture {
  readonly schedule: Schedule
  /** What each attempt writes, by its number; all later ones write what the last of these does. */
  readonly words: readonly string[]
  /** The attempts that do not go on after the schedule. */
  readonly dead?: readonly number[]
  /** A system that takes away whatever it sees, also what comes before its document. */
  readonly greedy?: boolean
}

/**
 * Attempts that go on by turns, as the schedule says; what it does not say goes through at last, and as a gateway does it is tried
 * again until the parcel was handed over. Gives what was wrong with what the system got.
 */
async function mixed(place: Place, { schedule, words, dead = [], greedy = false }: Mixture) {
  const wrong: string[] = []
  let documents = 0
  let taken = false
  const look = async (): Promise<void> => {
    const seen = await place.visible()
    const document = seen.get('p-1.csv')
    if (document !== undefined) {
      documents += 1
      const whole = new Map([['p-1.csv', document], ...filesOf(document)])
      const [is, ought] = [seen, whole].map((each) => JSON.stringify([...each].sort()))
      if (!greedy && is !== ought) wrong.push(`it stands there as ${is}`)
    }
    if (document !== undefined || greedy) for (const name of seen.keys()) await place.remove(name)
  }
  const made = (number: number): Attempt =>
    new Attempt((attempt) =>
      whose.run(attempt, async () => {
        const parcel = { ...parcelOf({ letter: fixedLetter() }, 'p-1', '50'), attempt: number + 1 }
        const ended = await place
          .bring(parcel, words[number] ?? words.at(-1) ?? '')
          .catch((error: unknown) => error)
        if (codeOf(ended) === '' && ended instanceof Error) wrong.push(String(ended.stack))
        taken ||= (ended as Partial<Moved>).kind === 'handed-over'
      }),
    )
  const attempts = new Map<number, Attempt>()
  const go = async (number: number, calls: number): Promise<void> => {
    const attempt = attempts.get(number) ?? made(number)
    attempts.set(number, attempt)
    if (!attempt.ended) await attempt.proceed(calls)
    await look()
  }
  for (const [number, calls] of schedule) await go(number, calls)
  for (const number of attempts.keys()) if (!dead.includes(number)) await go(number, through)
  const last = Math.max(0, ...schedule.map(([number]) => number + 1))
  for (let number = last; !taken && number < last + 5; number += 1) await go(number, through)
  if (documents !== 1) wrong.push(`it came ${documents} times`)
  if (dead.length === 0 && !taken) wrong.push('nobody says that it came')
  const left = [...(await place.visible()).keys()]
  if (left.length > 0) wrong.push(`left behind: ${left.join()}`)
  // All is judged: the dead let go of the files that they hold.
  for (const attempt of attempts.values()) if (!attempt.ended) await attempt.proceed(through)
  return { wrong, calls: attempts.get(0)?.calls ?? 0 }
}

const alike = ['a']
/** A profile that is mended after the first attempt. */
const mended = ['a', 'b']

/** Every moment at which one attempt can freeze, and those of two in steps. */
async function everyMoment(t: Test, open: () => Promise<Place>, steps: number): Promise<void> {
  for (const words of [alike, mended]) {
    const once = async (...schedule: Schedule) => {
      const { wrong, calls } = await mixed(await open(), { schedule, words })
      if (wrong.length > 0) t.fail(`${JSON.stringify(schedule)}, ${words.join()}: ${wrong.join('; ')}`)
      return calls
    }
    const all = await once([0, through])
    t.ok(all > 15, `${all} calls`)
    for (let one = 0; one <= all; one += 1) {
      await once([0, one], [1, through], [0, through])
      for (let other = one % steps; other <= all + 8; other += steps) {
        await once([0, one], [1, other], [2, through], [1, through])
        await once([0, one], [1, other], [0, through], [1, through])
        // Whoever began when all was over, and whoever looked before that.
        if (one < 5) await once([0, one], [1, other], [2, through], [1, 1 + (other % 4)], [0, through])
      }
    }
  }
}

/** `1:3 0:18`: attempt 1 goes on for 3 calls, then attempt 0 for 18. */
const turns = (text: string): Schedule =>
  text.split(' ').map((turn) => {
    const [attempt = 0, calls = 0] = turn.split(':').map(Number)
    return [attempt, calls]
  })

/** Mixtures that went wrong once. */
const known: readonly Required<Mixture>[] = [
  // Frozen while it takes back what another began; it goes on when a third one has begun anew.
  { schedule: turns('2:12 1:3 0:18 0:7'), words: mended, dead: [], greedy: false },
  // Frozen before it removes a file of a generation before, which the next one, mended back, writes again.
  { schedule: turns('1:10 1:3 0:16 0:10 3:8 2:22 2:19'), words: ['b', 'a'], dead: [], greedy: false },
]

/** Four attempts that are frozen anywhere, go on in any order and may die; profiles mended to and fro. Throws what fails. */
async function anyMixture(t: Test, open: () => Promise<Place>, numRuns: number): Promise<void> {
  const mixture: fc.Arbitrary<Required<Mixture>> = fc.record({
    schedule: fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 25 })), { maxLength: 12 }),
    words: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 5 }),
    dead: fc.subarray([0, 1, 2, 3]),
    greedy: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(mixture, async (each) => {
      const { wrong } = await mixed(await open(), each)
      if (wrong.length > 0) throw new Error(wrong.join('; '))
    }),
    { numRuns, examples: known.map((each) => [each]) },
  )
  t.pass(`${numRuns} mixtures`)
}

t.test('a folder on a disk', async (t) => {
  const { parcelDisk } = (await t.mockImport('../../src/adapters/transports/folder/parcel-disk.ts', {
    '../../src/adapters/transports/folder/files.ts': gated(files),
    'node:fs/promises': gated(fs),
  })) as typeof import('../../src/adapters/transports/folder/parcel-disk.ts')
  const { signal } = new AbortController()
  const open = async (): Promise<Place> => {
    const path = t.testdir({ '.saraban': {} })
    const into = { files: parcelDisk, path, own: join(path, '.saraban') }
    return {
      bring: (parcel, words) => bring(into, parcel, async () => good(written(words)), signal),
      async visible() {
        const names = (await fs.readdir(path)).filter((name) => !name.startsWith('.'))
        const texts = names.map(async (name) => [name, await fs.readFile(join(path, name), 'utf8')] as const)
        return new Map(await Promise.all(texts))
      },
      remove: (name) => fs.rm(join(path, name)),
    }
  }
  await everyMoment(t, open, 5)
  await anyMixture(t, open, 300)
})

/** A server in memory. `overwrites`: a rename puts a file in the place of another, as some do. */
function server(overwrites: boolean): RemoteFiles & { readonly all: Map<string, Buffer | undefined> } {
  // A folder has no bytes.
  const all = new Map<string, Buffer | undefined>([
    ['/in', undefined],
    ['/in/.saraban', undefined],
  ])
  const turn = async (): Promise<void> => {
    await whose.getStore()?.call()
  }
  const need = (path: string): void => {
    if (!all.has(path)) throw fileFailure('ENOENT', path)
  }
  const above = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  return {
    all,
    async list(folder) {
      await turn()
      need(folder)
      return [...all].flatMap(([path, bytes]): RemoteEntry[] =>
        above(path) === folder
          ? [
              {
                ...{ name: path.slice(folder.length + 1), kind: bytes === undefined ? 'folder' : 'file' },
                ...{ size: bytes?.length ?? 0, changed: '' },
              } as RemoteEntry,
            ]
          : [],
      )
    },
    async sizeOf(path) {
      await turn()
      return all.get(path)?.length
    },
    async fetch(path, take) {
      await turn()
      need(path)
      await take(all.get(path) ?? Buffer.alloc(0))
    },
    async store(path, bytes) {
      const chunks: Buffer[] = []
      for await (const chunk of bytes as AsyncIterable<Buffer>) chunks.push(chunk)
      await turn()
      need(above(path))
      all.set(path, Buffer.concat(chunks))
    },
    async rename(from, to) {
      await turn()
      need(from)
      need(above(to))
      if (all.has(to) && !overwrites) throw fileFailure('EEXIST', to)
      for (const [path, bytes] of all)
        if (path === from || path.startsWith(`${from}/`)) {
          all.delete(path)
          all.set(to + path.slice(from.length), bytes)
        }
    },
    async remove(path) {
      await turn()
      need(path)
      all.delete(path)
    },
    async makeFolder(path) {
      await turn()
      if (all.has(path)) throw fileFailure('EEXIST', path)
      all.set(path, undefined)
    },
    async removeFolder(path) {
      await turn()
      need(path)
      all.delete(path)
    },
  }
}

t.test('a folder on a server that never overwrites', async (t) => {
  const open = async () => onServer(server(false))
  await everyMoment(t, open, 2)
  await anyMixture(t, open, 2000)
})

t.test('a folder on a server that overwrites: one that was frozen, at every moment', async (t) => {
  for (const words of [alike, mended])
    for (let one = 0; one < 40; one += 1) {
      const schedule: Schedule = [
        [0, one],
        [1, through],
      ]
      const { wrong } = await mixed(onServer(server(true)), { schedule, words })
      t.same(wrong, [], `frozen after call ${one}, ${words.join()}`)
    }
})

function onServer(remote: ReturnType<typeof server>): Place {
  const { signal } = new AbortController()
  const into = { files: remoteParcelFiles(remote), path: '/in', own: '/in/.saraban' }
  return {
    bring: (parcel, words) => bring(into, parcel, async () => good(written(words)), signal),
    visible: async () =>
      new Map(
        [...remote.all].flatMap(([path, bytes]) =>
          /^\/in\/[^./][^/]*$/.test(path) ? [[path.slice('/in/'.length), String(bytes)]] : [],
        ),
      ),
    remove: async (name) => void remote.all.delete(`/in/${name}`),
  }
}
