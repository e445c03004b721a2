// compose.yaml and what it mounts, without Docker: every name in it is one that is there, and the gateways' settings fit its servers.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { roles } from '../../src/gateway/journal/members.ts'
import { readSettings } from '../../src/gateway/settings/settings.ts'
import { scratch } from './harness.ts'

type Secret = string | { readonly source: string; readonly target: string }
interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly object[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly secrets?: readonly Secret[]
  readonly volumes?: readonly string[]
  readonly depends_on?: readonly string[] | Readonly<Record<string, object>>
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, null>>
}

const compose: Compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true })
const folder = scratch(t)
execFileSync('sh', ['deploy/secrets.sh', join(folder, 'secrets')])
const secretFile = (name: string): string =>
  join(folder, 'secrets', (compose.secrets[name]?.file ?? '').replace('deploy/secrets/', ''))
const sourceOf = (secret: Secret): string => (typeof secret === 'string' ? secret : secret.source)

t.test('every name is one that is there', async (t) => {
  for (const [name, service] of Object.entries(compose.services)) {
    t.match(service.image, /^[a-z0-9./-]+:(?!latest$)[A-Za-z0-9._-]+$/, `${name}: a version`)
    for (const secret of service.secrets ?? [])
      t.ok(statSync(secretFile(sourceOf(secret))).isFile(), `${name}: ${sourceOf(secret)}`)
    const { depends_on: needed = [] } = service
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed))
      t.ok(other in compose.services, `${name}: ${other}`)
    for (const volume of service.volumes ?? []) {
      const [from = '', ...to] = volume.split(':')
      if (to.length > 0 && !from.startsWith('.')) t.ok(from in compose.volumes, `${name}: ${from}`)
    }
    // What it reads of its secrets is given to it.
    const given = (service.secrets ?? []).map((secret) => `/run/secrets/${sourceOf(secret)}`)
    const said = JSON.stringify([service.command, service.environment])
    for (const [path] of said.matchAll(/\/run\/secrets\/[a-z-]+/g))
      t.ok(given.includes(path), `${name}: ${path}`)
  }
  t.match(Object.keys(compose.services), ['intake', 'worker', 'postgres', 'redis', 'store', 'bucket'])
})

t.test('a server that gives up root reads no secret of root', (t) => {
  for (const [name, user] of Object.entries({ postgres: 'postgres', redis: 'redis' })) {
    const [before = '', after = ''] = (compose.services[name]?.command?.[0] ?? '').split(' exec ')
    const used = [...after.matchAll(/\/(\S+\.pem|run\/secrets\/\S+-(?:key|certificate))/g)].map(
      ([path]) => path,
    )
    t.ok(used.length >= 2, name)
    for (const path of used)
      t.match(before, new RegExp(`install -o ${user} -m 600 /run/secrets/\\S+ ${path}( |$)`))
  }
  t.end()
})

t.test('the certificates are those of the servers, and the passwords are no words', async (t) => {
  const authority = new X509Certificate(readFileSync(secretFile('authority')))
  for (const name of ['postgres', 'redis', 'store']) {
    const certificate = new X509Certificate(readFileSync(secretFile(`${name}-certificate`)))
    t.equal(certificate.checkHost(name), name)
    t.ok(certificate.verify(authority.publicKey) && certificate.checkIssued(authority))
  }
  const before = readFileSync(secretFile('journal'), 'utf8')
  t.match(before, /^[0-9a-f]{48}\n$/)
  execFileSync('sh', ['deploy/secrets.sh', join(folder, 'secrets')])
  t.equal(readFileSync(secretFile('journal'), 'utf8'), before, 'once made, they stay')
  for (const file of readdirSync(join(folder, 'secrets'))) {
    t.equal(statSync(join(folder, 'secrets', file)).mode & 0o077, 0, `${file} is nobody else's`)
    t.notMatch(file, /tmp|authority\.key/)
  }
})

t.test(
  'no server’s certificate ends before the authority, which is watched; renewed, the passwords stay',
  (t) => {
    const read = (name: string) => new X509Certificate(readFileSync(secretFile(name)))
    const before = read('authority')
    const password = readFileSync(secretFile('journal'), 'utf8')
    const end = Date.parse(before.validTo)
    for (const name of ['postgres', 'redis', 'store'])
      t.ok(Date.parse(read(`${name}-certificate`).validTo) >= end, name)
    t.match(readFileSync('docs/operate/README.md', 'utf8'), /end after 825 days/)
    t.equal(Math.round((end - Date.now()) / 86_400_000), 825)
    for (const file of readdirSync(join(folder, 'secrets')))
      if (file.endsWith('.pem')) rmSync(join(folder, 'secrets', file))
    execFileSync('sh', ['deploy/secrets.sh', join(folder, 'secrets')])
    t.not(read('authority').fingerprint256, before.fingerprint256)
    t.ok(read('postgres-certificate').verify(read('authority').publicKey))
    t.equal(readFileSync(secretFile('journal'), 'utf8'), password)
    t.end()
  },
)

t.test('the settings of the gateways fit', async (t) => {
  copyFileSync('deploy/saraban.yaml', join(folder, 'saraban.yaml'))
  for (const path of ['trust/tls', 'profiles']) mkdirSync(join(folder, path), { recursive: true })
  for (const file of ['gateway.pem', 'gateway.key.pem']) writeFileSync(join(folder, 'trust/tls', file), '')
  const read = readSettings(join(folder, 'saraban.yaml'))
  if (!read.ok) return t.fail(JSON.stringify(read.problems))
  const { journal, queue, attachments, listen } = read.value
  const { postgres, bucket, store, intake, worker } = compose.services
  t.equal(journal?.at.host, 'postgres')
  t.equal(journal?.at.user, postgres?.environment?.['POSTGRES_USER'])
  t.equal(journal?.at.database, postgres?.environment?.['POSTGRES_DB'])
  t.match(queue?.at, { host: 'redis', tls: true })
  if (attachments?.kind !== 'bucket') return t.fail('no bucket')
  t.match(attachments.at, { endpoint: 'https://store:9000', pathStyle: true })
  t.match(bucket?.command?.join(), new RegExp(`https://store:9000 .* store/${attachments.at.bucket}$`))
  for (const gateway of [intake, worker]) {
    t.equal(gateway?.environment?.['STORE_KEY'], store?.environment?.['MINIO_ROOT_USER'])
    const given = (gateway?.secrets ?? []).map((secret) => `/run/secrets/${sourceOf(secret)}`)
    const references = [journal, queue, attachments].flatMap((part) => Object.values(part?.secrets ?? {}))
    for (const reference of references) {
      if ('file' in reference) t.ok(given.includes(reference.file), reference.file)
      else t.ok(reference.env in (gateway?.environment ?? {}), reference.env)
    }
    t.same(gateway?.command?.slice(0, 3), ['start', '--settings', '/etc/saraban/saraban.yaml'])
    t.ok(gateway?.volumes?.includes('./deploy/saraban.yaml:/etc/saraban/saraban.yaml:ro'))
    t.ok(
      gateway?.volumes?.includes('./deploy/exchange:/srv/exchange'),
      'folders of profiles, for all of them',
    )
    t.same(gateway?.env_file, [{ path: 'deploy/gateway.env', required: false }], 'secrets of profiles')
    t.ok(
      gateway?.volumes?.some((volume) => read.value.data.startsWith(`${volume}/`)),
      'data outlives the container',
    )
  }
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  t.match(dockerfile, `EXPOSE ${listen.http?.port} ${listen.https?.port}`)
  t.equal(
    compose.services['intake']?.image?.split(':')[1],
    JSON.parse(readFileSync('package.json', 'utf8')).version,
  )
})

t.test('PostgreSQL is healthy when the gateways can reach it', (t) => {
  // The image makes the database with a server on its socket only, which is ended again.
  t.match(compose.services['postgres']?.healthcheck?.test.join(' '), /^CMD pg_isready -h localhost /)
  t.end()
})

t.test('each gateway does what its name says', async (t) => {
  for (const name of roles.filter((role) => role !== 'all'))
    t.same(compose.services[name]?.command?.slice(3), ['--role', name])
})
