import t, { type Test } from 'tap'
import { Doors } from '../../src/gateway/http/doors.ts'
import { AtWork } from '../../src/gateway/installation/at-work.ts'
import type { Installation as Read } from '../../src/gateway/installation/installation.ts'
import { Reload } from '../../src/gateway/installation/reload.ts'
import type { ConnectedSystem } from '../../src/gateway/installation/systems.ts'
import { take } from '../../src/gateway/intake/intake.ts'
import { JournalUnavailable } from '../../src/gateway/journal/database.ts'
import type { Mode } from '../../src/gateway/journal/deliveries.ts'
import type { OfficeId } from '../../src/letter/offices.ts'
import { bad, good, problem, type Result } from '../../src/problem/problem.ts'
import {
  chiangMai,
  HandClock,
  letterItem,
  moi,
  openGateway,
  plainLetter,
  rest,
  ScriptedAdapter,
  scratch,
  soon,
  source,
  systemOf,
  until,
} from './harness.ts'
import { jsonProfile, logTo, makeInstallation } from './installation.ts'
import { reload, trust } from './reload-stage.ts'

t.test(
  'no gateway: the command says so, and what was asked of a dead one is over when it starts',
  async (t) => {
    const installation = await makeInstallation(scratch(t), [chiangMai, moi], {
      '50.yaml': jsonProfile('50'),
    })
    const gateway = await installation.start()
    await gateway.stop()
    const said = await reload(installation)
    t.equal(said.code, 1)
    t.match(said.err, /cli\.gateway\.not-running/)
  },
)

// ── What is under way ───────────────────────────────────────────────────────────────────────────────────────────

/** A reload over scripted systems: `next` is what is read. */
async function scripted(t: Test) {
  const clock = new HandClock()
  const first = new Map([
    [chiangMai, new ScriptedAdapter(chiangMai)],
    [moi, new ScriptedAdapter(moi)],
  ])
  const gateway = await openGateway(scratch(t), trust, [...first.values()], clock)
  t.teardown(() => gateway.close())
  const { desk, dispatch, present } = gateway
  const connected = (adapter: ScriptedAdapter, version = '0'): ConnectedSystem => ({
    system: { ...systemOf(adapter), version },
    adapter,
    references: '',
    ...{ certificates: { shown: [], authorities: [] }, secrets: [] },
    places: [],
    remarks: () => [],
    tables: new Map(),
    remake: () => {
      const again = new ScriptedAdapter(adapter.office)
      remade.push(again)
      return good(again)
    },
  })
  const remade: ScriptedAdapter[] = []
  const installed = (systems: readonly ConnectedSystem[]): Read => ({
    ...{ trust: trust.trust, foreign: [], unfit: [], grants: [] },
    keys: new Map(
      [...trust.signers].map(([id, { certificate, ...key }]) => [
        id,
        { ...key, certificates: [certificate] },
      ]),
    ),
    systems: new Map(systems.map((each) => [each.system.office, each])),
  })
  const before = installed([...first.values()].map((adapter) => connected(adapter)))
  const atWork = new AtWork(before, clock)
  // The dispatch of the harness has a map of its own.
  const doors = new Doors([])
  const log: string[] = []
  const startedOnes: string[] = []
  const state: {
    next: Result<Read>
    refuse: OfficeId | undefined
    /** Is not started as it was before. */
    stays: OfficeId | undefined
    others: Mode | undefined
    /** The journal cannot be written. */
    away: boolean
  } = {
    next: good(before),
    refuse: undefined,
    stays: undefined,
    others: undefined,
    away: false,
  }
  const reload = new Reload({
    ...{ atWork, dispatch, doors, present, clock, log: logTo(log) },
    database: {
      committed: desk.database.committed,
      write: (work, by) =>
        state.away
          ? Promise.reject(new JournalUnavailable('the server is away'))
          : desk.database.write(work, by),
      unsafe: () => desk.database.unsafe(),
      close: () => desk.database.close(),
    },
    agrees: (_office, mode) => state.others === undefined || state.others === mode,
    read: async () => state.next,
    changed: async () => undefined,
    secure: () => undefined,
    start: async ({ system }) => {
      if (system.office === (system.version === '0' ? state.stays : state.refuse))
        throw new Error('the port is taken')
      startedOnes.push(`${system.office} ${system.version}`)
    },
  })
  return {
    ...{
      clock,
      first,
      gateway,
      atWork,
      reload,
      connected,
      installed,
      state,
      remade,
      startedOnes,
      log,
    },
  }
}

t.test('an attempt under way ends, and is settled, before its system changes', async (t) => {
  const { clock, first, gateway, reload, connected, installed, state, atWork } = await scripted(t)
  const { desk, dispatch } = gateway
  // An attempt that does not end keeps the queue at work for ever.
  clock.busy = () => false
  const [province, ministry] = [first.get(chiangMai)!, first.get(moi)!]
  await dispatch.start()
  let answer: () => void = () => undefined
  const aborted: boolean[] = []
  ministry.answer = (_parcel, signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted.push(true)
        resolve({ kind: 'unknown', said: 'broken off' })
      })
      answer = () => resolve({ kind: 'taken' })
    })
  province.items = [letterItem(plainLetter())]
  await take(desk, systemOf(province), source('one'), (each) => province.read(each))
  await until(() => ministry.brought.length === 1, 'an attempt')
  const fresh = new ScriptedAdapter(moi)
  state.next = good(installed([connected(province), connected(fresh, '1')]))
  let done = false
  const running = reload.run(true).then((result) => {
    done = true
    return result
  })
  await clock.advance(1)
  t.notOk(done, 'it waits for what is under way')
  t.equal(atWork.adapters.get(moi), ministry, 'and until then all is as before')
  answer()
  t.match(await running, { kind: 'applied' })
  t.equal(atWork.adapters.get(moi), fresh)
  t.same(aborted, [])
  t.match(await desk.database.committed.all('SELECT state FROM deliveries WHERE office = ?', 'moi'), [
    { state: 'taken' },
  ])
  t.same(fresh.brought, [], 'and is not brought again')

  // One that does not end is broken off, and comes again under the same message id.
  province.items = [letterItem(plainLetter({ subject: 'ที่สอง', date: '2008-02-15' as never }))]
  await take(desk, systemOf(province), source('two'), (each) => province.read(each))
  await until(() => ministry.brought.length === 2, 'another attempt')
  state.next = good(installed([connected(province), connected(new ScriptedAdapter(moi), '2')]))
  const second = reload.run(true)
  await rest()
  await clock.advance(31_000)
  t.match(await second, { kind: 'applied' })
  t.same(aborted, [true])
  t.match(
    await desk.database.committed.all("SELECT state FROM deliveries WHERE office = 'moi' ORDER BY seq"),
    [{ state: 'taken' }, { state: 'unknown' }],
  )
})

/** Both systems are others now, and the ministry's polls. */
const bothChanged = ({
  connected,
  installed,
}: Pick<Awaited<ReturnType<typeof scripted>>, 'connected' | 'installed'>): Result<Read> =>
  good(
    installed([
      connected(new ScriptedAdapter(chiangMai), '1'),
      connected(new ScriptedAdapter(moi, { polls: true }), '1'),
    ]),
  )

t.test('a system that does not start: everything is taken back', async (t) => {
  const { reload, connected, installed, state, first, atWork, remade, startedOnes, log } = await scripted(t)
  const province = first.get(chiangMai)!
  state.refuse = moi
  state.next = bothChanged({ connected, installed })
  t.match(await reload.run(true), {
    kind: 'refused',
    problems: [{ code: 'gateway.system.not-started', value: 'moi' }],
  })
  t.same(startedOnes, ['50 1', '50 0', 'moi 0'], 'the one that had started is as before too')
  t.not(atWork.adapters.get(chiangMai), province, 'what was stopped is made anew')
  t.same(
    remade.map(({ office: id }) => id),
    [chiangMai, moi],
  )
  t.equal(atWork.modeOf(moi), 'push', 'and letters go the way they went')
  t.match(log.join(''), /"work":"start system-moi".*work\.failed[\s\S]*profiles\.refused/)
  state.refuse = undefined
  t.match(await reload.run(true), { kind: 'applied' }, 'and may be tried again')
  t.equal(atWork.modeOf(moi), 'poll')
})

t.test('one of them does not start again when all is taken back: the others do', async (t) => {
  const { reload, connected, installed, state, startedOnes } = await scripted(t)
  state.refuse = moi
  state.stays = chiangMai
  state.next = bothChanged({ connected, installed })
  t.match(await reload.run(true), {
    kind: 'refused',
    problems: [{ value: 'moi' }, { code: 'gateway.system.not-started', value: '50' }],
  })
  t.same(startedOnes, ['50 1', 'moi 0'])
})

t.test(
  'the journal cannot be written: no system is stopped for it, and it is done when it can be',
  async (t) => {
    const { clock, reload, connected, installed, state, startedOnes, log, first } = await scripted(t)
    let stopped = 0
    first.get(moi)!.stop = async () => {
      stopped += 1
    }
    state.next = good(installed([chiangMai, moi].map((id) => connected(new ScriptedAdapter(id), '1'))))
    state.away = true
    const insisted = reload.insist()
    await soon(() => log.join('').includes('"work":"reload"'))
    t.same([stopped, startedOnes], [0, []])
    state.away = false
    await soon(async () => {
      await clock.advance(5_000)
      return startedOnes.length === 2
    })
    t.match(await insisted, { kind: 'applied' })
    t.same([stopped, startedOnes], [1, ['50 1', 'moi 1']])
  },
)

t.test('it is away as the systems change: all is as before, and is done when it is back', async (t) => {
  const { clock, reload, connected, installed, state, startedOnes, first, gateway } = await scripted(t)
  const fresh = [chiangMai, moi].map((id) => connected(new ScriptedAdapter(id), '1'))
  const unpaused = new Set<OfficeId>()
  const { dispatch } = gateway
  const resume = dispatch.resume.bind(dispatch)
  dispatch.resume = async (id) => {
    await resume(id)
    unpaused.add(id)
  }
  first.get(moi)!.stop = async () => {
    state.away = true
  }
  state.next = good(installed(fresh))
  let done: unknown
  const insisted = reload.insist().then((answer) => {
    done = answer
  })
  await soon(() => startedOnes.length === 2 && unpaused.size === 2)
  t.same(startedOnes, ['50 0', 'moi 0'], 'the systems are at work as they were')
  t.same(unpaused, new Set([chiangMai, moi]))
  await clock.advance(60_000)
  t.equal(done, undefined, 'nobody was told that it is done')
  t.equal(startedOnes.length, 2, 'and nothing is stopped and started while it is away')
  state.away = false
  await soon(async () => {
    await clock.advance(5_000)
    return done !== undefined
  })
  await insisted
  t.match(done, { kind: 'applied' })
  t.same(startedOnes.slice(-2), ['50 1', 'moi 1'])
})

t.test('what cannot be read as an office goes on holds up no other', async (t) => {
  const { gateway, first } = await scripted(t)
  const { desk, dispatch } = gateway
  const { committed } = desk.database
  await dispatch.start()
  await Promise.all([dispatch.pause(chiangMai, 0), dispatch.pause(moi, 0)])
  const province = first.get(chiangMai)!
  province.items = [letterItem(plainLetter())]
  await take(desk, systemOf(province), source('one'), (each) => province.read(each))
  const { all } = committed
  committed.all = () => Promise.reject(new Error('the connection is gone'))
  await dispatch.resume(chiangMai)
  await dispatch.resume(moi)
  committed.all = all
  t.equal(first.get(moi)!.brought.length, 0)
  await dispatch.sweep()
  await soon(() => first.get(moi)!.brought.length > 0)
  t.equal(first.get(moi)!.brought.length, 1, 'the next sweep finds it')
})

t.test(
  'while another gateway delivers to an office as before, its deliveries stay as they are',
  async (t) => {
    const { first, gateway, reload, connected, installed, state } = await scripted(t)
    const { desk } = gateway
    const province = first.get(chiangMai)!
    province.items = [letterItem(plainLetter())]
    await take(desk, systemOf(province), source('one'), (each) => province.read(each))
    const mode = async () =>
      (await desk.database.committed.one<{ mode: string }>('SELECT mode FROM deliveries'))?.mode
    const polled = (version: string) =>
      good(installed([connected(province), connected(new ScriptedAdapter(moi, { polls: true }), version)]))
    state.others = 'push'
    state.next = polled('1')
    t.match(await reload.run(true), { kind: 'applied' })
    t.equal(await mode(), 'push')
    state.others = 'poll'
    state.next = polled('2')
    t.match(await reload.run(true), { kind: 'applied' })
    t.equal(await mode(), 'poll')
  },
)

t.test(
  'two reloads at once come one after the other; a stop waits, and refuses what comes later',
  async (t) => {
    const { reload, connected, installed, state, atWork } = await scripted(t)
    const versions = ['1', '2'].map((version) => new ScriptedAdapter(moi, { polls: version === '1' }))
    state.next = good(installed([connected(versions[0]!, '1')]))
    const first = reload.run(true)
    const second = reload.run(true)
    t.match(await first, { kind: 'applied', plan: { systems: [{ kind: 'removed' }, { kind: 'changed' }] } })
    t.match(await second, { kind: 'applied', plan: { systems: [{ kind: 'unchanged' }] } })
    state.next = good(installed([connected(versions[1]!, '2')]))
    const third = reload.run(true)
    await rest(1)
    await reload.stop()
    t.match(await third, { kind: 'applied' })
    t.equal(atWork.adapters.get(moi), versions[1])
    state.next = bad(problem('settings.unreadable', 'never read'))
    t.match(await reload.run(true), { kind: 'refused', problems: [{ code: 'gateway.unavailable' }] })
  },
)

t.test('who comes to a door that is being changed waits for it; all others pass', async (t) => {
  const access = { kind: 'api-key' as const, sha256: [] }
  const door = (id: string, path: string, said: string) => ({
    office: id,
    door: { method: 'GET' as const, path, access, enter: async () => ({ status: 200, body: said }) },
  })
  const doors = new Doors([door('50', '/a', 'old'), door('57', '/b', 'other')])
  const end = doors.change(new Set(['50']))
  t.ok(doors.changing('50'))
  t.equal(doors.changing('57'), undefined)
  end([door('50', '/a', 'new'), door('57', '/b', 'other')])
  t.equal(doors.changing('50'), undefined)
  t.match(
    await doors.at('GET', '/a/x?y')?.doors[0]?.door.enter({ headers: {}, rest: '', body: process.stdin }),
    {
      body: 'new',
    },
  )
  t.equal(doors.at('GET', '/ab'), undefined)
  t.equal(doors.at('POST', '/a'), undefined)
})

t.test('a system that hangs, under way and when it is to stop, keeps no reload from its end', async (t) => {
  const { clock, first, gateway, reload, connected, installed, state, atWork } = await scripted(t)
  const { desk, dispatch, present } = gateway
  clock.busy = () => false
  const [province, ministry] = [first.get(chiangMai)!, first.get(moi)!]
  await dispatch.start()
  let wake: () => void = () => undefined
  ministry.answer = () =>
    new Promise((resolve) => {
      wake = () => resolve({ kind: 'taken' })
    })
  ministry.stop = () => new Promise(() => undefined)
  province.items = [letterItem(plainLetter())]
  await take(desk, systemOf(province), source('one'), (each) => province.read(each))
  await until(() => ministry.brought.length === 1, 'an attempt')
  const fresh = new ScriptedAdapter(moi)
  state.next = good(installed([connected(province), connected(fresh, '1')]))
  let kind = ''
  const running = reload.run(true).then((result) => {
    kind = result.kind
  })
  // Half a minute for what is under way, for its end, and for the stop.
  await clock.advance(91_000)
  await rest()
  t.equal(kind, 'applied')
  if (kind === '') return
  await running
  t.equal(atWork.adapters.get(moi), fresh)
  const hanging = () => present.troubles().map(({ subject, what }) => `${subject} ${what}`)
  t.same(hanging(), ['system-moi attempt hangs'], 'which the reload has not ended')
  wake()
  await until(() => hanging().length === 0, 'it has returned')
  t.match(await desk.database.committed.all("SELECT state FROM deliveries WHERE office = 'moi'"), [
    { state: 'taken' },
  ])
  t.same(fresh.brought, [])
})
