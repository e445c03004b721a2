// Gateways on one journal that do not have the same: what each of them does then, and who is told.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chiangMai, chiangRai, moi } from './harness.ts'
import { ask, bearer, inboxProfile, jsonLetter, jsonProfile, keyOf, post } from './installation.ts'
import { comes, unlike } from './unlike-stage.ts'

t.setTimeout(600_000)

const waiting = (http: string | undefined, office: string) =>
  ask(`${http}/v1/systems/${office}/waiting`, { headers: bearer(keyOf(office)) })

/** The same system, to which letters are brought. */
const pushed = (office: string): object => {
  const channel = { transport: { kind: 'http-out', url: 'http://127.0.0.1:9/' }, document: 'letter' }
  return { ...jsonProfile(office), receive: channel, notices: { ...channel, document: 'notice' } }
}

t.test(
  'a profile that brings comes to one gateway before the other: letters wait as they did until both have it',
  async (t) => {
    const stage = await unlike(t, [chiangMai, chiangRai, moi], {
      '50.yaml': jsonProfile('50'),
      '57.yaml': jsonProfile('57'),
      'moi.yaml': inboxProfile(),
    })
    if (stage === undefined) return
    const { journal } = stage
    const [one, two] = [stage.add('one'), stage.add('two')]
    const [first, second] = [await one.start(), await two.start()]
    const sent = await post(
      `${first.http}/v1/systems/50/letters`,
      jsonLetter('50', 1, { to: '57' }),
      bearer(keyOf('50')),
    )
    t.equal(sent.status, 201, sent.text)
    const modes = async () =>
      (
        await journal.committed.all<{ mode: string }>(
          "SELECT DISTINCT mode FROM deliveries WHERE office = '57'",
        )
      ).map(({ mode }) => mode)
    t.same(await modes(), ['poll'])
    const change = (of: typeof one) =>
      writeFileSync(join(of.settings.profiles, '57.yaml'), JSON.stringify(pushed('57')))

    change(one)
    t.match(await first.reload(), { kind: 'applied' })
    t.same(await modes(), ['poll'], 'the other is still polled for it')
    t.equal((await waiting(second.http, '57')).status, 200, 'and shows it')

    // Its own says are read by the other before that one reloads; whichever is last, what both have is so.
    change(two)
    t.match(await second.reload(), { kind: 'applied' })
    await comes(async () => (await modes()).join() === 'push', 'both have it: it is brought')
  },
)
