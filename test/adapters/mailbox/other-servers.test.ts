// What the transport `mailbox` meets on servers that are not like Dovecot.
import t, { type Test } from 'tap'
import type { Adapter } from '../../../src/adapters/contract.ts'
import { TestGateway } from '../stage.ts'
import { type ImapServer, type ImapServerOptions, startImap } from './imap-server.ts'
import { adapterWith, mailOf } from './stage.ts'

interface Stage {
  readonly gateway: TestGateway
  readonly server: ImapServer
  /** The next look, to its end. */
  look(): Promise<void>
  /** The UIDs that were offered since the last question. */
  offered(): readonly number[]
}

async function stageOf(t: Test, options: ImapServerOptions, profile: object = {}): Promise<Stage> {
  const server = await startImap(options)
  const gateway = new TestGateway()
  const { port } = server
  const imap = { host: '127.0.0.1', port, user: 'gateway', password: { env: 'PASSWORD' }, plain: true }
  const adapter: Adapter = adapterWith(gateway, { imap, every: '1m', ...profile })
  let started = false
  t.teardown(async () => {
    await adapter.stop()
    server.stop()
  })
  return {
    gateway,
    server,
    async look() {
      if (!started) {
        started = true
        return adapter.start(gateway.verbs(adapter))
      }
      gateway.clock.pass(60_000)
      // While a look lasts, only its own bound of 15 minutes is set.
      while (gateway.clock.next > 60_000) await new Promise((resolve) => setTimeout(resolve, 1))
    },
    offered: () => gateway.offered.splice(0).map(({ name }) => Number(name.split(' ')[1])),
  }
}

const mails = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => mailOf(String(index + 1)))

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

t.test('a server that says no more than NO to a mailbox that is there: all mails are taken', async (t) => {
  const { gateway, server, look, offered } = await stageOf(t, {
    mails: mails(1),
    mailboxes: ['saraban-failed'],
  })
  await look()
  server.add(mailOf('2'))
  await look()
  t.same(offered(), [1, 2])
  t.equal(server.moved.get('saraban-done')?.length, 2, 'the one that was missing was made')
  t.same(gateway.reports, [])
})

t.test('a mailbox that the server will not make is named', async (t) => {
  const { gateway, look, offered } = await stageOf(t, {
    mails: mails(1),
    makes: false,
    exists: 'NO quota of secret',
  })
  await look()
  t.same(offered(), [])
  t.match(gateway.reports, [
    { event: 'mailbox.unavailable', facts: { mailbox: 'INBOX', reason: 'CREATE refused: saraban-failed' } },
  ])
})

t.test('a connection that breaks once changes no order', async (t) => {
  const cutsAt = [2]
  const { gateway, server, look, offered } = await stageOf(t, { mails: mails(3), cutsAt })
  await look()
  t.same(offered(), [1])
  cutsAt.length = 0
  server.add(mailOf('4'))
  await look()
  t.same(offered(), [2, 3, 4])
  t.match(gateway.reports, [{ event: 'mailbox.unavailable' }, { event: 'mailbox.available' }])
})

t.test('a mail that could not be taken for a moment comes before what is newer', async (t) => {
  const { gateway, server, look, offered } = await stageOf(t, { mails: mails(2) })
  gateway.failing = 1
  await look()
  t.same(offered(), [2])
  server.add(mailOf('3'))
  await look()
  t.same(offered(), [1, 3])
})

t.test('a mail at which the server hangs up twice in a row holds up no other, and is named', async (t) => {
  const { gateway, server, look, offered } = await stageOf(t, { mails: mails(3), cutsAt: [2] })
  await look()
  t.same(offered(), [1])
  t.match(gateway.reports, [{ event: 'mailbox.unavailable' }], 'it may have been the network')
  server.add(mailOf('4'))
  await look()
  t.same(offered(), [])
  t.match(gateway.reports.slice(1), [
    { event: 'mailbox.not-taken', facts: { uid: 2 } },
    { event: 'mailbox.available' },
  ])
  await look()
  t.same(offered(), [3, 4])
  server.add(mailOf('5'))
  await look()
  t.same(offered(), [5])
  t.match(gateway.reports.slice(3), [
    { event: 'mailbox.not-taken', facts: { uid: 2 } },
    { event: 'mailbox.not-taken', facts: { uid: 2 } },
  ])
})

t.test('several mails at which the server hangs up: each has its turn', async (t) => {
  const { gateway, look, offered } = await stageOf(t, { mails: mails(4), cutsAt: [1, 3] })
  for (let looks = 0; looks < 5; looks += 1) await look()
  t.same(offered(), [2, 4])
  const named = gateway.reports.filter(({ event }) => event === 'mailbox.not-taken')
  t.same([...new Set(named.map(({ facts }) => facts['uid']))].sort(), [1, 3])
})

t.test('a server that keeps no flag that is asked of it is left before anything is taken', async (t) => {
  const reasonOf = async (options: object, profile: object) => {
    const { gateway, look, offered } = await stageOf(t, { mails: mails(1), ...options }, profile)
    await look()
    t.same(offered(), [])
    return gateway.reports.map(({ facts }) => facts['reason'])
  }
  const system = '\\Seen \\Answered \\Deleted'
  const keyword = { done: { keyword: 'SarabanDone' } }
  t.same(await reasonOf({ permanent: system }, keyword), ['keywords not kept: SarabanDone'])
  t.same(await reasonOf({ permanent: system }, { done: 'seen' }), ['keywords not kept: SarabanTaken'])
  t.same(await reasonOf({ permanent: '\\*', readOnly: true }, keyword), ['mailbox is read-only'])
  t.same(await reasonOf({ readOnly: true }, {}), ['mailbox is read-only'])
  for (const permanent of [`${system} SarabanDone`, `${system} \\*`, undefined]) {
    const options = { mails: mails(1), ...(permanent !== undefined && { permanent }) }
    const { gateway, look, offered } = await stageOf(t, options, keyword)
    await look()
    await look()
    t.same([offered(), gateway.reports], [[1], []], permanent ?? 'it does not say')
  }
})

t.test('a server that forgets its flags: what was taken before comes behind what is new', async (t) => {
  const options = { mails: mails(205), keeps: false }
  const { look, offered } = await stageOf(t, options, { done: { keyword: 'SarabanDone' } })
  await look()
  t.same(offered(), upTo(200))
  await look()
  t.same(offered(), [201, 202, 203, 204, 205, ...upTo(195)])
  await look()
  t.same(offered(), [196, 197, 198, 199, 200, 201, 202, 203, 204, 205, ...upTo(190)], 'the longest ago first')
})

t.test('a server that knows no pieces: the mail is taken as it is, once', async (t) => {
  const long = `${mailOf('1')}${`${'x'.repeat(76)}\r\n`.repeat(20_000)}`
  const { gateway, look } = await stageOf(t, { mails: [long, mailOf('2')], whole: true })
  await look()
  t.same(
    gateway.offered.map(({ bytes }) => bytes.toString()),
    [long, mailOf('2')],
  )
})
