// The delivery side against a simple model: whatever happens in whatever order, with crashes between any two steps, a letter
// that was acknowledged is registered once or somebody is told why not (design §5.5). The judge is the peers' own ledger.
import fc from 'fast-check'
import t from 'tap'
import { chiangMai, chiangRai, makeTrust, moi, scratch } from './harness.ts'
import { modes } from './model/peers.ts'
import { World } from './model/world.ts'

t.setTimeout(600_000)
// A process that died in a test never lets go of its connections: those to servers that other files share would keep this one alive.
t.teardown(() => {
  setTimeout(() => process.exit(), 2_000).unref()
})
const trust = await makeTrust([chiangMai, chiangRai, moi])
const onServer = process.env['SARABAN_TEST_JOURNAL'] === 'postgresql'

type Step = (world: World) => Promise<void>

const index = fc.nat(7)
const second = 1_000
const minute = 60 * second

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        number: fc.nat(2),
        content: fc.nat(1),
        to: fc.nat(2),
        how: fc.constantFrom('export' as const, 'waits' as const),
        urgent: fc.boolean(),
      })
      .map((offer) =>
        named(`send ${JSON.stringify(offer)}`, (world) => world.step(() => world.send(offer), true)),
      ),
  },
  {
    weight: 1,
    arbitrary: index.map((at) =>
      named(`offer ${at} again`, async (world) => {
        const handover = world.handovers[at % Math.max(1, world.handovers.length)]
        if (handover !== undefined) await world.step(() => world.offerAgain(handover), true)
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.nat(2), fc.constantFrom(...modes)).map(([at, mode]) =>
      named(`office ${at} answers ${mode}`, async (world) => {
        const peer = world.peers[at]
        if (peer !== undefined) await world.step(() => world.setMode(peer, mode))
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        index,
        fc.constantFrom(
          'accept' as const,
          'accept' as const,
          'reject' as const,
          'invalid' as const,
          'receive' as const,
        ),
        fc.nat(1),
        fc.boolean(),
      )
      .map(([at, kind, number, twice]) =>
        named(`say ${kind} of ${at} number ${number} ${twice ? 'twice' : 'once'}`, (world) =>
          world.step(() => world.say(at, kind, number, twice)),
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: index.map((at) => named(`old word ${at}`, (world) => world.step(() => world.sayOld(at)))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(index, fc.constantFrom('dispute' as const, 'dispute' as const, 'recall' as const), fc.boolean())
      .map(([at, kind, stale]) =>
        named(`${kind} ${at}${stale ? ', an old number' : ''}`, (world) =>
          world.step(() => world.saySender(at, kind, stale)),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: index.map((at) => named(`resend ${at}`, (world) => world.step(() => world.resend(at), true))),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(second, 30 * second, 3 * minute, 12 * minute)
      .map((time) => named(`pass ${time}`, (world) => world.step(() => world.pass(time)))),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(-4 * minute, 20 * minute)
      .map((time) => named(`jump ${time}`, (world) => world.step(() => world.jump(time)))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat(7), fc.boolean())
      .map(([write, commits]) =>
        named(`die at write ${write}, ${commits ? 'committed' : 'not'}`, (world) =>
          world.step(async () => world.dieAt(write, commits)),
        ),
      ),
  },
)

function named(name: string, act: Step): Step & { [fc.toStringMethod]: () => string } {
  return Object.assign((world: World) => act(world), { [fc.toStringMethod]: () => name })
}

t.test('whatever happens: registered once, or somebody is told', async (t) => {
  const met = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (steps) => {
      const world = new World(scratch(t), trust)
      await world.open()
      try {
        for (const act of steps) await act(world)
        await world.heal()
      } finally {
        await world.close()
        for (const [what, count] of world.met) met.set(what, (met.get(what) ?? 0) + count)
      }
    }),
    { numRuns: onServer ? 8 : 40 },
  )
  const told = [...met].map(([what, count]) => `${what} ${count}`)
  t.comment(told.sort().join(', '))
  // A run that meets no crash and no registration has shown nothing of them; the few on a server may.
  for (const what of onServer ? [] : ['crash', 'delivered', 'registered', 'refused', 'answered: lost'])
    t.ok(met.has(what), `met: ${what}`)
})
