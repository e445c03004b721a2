// A reload through the API of one of several gateways is one of all of them.
import t from 'tap'
import { readApiSection } from '../../src/gateway/settings/api.ts'
import { good, type Problem } from '../../src/problem/problem.ts'
import { asking } from './api-stage.ts'
import { chiangMai, moi } from './harness.ts'
import { inboxProfile, jsonProfile, sha256 } from './installation.ts'
import { unlike } from './unlike-stage.ts'

t.setTimeout(600_000)

const grantsOf = (...names: readonly string[]) => {
  const problems: Problem[] = []
  const grants = names.map((name) => ({
    ...{ name, role: 'operator', offices: 'all' },
    sha256: [sha256(`api-key-of-${name}`)],
  }))
  const api = readApiSection({ grants }, '.', problems, () => {
    throw new Error('no file is named')
  })
  if (api === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  return api
}

t.test('a grant that is taken away is gone at all of them; who is silent is told', async (t) => {
  const stage = await unlike(t, [chiangMai, moi], {
    '50.yaml': jsonProfile('50'),
    'moi.yaml': inboxProfile(),
  })
  if (stage === undefined) return
  let grants = grantsOf('operator', 'operator-50')
  const start = (name: string) => {
    const beside = stage.add(name)
    return beside.start({ settings: { ...beside.settings, api: grants }, grants: () => good(grants.grants) })
  }
  const [first, second] = [await start('one'), await start('two')]
  const asked = [first, second].map(({ http = '' }) => asking(http))
  const statuses = async () =>
    Promise.all(asked.map(async ({ get }) => (await get('operator-50', '/v1/offices')).status))
  t.same(await statuses(), [200, 200])

  grants = grantsOf('operator')
  for (const [index, { act }] of asked.entries()) {
    const applied = await act('operator', '/v1/reload', { why: 'he has left', apply: true })
    const answer = { kind: 'applied' }
    t.match(applied, {
      status: 200,
      body: {
        gateways: [
          { gateway: 'one', answer },
          { gateway: 'two', answer },
        ],
      },
    })
    t.same(await statuses(), [401, 401], `asked of ${index === 0 ? 'one' : 'the other'}`)
    grants = grantsOf('operator', 'operator-50')
    await act('operator', '/v1/reload', { why: 'he is back', apply: true })
    t.same(await statuses(), [200, 200])
    grants = grantsOf('operator')
  }

  // A member that was killed and is not found dead yet.
  await stage.journal.write(async (transaction) => {
    await transaction.run(
      "INSERT INTO members (id, place, name, role, joined_at) VALUES ('dead', 'dead', 'dead', 'all', ?)",
      Date.now(),
    )
    await transaction.run("INSERT INTO beats (member, beat, seen_at) VALUES ('dead', 0, ?)", Date.now())
  })
  const silent = await asked[0]?.act('operator', '/v1/reload', { why: 'one is dead', apply: true })
  t.match(silent, { status: 202 })
  const told = silent?.body['gateways'] as readonly { readonly gateway: string; readonly answer?: object }[]
  t.same(told.map(({ gateway, answer }) => [gateway, answer !== undefined]).sort(), [
    ['dead', false],
    ['one', true],
    ['two', true],
  ])
})
