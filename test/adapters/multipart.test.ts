// Documents with their files in one body: kept as they come, by name; what is broken or does not fit is said.

import { randomBytes } from 'node:crypto'
import t from 'tap'
import { MultipartError, multipartParts, parameterOf } from '../../src/adapters/transports/http/multipart.ts'
import { digest, environment, mount, short } from './http-stage.ts'
import { adapterOf, shipped, TestGateway } from './stage.ts'

t.test('multipart/form-data: files are kept as they come, by name; what does not fit is said', async (t) => {
  const gateway = new TestGateway()
  const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
  const scan = randomBytes(3_000_000)
  const post = async (attachments: object[], files: [string, Buffer][]) => {
    const form = new FormData()
    form.append(
      'document',
      new Blob([JSON.stringify({ ...short, attachments })], { type: 'application/json' }),
    )
    for (const [name, bytes] of files) form.append('attachment', new Blob([bytes]), name)
    const answer = await fetch(`${base}/v1/systems/57/letters`, { method: 'POST', body: form })
    return [
      answer.status,
      ((await answer.json()) as { problems?: { code: string }[] }).problems?.map(({ code }) => code),
    ]
  }
  t.same(
    await post(
      [{ name: 'หนังสือ "1".pdf', sha256: digest(scan), size: scan.length }],
      [['หนังสือ "1".pdf', scan]],
    ),
    [201, undefined],
  )
  t.match(gateway.items, [
    {
      attachments: [
        {
          name: 'หนังสือ "1".pdf',
          role: 'main',
          content: { kind: 'kept', sha256: digest(scan), size: 3_000_000 },
        },
      ],
    },
  ])
  t.ok(gateway.kept.get(digest(scan))?.equals(scan))
  t.same(
    await post(
      [{ name: 'a.pdf' }, { name: 'b.pdf', sha256: '0'.repeat(64) }],
      [
        ['b.pdf', scan],
        ['c.pdf', scan],
      ],
    ),
    [422, ['adapter.file.missing', 'adapter.file.digest', 'adapter.file.unnamed']],
  )
  const draft = Buffer.from('draft').toString('base64')
  t.same(
    await post([{ name: 'a.pdf', content: draft }], [['a.pdf', scan]]),
    [422, ['adapter.file.twice']],
    'which of the two is meant nobody can know',
  )
  t.same(
    await post(
      [{ name: 'a.pdf' }],
      [
        ['a.pdf', scan],
        ['a.pdf', scan],
      ],
    ),
    [400, ['adapter.multipart.broken']],
  )
  const many = Array.from({ length: 101 }, (_, index): [string, Buffer] => [`${index}.txt`, Buffer.from('x')])
  t.same(await post([], many), [400, ['adapter.multipart.broken']], 'T7: a flood of parts')
})

t.test(
  'multipart: a size that is not so, and our own disk that fails at a file: nothing is taken',
  async (t) => {
    const gateway = new TestGateway()
    const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
    const post = async (attachment: object) => {
      const form = new FormData()
      const document = JSON.stringify({ ...short, attachments: [attachment] })
      form.append('document', new Blob([document], { type: 'application/json' }))
      form.append('attachment', new Blob(['scan']), 'a.pdf')
      const answer = await fetch(`${base}/v1/systems/57/letters`, { method: 'POST', body: form })
      const { problems } = (await answer.json()) as { problems?: { code: string }[] }
      return [answer.status, problems?.map(({ code }) => code)]
    }
    t.same(await post({ name: 'a.pdf', size: 3 }), [422, ['adapter.file.digest']])
    const { length } = gateway.offered
    gateway.failing = gateway.calls + 1
    t.same(await post({ name: 'a.pdf', size: 4 }), [503, ['adapter.gateway.busy']])
    t.equal(gateway.offered.length, length)
  },
)

t.test('multipart: base64 parts are decoded; another encoding is refused with its name', async (t) => {
  const gateway = new TestGateway()
  const base = await mount(t, adapterOf(shipped('chiang-rai-json'), gateway.clock, environment), gateway)
  const scan = randomBytes(300_000)
  const lines = scan.toString('base64').replace(/(.{76})/g, '$1\r\n')
  const post = async (encoding: string, text: string, document: string, documentEncoding = '8bit') => {
    const answer = await fetch(`${base}/v1/systems/57/letters`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="document"\r\nContent-Transfer-Encoding: ${documentEncoding}\r\n\r\n${document}\r\n--b\r\nContent-Disposition: form-data; name="x"; filename="a.pdf"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${text}\r\n--b--\r\n`,
      ),
    })
    const { problems } = (await answer.json()) as { problems?: { code: string; value?: string }[] }
    return [answer.status, problems?.map(({ code }) => code)]
  }
  const document = JSON.stringify({ ...short, attachments: [{ name: 'a.pdf', sha256: digest(scan) }] })
  t.same(await post('BASE64', lines, document), [201, undefined])
  t.ok(gateway.kept.get(digest(scan))?.equals(scan))
  t.same(await post('base64', lines, Buffer.from(document).toString('base64'), 'base64'), [201, undefined])
  for (const encoding of ['quoted-printable', 'x-uuencode', 'base64, binary'])
    t.same(await post(encoding, 'abc', document), [400, ['adapter.multipart.encoding']], encoding)
  for (const broken of ['YWJ', 'YW==Yg==', 'YW!j', 'YQ===', '====']) {
    t.same(await post('base64', broken, document), [400, ['adapter.multipart.broken']], broken)
  }
})

t.test('multipart: every way to cut the bytes gives the same parts; what is broken is refused', async (t) => {
  const body = Buffer.from(
    '--b\r\nContent-ID: <x>\r\n\r\none\r\n--bx\r\n--b \r\nContent-ID: <y>\r\n\r\n\r\n--b--\r\n',
  )
  const parts = async (bytes: Buffer, step: number, boundary = 'b') => {
    const found: [string | undefined, string][] = []
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
    })()
    for await (const part of multipartParts(pieces, boundary, { parts: 10 })) {
      const chunks: Buffer[] = []
      for await (const chunk of part.body as AsyncIterable<Buffer>) chunks.push(chunk)
      found.push([part.headers.get('content-id'), Buffer.concat(chunks).toString()])
    }
    return found
  }
  // `--bx` begins with the boundary and is none: text behind it is refused, so it must be sent with another boundary.
  await t.rejects(parts(body, 7), MultipartError)
  const good = Buffer.from(
    '--b\r\nContent-ID: <x>\r\n\r\none\r\n-b\r--\r\n--b \r\nContent-ID: <y>\r\n\r\n\r\n--b--\r\n',
  )
  for (let step = 1; step <= good.length; step += 1)
    t.same(await parts(good, step), [
      ['<x>', 'one\r\n-b\r--'],
      ['<y>', ''],
    ])
  for (const broken of [
    '',
    'x',
    '--b',
    '--b\r\nA: b\r\n\r\nx',
    '--b\r\nA b\r\n\r\nx\r\n--b--',
    '--b\r\nA: 1\r\nA: 2\r\n\r\nx\r\n--b--',
    '--b\r\nA: \u0000\r\n\r\nx\r\n--b--',
    `--b\r\nA: ${'x'.repeat(10_000)}\r\n\r\nx\r\n--b--`,
    `${'x'.repeat(2000)}\r\n--b--`,
    `--b\r\n\r\nx\r\n--b--${'x'.repeat(2000)}`,
    '--b\r\nA: b\r\n',
  ])
    await t.rejects(parts(Buffer.from(broken), 3), MultipartError, JSON.stringify(broken.slice(0, 40)))
  t.equal(parameterOf('form-data; name="a"; filename="x%22y\\"z.pdf"', 'filename'), 'x"y"z.pdf')
  t.equal(parameterOf('form-data; name=a', 'filename'), undefined)
})
