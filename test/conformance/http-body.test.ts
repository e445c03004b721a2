// What the counterparts write into a request is what a server reads of it; a large file is known by its digest.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { request } from 'undici'
import type { Collected } from '../../src/conformance/counterpart/counterpart.ts'
import { bodyOf, readBody } from '../../src/conformance/counterpart/http-body.ts'

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const small = Buffer.from('ก"ข\r\n--', 'utf8')
const large = Buffer.alloc(17 * 1024 * 1024 + 1, 'scan\r\n')
const files = [
  ['หนังสือ "1".pdf', small],
  ['แผนที่.pdf', large],
] as const

const handedIn = {
  id: 'c-1',
  written: {
    bytes: Buffer.from('{"เรื่อง":1}'),
    mediaType: 'application/json',
    extension: 'json',
    spilled: [],
    files: files.map(([name, bytes]) => ({
      name,
      mediaType: 'application/pdf',
      sha256: digest(bytes),
      content: { kind: 'attachment' as const, size: bytes.length },
    })),
  },
  contents: new Map(files.map(([, bytes]) => [digest(bytes), bytes])),
}

for (const related of [false, true])
  t.test(related ? 'multipart/related' : 'multipart/form-data', async (t) => {
    let come: Collected | undefined
    let length: string | undefined
    const server = createServer((incoming, response) => {
      length = incoming.headers['content-length']
      readBody(incoming).then(
        (document) => {
          come = document
          response.end()
        },
        () => response.destroy(),
      )
    })
    await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened))
    t.teardown(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const answer = await request(url, { method: 'POST', ...bodyOf(handedIn, related) })
    await answer.body.dump()
    t.equal(answer.statusCode, 200)
    t.equal(come?.bytes.toString(), '{"เรื่อง":1}')
    t.same(
      [...(come?.beside.values() ?? [])],
      [
        { kind: 'bytes', bytes: small },
        { kind: 'kept', sha256: digest(large), size: large.length },
      ],
    )
    const names = related ? files.map(([, bytes]) => digest(bytes)) : ['หนังสือ %221%22.pdf', 'แผนที่.pdf']
    t.same([...(come?.beside.keys() ?? [])], names)
    // A browser says the length of a form ahead.
    t.equal(length === undefined, related)
  })
