// Which files of a profile hold secrets: those that its transports' schemas call so, and no certificate.
import t from 'tap'
import type { Profile } from '../../src/adapters/profile.ts'
import { isSecret, type JsonSchema } from '../../src/adapters/schema.ts'
import { secretFiles } from '../../src/adapters/secret-files.ts'
import { transports } from '../../src/adapters/transports/transports.ts'

const filesOf = (...all: readonly object[]): readonly string[] =>
  secretFiles({
    channels: Object.fromEntries(
      all.map((transport, index) => [`channel ${index}`, { transport, document: 'letter' }]),
    ),
  } as unknown as Pick<Profile, 'channels'>)
const file = (name: string) => ({ file: name })

t.test('passwords, keys and tokens, whatever the transport; each once', (t) => {
  const tls = { key: file('tls key'), certificate: file('certificate'), authority: file('authority') }
  const signIn = {
    request: {
      path: '/login',
      user: file('user'),
      password: file('login'),
      with: { client: file('client') },
    },
  }
  const receive = { path: '/in', headers: { 'X-Key': file('header'), Accept: 'text/xml' } }
  t.same(
    filesOf(
      { kind: 'http-out', url: file('address'), tls, token: file('token') },
      { kind: 'http-out', url: 'https://other.example/', token: file('token') },
      { kind: 'rest', url: 'https://a.example', signIn, receive },
      { kind: 'sftp', host: 'a', hostKey: [file('host key')], key: file('own key'), password: { env: 'P' } },
      { kind: 'mailbox', imap: { password: file('imap') }, smtp: { password: file('smtp') } },
      { kind: 'sql', connection: { engine: 'mysql', host: file('host'), password: file('sql') } },
      { kind: 'http-in', path: '/x', access: { kind: 'api-key', sha256: [file('hash')] } },
      { kind: 'folder', path: file('path') },
    ),
    ['tls key', 'token', 'login', 'client', 'header', 'own key', 'imap', 'smtp', 'sql'],
  )
  t.same(filesOf({ kind: 'unheard-of', password: file('x') }), [])
  t.end()
})

/** Options that have a file in the place of each secret of a schema; of alternatives all at once. */
function withFiles(schema: JsonSchema, at: string, files: string[]): unknown {
  if (isSecret(schema)) return file(files[files.push(at) - 1] ?? '')
  const { properties = {}, anyOf = [], items } = schema
  if (items !== undefined) return [withFiles(items as JsonSchema, `${at}[]`, files)]
  const own = Object.entries(properties as Record<string, JsonSchema>).map(([key, each]) => [
    key,
    withFiles(each, `${at}.${key}`, files),
  ])
  const others = (anyOf as JsonSchema[]).map((each) => withFiles(each, at, files))
  return Object.assign({}, Object.fromEntries(own), ...others.filter((each) => !Array.isArray(each)))
}

t.test('none that a schema knows is missed', (t) => {
  let count = 0
  for (const { kind, options } of transports) {
    const files: string[] = []
    const said = withFiles({ properties: options }, kind, files)
    t.same([...filesOf({ ...(said as object), kind })].sort(), [...new Set(files)].sort(), kind)
    count += files.length
  }
  t.ok(count > 12, `${count} secrets`)
  t.end()
})
