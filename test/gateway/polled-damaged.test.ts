// A scan that is damaged on our own disk reaches nobody as a whole, also where a system fetches it by itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chiangMai, chiangRai, moi, scratch } from './harness.ts'
import {
  ask,
  bearer,
  jsonLetter,
  jsonProfile,
  keyOf,
  makeInstallation,
  post,
  sha256,
} from './installation.ts'

t.setTimeout(120_000)

t.test('a polling system that fetches what is damaged is cut off before its end', async (t) => {
  const installation = await makeInstallation(scratch(t), [chiangMai, chiangRai, moi], {
    '50.yaml': jsonProfile('50'),
    '57.yaml': jsonProfile('57'),
  })
  const gateway = await installation.start()
  t.teardown(() => gateway.stop())
  const { http = '' } = gateway
  const scan = Buffer.alloc(300_000, 'scan')
  const attachments = [{ name: 'scan.pdf', role: 'main', content: scan.toString('base64') }]
  const taken = await post(
    `${http}/v1/systems/50/letters`,
    jsonLetter('50', 1, { to: '57', attachments }),
    bearer(keyOf('50')),
  )
  t.equal(taken.status, 201, taken.text)
  const headers = bearer(keyOf('57'))
  const parcel = (await ask(`${http}/v1/systems/57/waiting`, { headers })).headers['saraban-parcel']
  const fetched = () =>
    ask(`${http}/v1/systems/57/waiting/${String(parcel)}/attachments/${sha256(scan)}`, { headers })
  t.equal((await fetched()).text.length, scan.length)
  const name = readdirSync(installation.folder, { recursive: true, encoding: 'utf8' }).find((each) =>
    each.endsWith(sha256(scan)),
  )
  if (name === undefined) throw new Error('the scan stands in no file of the installation')
  const place = join(installation.folder, name)
  const damaged = readFileSync(place)
  damaged[0]! ^= 1
  writeFileSync(place, damaged)
  await t.rejects(fetched())
  t.equal((await ask(`${http}/v1/systems/57/waiting`, { headers })).headers['saraban-parcel'], parcel)
})
