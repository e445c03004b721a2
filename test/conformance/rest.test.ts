// The counterpart of `rest` keeps for each document the files that went ahead of it, whatever else comes in between.
import t from 'tap'
import { request } from 'undici'
import type { Counterpart, CounterpartSettings } from '../../src/conformance/counterpart/counterpart.ts'
import { rest } from '../../src/conformance/counterpart/rest.ts'

const options = {
  kind: 'rest',
  url: 'https://saraban.example.go.th',
  receive: { path: '/inbox', upload: { path: '/files/{file}' } },
  notices: { path: '/status' },
}

t.test('files that went ahead of their letter stay when a notice comes before it', async (t) => {
  const settings: Partial<CounterpartSettings> = { options, variable: (name) => name }
  const made = (await rest(settings as CounterpartSettings)) as Counterpart
  t.teardown(() => made.close())
  const send = async (
    method: 'PUT' | 'POST',
    path: string,
    parcel: string,
    body: string,
  ): Promise<number> => {
    const answer = await request(`${String(made.options['url'])}${path}`, {
      method,
      headers: { 'saraban-parcel': parcel },
      body,
    })
    await answer.body.dump()
    return answer.statusCode
  }
  t.equal(await send('PUT', '/files/scan.pdf', 'p-1', '%PDF'), 201)
  t.equal(await send('POST', '/status', 'p-2', '{"notice":1}'), 200)
  t.equal(await send('POST', '/inbox', 'p-1', '{"letter":1}'), 200)
  const [notice, letter] = await made.collect()
  t.equal(notice?.bytes.toString(), '{"notice":1}')
  t.equal(letter?.bytes.toString(), '{"letter":1}')
  t.same(letter?.beside.get('scan.pdf'), { kind: 'bytes', bytes: Buffer.from('%PDF') })
})
