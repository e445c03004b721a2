import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  changing,
  csv,
  impatient,
  keptOf,
  letterParcel,
  numbers,
  row,
  type Served,
  scan,
  suiteOf,
} from './remote-stage.ts'

export function remoteBadDays(served: Served): void {
  const { test, stage } = suiteOf(served)
  const { make, step = 1 } = served

  test('a file that is still being written is not taken', async (t) => {
    const { gateway, drop, pass, start, on } = await stage(t)
    await start()
    drop('slow.csv', csv(row('ชม 1/2')).slice(0, 40))
    for (let count = 0; count < 5; count += 1) {
      await pass(4000)
      appendFileSync(on('out', 'slow.csv'), ' ')
    }
    t.same(gateway.offered, [])
    drop('slow.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
  })

  test('a server whose clock is ten years ahead or behind: what settles is taken, what changes is not', async (t) => {
    const { gateway, drop, pass, start, on } = await stage(t)
    await start()
    for (const [name, year] of [
      ['ahead', 2036],
      ['behind', 2016],
    ] as const) {
      drop(`${name}.csv`, csv(row(`ชม 1/${year}`)))
      utimesSync(on('out', `${name}.csv`), new Date(year, 1, 1), new Date(year, 1, 1))
    }
    await pass(10_000)
    t.same(numbers(gateway.items).sort(), ['ชม 1/2016', 'ชม 1/2036'])
    drop('moving.csv', csv(row('ชม 1/9')))
    for (let minute = 0; minute < 5; minute += 1) {
      utimesSync(on('out', 'moving.csv'), new Date(2036, 1, 1, 0, minute), new Date(2036, 1, 1, 0, minute))
      await pass(4000)
    }
    t.equal(gateway.offered.length, 2, 'the time that the server says still changes')
  })

  test('the server’s list is out of order: documents are claimed in the order of their names', async (t) => {
    const { gateway, drop, pass, start, day } = await stage(t)
    day.listing = (rows) => [...rows].sort((a, b) => (a.name < b.name ? 1 : -1))
    await start()
    for (const name of ['b', 'a', 'c']) drop(`${name}.csv`, csv(row('ชม 1/2')))
    await pass(10_000)
    t.same(
      day.said.filter((said) => said.startsWith('rename /out/') && said.endsWith('.csv')),
      ['rename /out/a.csv', 'rename /out/b.csv', 'rename /out/c.csv'],
    )
    // They are read and offered side by side.
    t.same(gateway.offered.map(({ name }) => name).sort(), ['a.csv', 'b.csv', 'c.csv'])
  })

  test('a server that says no to a rename that it did: the document is claimed, with its scan, and offered once', async (t) => {
    const { gateway, drop, pass, start, day, claims, done } = await stage(t)
    await start()
    day.fault = (verb, path) => (verb === 'rename' && path.startsWith('/out/a.') ? 'refuse-after' : undefined)
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(20_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.equal(keptOf(gateway, gateway.items[0])?.toString(), 'abc')
    t.same([claims().length, done().length], [0, 1])
  })

  test('a rename that lands while its claim is thought empty: the claim stays, and is offered', async (t) => {
    for (const late of ['rmdir', 'list'] as const) {
      const { gateway, start, pass, on, day, done } = await stage(t)
      const claim = on('out', '.saraban', 'claimed', '2026-11-23-000000-abcdef')
      for (const part of ['document', 'beside']) mkdirSync(join(claim, part), { recursive: true })
      let listed = 0
      day.meanwhile = (verb, path) => {
        if (!path.startsWith('/out/.saraban/claimed/2026-11-23-000000-abcdef')) return
        if (verb === 'list') listed += 1
        // An FTP server of ours removes a folder as it removes a file.
        const removes = verb === 'rmdir' || verb === 'remove'
        if (late === 'rmdir' ? !removes : listed < 3) return
        writeFileSync(join(claim, 'document', 'late.csv'), csv(row('ชม 1/2')))
        day.meanwhile = undefined
      }
      await start()
      await pass(20_000)
      t.equal(day.meanwhile, undefined, `${late}: it came`)
      t.same(numbers(gateway.items), ['ชม 1/2'], late)
      t.equal(done().length, 1, late)
    }
  })

  test('a claim whose name fits the pattern no more is offered all the same; one of another profile is told once', async (t) => {
    const { gateway, drop, pass, start, restart, on, claims, reported } = await stage(t)
    await start()
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('b.csv', csv(row('ชม 1/3', 'b.pdf')))
    drop('c.csv', csv(row('ชม 1/4', 'c.pdf')))
    await pass(10_000)
    const claimed = (...parts: string[]) => on('out', '.saraban', 'claimed', ...parts)
    const found = claims().map((id) => [id, readdirSync(claimed(id, 'document'))[0] ?? ''] as const)
    for (const [id, name] of found) {
      t.match(id, /\.[0-9a-f]{8}$/)
      renameSync(claimed(id, 'document', name), claimed(id, 'document', name.replace('csv', 'txt')))
      // Of an earlier version, and of another profile.
      if (name === 'b.csv') renameSync(claimed(id), claimed(id.replace(/\..*/, '')))
      if (name === 'c.csv') renameSync(claimed(id), claimed(id.replace(/\..*/, '.00000000')))
    }
    gateway.items.length = 0
    await restart()
    for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) drop(name, 'abc')
    await pass(20_000)
    t.same(numbers(gateway.items.filter(({ kind }) => kind === 'letter')).sort(), ['ชม 1/2'])
    t.equal(claims().length, 2, 'one of another profile, perhaps, and one of an earlier version')
    t.equal(reported('folder.refused').length, 2)
    t.equal(reported('folder.refused').filter(({ claim }) => String(claim).endsWith('.00000000')).length, 1)
  })

  test('a file that is gone between the list and the claim is nobody’s trouble', async (t) => {
    const { gateway, drop, pass, start, day, on, claims } = await stage(t)
    await start()
    drop('gone.csv', csv(row('ชม 1/2')))
    drop('here.csv', csv(row('ชม 1/3')))
    day.meanwhile = (verb, path) => {
      if (verb === 'rename' && path === '/out/gone.csv') rmSync(on('out', 'gone.csv'), { force: true })
    }
    await pass(20_000)
    t.same(numbers(gateway.items), ['ชม 1/3'])
    t.same([gateway.reports, claims()], [[], []])
  })

  test('a document that somebody deletes between the claim and the reading is told once, and holds up no other', async (t) => {
    const { gateway, drop, pass, start, day, on, claims } = await stage(t)
    await start()
    drop('gone.csv', csv(row('ชม 1/2')))
    drop('here.csv', csv(row('ชม 1/3')))
    day.meanwhile = (verb, path) => {
      if (verb === 'read' && path.endsWith('/document/gone.csv')) rmSync(on(path), { force: true })
    }
    await pass(20_000)
    t.same(numbers(gateway.items), ['ชม 1/3'])
    await pass(60_000)
    t.same([numbers(gateway.items), claims()], [['ชม 1/3'], []])
    t.match(gateway.reports, [{ event: 'folder.not-taken' }, { event: 'folder.refused' }])
    t.equal(gateway.reports.length, 2, 'and then no more of it')
  })

  test('a document that may not be read holds up no other, and is told with what to do until it may', async (t) => {
    const { gateway, drop, pass, start, day, claims, reported } = await stage(t)
    await start()
    drop('closed.csv', csv(row('ชม 1/2')))
    drop('here.csv', csv(row('ชม 1/3')))
    day.fault = (verb, path) =>
      verb === 'read' && path.endsWith('/document/closed.csv') ? 'refuse' : undefined
    await pass(60_000)
    t.same(numbers(gateway.items), ['ชม 1/3'])
    const [claim = ''] = claims()
    t.match(
      gateway.reports,
      [
        { event: 'folder.not-taken', facts: { claim } },
        { event: 'folder.unavailable', facts: { channel: 'send', path: 'out' } },
      ],
      'each once, however often it is looked at',
    )
    t.equal(gateway.reports.length, 2)
    const said = String(reported('folder.unavailable')[0]?.['said'])
    t.match(said, `out/.saraban/claimed/${claim}`)
    t.match(said, /may not be read.*right to read/)
    t.notMatch(said, 'closed.csv', 'T11: its name may say what a secret letter is about')
    day.fault = undefined
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/3', 'ชม 1/2'])
    t.same(claims(), [])
    t.equal(gateway.reports.at(-1)?.event, 'folder.available')
  })

  test('a scan that is gone between the list and the claim is waited for', async (t) => {
    const { gateway, drop, pass, start, day, on } = await stage(t)
    await start()
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'first')
    day.meanwhile = (verb, path) => {
      if (verb !== 'rename' || path !== '/out/a.pdf') return
      rmSync(on('out', 'a.pdf'), { force: true })
      day.meanwhile = undefined
    }
    await pass(10_000)
    t.same(numbers(gateway.items), ['waiting'])
    drop('a.pdf', 'second')
    await pass(10_000)
    t.equal(keptOf(gateway, gateway.items.at(-1))?.toString(), 'second')
  })

  test('a document that grows while it is fetched is fetched again when it has settled, whole', async (t) => {
    const { gateway, drop, pass, start, day, on, claims, done } = await stage(t)
    await start()
    drop('long.csv', csv(row('ชม 1/2')))
    day.meanwhile = (verb, path) => {
      if (verb !== 'read' || !path.endsWith('/document/long.csv')) return
      appendFileSync(on(path), `${row('ชม 1/3')}\r\n`)
      day.meanwhile = undefined
    }
    await pass(8000)
    t.same([gateway.offered, claims().length], [[], 1])
    await pass(10_000)
    t.same(numbers(gateway.items), ['ชม 1/2', 'ชม 1/3'])
    t.same([claims().length, done().length], [0, 1])
  })

  test('a document that shrinks while it is fetched counts as changing, never as a whole one', async (t) => {
    const { gateway, drop, pass, start, day, on } = await stage(t)
    await start()
    drop('cut.csv', csv(row('ชม 1/2'), row('ชม 1/3')))
    day.meanwhile = (verb, path) => {
      if (verb !== 'read' || !path.endsWith('/document/cut.csv')) return
      writeFileSync(on(path), csv(row('ชม 1/2')))
      day.meanwhile = undefined
    }
    await pass(8000)
    t.same(gateway.offered, [])
  })

  test('a scan that is written over while it is fetched, as long as it was, is kept when it has settled', async (t) => {
    const { gateway, drop, pass, start, day, on, claims, done } = await stage(t)
    await start()
    let written = Date.UTC(2026, 10, 23)
    const write = (place: string, text: string) => {
      writeFileSync(place, text)
      // An old list tells minutes only.
      written += 600_000
      utimesSync(place, new Date(written), new Date(written))
    }
    drop('a.csv', csv(row('ชม 1/2', 'a.pdf')))
    write(on('out', 'a.pdf'), 'before')
    let place = ''
    day.meanwhile = (verb, path) => {
      if (verb !== 'read' || !path.endsWith('/beside/a.pdf')) return
      place = on(path)
      write(place, 'half..')
      day.meanwhile = undefined
    }
    await pass(8000)
    t.match(place, /a\.pdf$/, 'it was being fetched')
    t.same([gateway.offered, gateway.kept.size, claims().length], [[], 0, 1])
    write(place, 'whole!')
    await pass(14_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.equal(keptOf(gateway, gateway.items[0])?.toString(), 'whole!')
    t.same([gateway.kept.size, claims().length, done().length], [1, 0, 1])
  })

  test('a name that is used again is another letter, with its own scan of the same name', async (t) => {
    const { gateway, drop, pass, start, done } = await stage(t)
    await start()
    for (const [number, text] of [
      ['ชม 1/2', 'first'],
      ['ชม 1/3', 'second'],
    ] as const) {
      drop('letter.csv', csv(row(number, 'scan.pdf')))
      drop('scan.pdf', text)
      await pass(10_000)
    }
    t.same(numbers(gateway.items), ['ชม 1/2', 'ชม 1/3'])
    t.same(
      gateway.items.map((item) => keptOf(gateway, item)?.toString()),
      ['first', 'second'],
    )
    t.equal(new Set(gateway.offered.map(({ handover }) => handover)).size, 2)
    t.equal(done().length, 2)
  })

  test('a commit that fails leaves the claim on the server; it is offered again, also after a restart', async (t) => {
    const { gateway, drop, pass, start, restart, done, claims, reported } = await stage(t)
    await start()
    gateway.broken = () => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    }
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(14_000)
    t.same([gateway.offered, claims().length], [[], 1])
    t.match(reported('folder.not-taken')[0], { reason: 'ENOSPC' })
    const [id] = claims()
    await restart()
    gateway.broken = undefined
    await pass(4000)
    t.match(gateway.items, [{ kind: 'letter', attachments: [{ name: 'a.pdf' }] }])
    t.same([gateway.offered[0]?.handover, done()], [id, [id]])
  })

  test('a crash after the commit and before done: the claim is offered again as the same handing-over', async (t) => {
    const { gateway, drop, pass, start, restart, on, done } = await stage(t)
    await start()
    drop('letters.csv', csv(row('ชม 1/2', 'a.pdf')))
    drop('a.pdf', 'abc')
    await pass(10_000)
    const [id = ''] = done()
    renameSync(on('out', 'done', id), on('out', '.saraban', 'claimed', id))
    mkdirSync(on('out', '.saraban', 'claimed', '2026-11-23-000000-abcdef'))
    await restart()
    await pass(4000)
    t.same(
      gateway.offered.map(({ handover }) => handover),
      [id, id],
    )
    t.same(gateway.items[0], gateway.items[1])
    t.same(done(), [id])
  })

  test('the connection breaks in the middle of a fetch: nothing half is offered, and then the whole', async (t) => {
    for (const part of ['document', 'beside'] as const) {
      const { gateway, drop, pass, start, day, claims, done, reported } = await stage(t)
      await start()
      drop('a.csv', csv(...Array.from({ length: 2000 }, (_, index) => row(`ชม 1/${index + 2}`, 'a.pdf'))))
      drop('a.pdf', scan)
      day.meanwhile = (verb, path) => {
        if (verb !== 'read' || !path.includes(`/${part}/`)) return
        day.dropAfterBytes = 50_000
        day.meanwhile = undefined
      }
      await pass(8000)
      t.same([gateway.offered, gateway.kept.size, claims().length], [[], 0, 1], part)
      t.match(reported('folder.unavailable'), [{ channel: 'send', reason: 'ECONNRESET' }], part)
      await pass(10_000)
      t.equal(gateway.offered.length, 1, part)
      t.equal(gateway.items.length, 2000, part)
      t.ok(keptOf(gateway, gateway.items[0])?.equals(scan), part)
      t.equal(done().length, 1, part)
    }
  })

  test('fetching: whichever verb the connection breaks at, before it is done or after: nothing lost, nothing doubled', async (t) => {
    const server = await make()
    const { gateway, drop, pass, start, done, claims, open, day, on } = await stage(
      t,
      { more: ', done: rename' },
      server,
    )
    await start()
    let tried = 0
    /** One document with a scan and one without, while the connection breaks once: true while there are verbs left. */
    const round = async (breaking: number, fault: 'drop-before' | 'drop-after'): Promise<boolean> => {
      rmSync(on('out', 'done'), { recursive: true, force: true })
      const before = gateway.items.length
      let count = 0
      drop('one.csv', csv(row('ชม 1/2', 'a.pdf')))
      drop('two.csv', csv(row('ชม 1/4')))
      drop('a.pdf', 'abc')
      await pass(6000)
      // From here on they are claimed, fetched, offered and done.
      day.fault = (verb, path) => {
        // A verb that changes nothing breaks in one way only.
        if (!path.startsWith('/out') || (fault === 'drop-after' && !changing.includes(verb))) return undefined
        count += 1
        return count === breaking ? fault : undefined
      }
      await pass(12_000)
      day.fault = undefined
      const what = `${fault} at verb ${breaking}`
      t.same([...new Set(numbers(gateway.items.slice(before)))].sort(), ['ชม 1/2', 'ชม 1/4'], what)
      t.same([done().length, claims().length, open().length], [2, 0, 0], what)
      tried += 1
      return breaking < (fault === 'drop-before' ? 44 : 12)
    }
    for (const fault of ['drop-before', 'drop-after'] as const)
      for (let breaking = 1; await round(breaking, fault); ) breaking += step
    t.ok(tried * step >= 50)
    const handovers = new Set(gateway.offered.map(({ handover }) => handover))
    t.equal(handovers.size, 2 * tried, 'each document is one handing-over, however often it was offered')
    t.notOk(gateway.items.some(({ kind }) => kind === 'fault'))
  })

  test('a writer who goes on after his document was done loses no row', async (t) => {
    const { gateway, drop, pass, start, on, done, claims } = await stage(t)
    await start()
    drop('slow.csv', csv(row('ชม 1/2')))
    await pass(10_000)
    const [id = ''] = done()
    appendFileSync(on('out', 'done', id, 'document', 'slow.csv'), `${row('ชม 1/3')}\r\n`)
    await pass(6000)
    t.same([done(), claims()], [[], [id]])
    await pass(10_000)
    t.same(numbers(gateway.items.slice(-2)), ['ชม 1/2', 'ชม 1/3'])
    t.same([done(), claims()], [[id], []])
  })

  test('a wrong password: told once, in words, and tried at growing intervals; then it is mended', async (t) => {
    const { gateway, drop, pass, start, deliver, day, reported } = await stage(t)
    day.password = 'changed'
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(50_000)
    t.equal(day.signIns, 1, 'not again within the minute, however many folders and parcels want it')
    t.match(await deliver(letterParcel()), {
      kind: 'unavailable',
      said: /adapter\.remote\.sign-in/,
      retryAfter: Number,
    })
    t.equal(day.signIns, 1)
    await pass(600_000)
    t.ok(day.signIns >= 3 && day.signIns <= 6, `${day.signIns} in eleven minutes`)
    const told = reported('folder.unavailable').filter(({ channel }) => channel === 'send')
    t.match(told, [{ reason: 'EAUTH', said: /refuses the user with this password or key/ }])
    t.equal(told.length, 1)
    t.notMatch(JSON.stringify(gateway.reports), /correct|changed/, 'T11')
    day.password = 'correct'
    await pass(320_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
  })

  test('a server that is not there, and comes back', async (t) => {
    const { gateway, drop, pass, start, deliver, server, reported } = await stage(t)
    await server.goAway()
    await start()
    await pass(6000)
    t.match(await deliver(letterParcel()), {
      kind: 'unavailable',
      said: /ECONNREFUSED \[adapter\.remote\.unreachable/,
    })
    t.equal(reported('folder.unavailable').filter(({ channel }) => channel === 'send').length, 1)
    await server.comeBack()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(60_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('a server that falls silent: each verb has a bound, and the connection is made anew', async (t) => {
    const { gateway, drop, pass, start, deliver, day, reported, visible } = await stage(t, {
      options: impatient,
    })
    await start()
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(4000)
    day.fault = (verb) => (verb === 'rename' || verb === 'write' ? 'silent' : undefined)
    await pass(4000)
    t.match(reported('folder.unavailable'), [{ reason: 'ETIMEDOUT' }])
    await pass(6000)
    t.match(await deliver(letterParcel()), { kind: 'unavailable' })
    t.same(visible('in'), [])
    day.fault = undefined
    await pass(60_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.match(await deliver(letterParcel()), { kind: 'taken' })
  })

  test('an idle connection that the server ended is opened again without a word', async (t) => {
    const { gateway, drop, pass, start, server, day, reported } = await stage(t)
    await start()
    await server.goAway()
    await server.comeBack()
    await new Promise((resolve) => setTimeout(resolve, 50))
    drop('a.csv', csv(row('ชม 1/2')))
    await pass(12_000)
    t.same(numbers(gateway.items), ['ชม 1/2'])
    t.same([reported('folder.unavailable'), day.connections], [[], 2])
  })
}
