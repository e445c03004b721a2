// The API's description: each example of it is run, each route of the server is in it, and the reverse.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Registry } from 'prom-client'
import t from 'tap'
import { readProfile } from '../../src/adapters/profile.ts'
import { Doorkeeper } from '../../src/gateway/http/access.ts'
import { descriptionPlugin } from '../../src/gateway/http/description.ts'
import { Doors, doorsPlugin } from '../../src/gateway/http/doors.ts'
import { healthPlugin } from '../../src/gateway/http/health.ts'
import { createServer } from '../../src/gateway/http/server.ts'
import { connectSystems, doorsOf } from '../../src/gateway/installation/systems.ts'
import { systemClock } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { type Description, operationsOf, readDescription, runExamples, type Told } from './described.ts'
import { scratch } from './harness.ts'
import { ecmsProfile, inboxProfile, jsonProfile, makeInstallation, scryptOf } from './installation.ts'
import { shownBody, shownText } from './shown.ts'

const description = readDescription()
const access = {
  kind: 'basic',
  user: 'phatthalung',
  scrypt: scryptOf('a password: with a colon'),
  addresses: ['127.0.0.0/8'],
}

const installation = await makeInstallation(scratch(t), ['50', '57', '93', 'moi'].map(office), {
  'json-50.yaml': jsonProfile('50'),
  'json-57.yaml': jsonProfile('57'),
  'moi.yaml': inboxProfile(),
  'ecms-93.yaml': ecmsProfile('93', access),
})
let full = false
const gateway = await installation.start({
  reached: () => {
    if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  },
})
t.teardown(() => gateway.stop())

/** The same doors, but their adapters were never started. */
async function idleServer() {
  const { profiles, data: folder } = installation.settings
  const from = { profiles, folder, environment: {}, clock: systemClock, read: readProfile }
  const { systems } = await connectSystems(from)
  const doors = doorsOf(systems)
  const server = createServer({ clock: systemClock, failed: () => undefined })
  const routes: string[] = []
  server.addHook('onRoute', ({ method, url }) => void routes.push(`${String(method)} ${url}`))
  const obstacles = async () => ({ ofAll: ['the journal cannot be read'], ofSome: [] })
  await server.register(healthPlugin({ obstacles, registry: new Registry(), mayMeasure: () => true }))
  await server.register(descriptionPlugin())
  await server.register(doorsPlugin(new Doors(doors), new Doorkeeper(() => []), systemClock, () => undefined))
  const idle = await server.listen({ host: '127.0.0.1', port: 0 })
  for (const { door } of doors) {
    routes.push(`${door.method} ${door.path}`)
    // Below a waiting door what waits has names of its own.
    if (door.method !== 'POST') routes.push(`${door.method} ${door.path}/*`)
  }
  return { server, routes: routes.filter((route) => !/ \/\*$/.test(route)), idle }
}

const { server, routes, idle } = await idleServer()
t.teardown(() => server.close())

const told: Told[] = []
for await (const each of runExamples(description, installation, {
  http: gateway.http ?? '',
  https: gateway.https ?? '',
  idle,
  full: (is) => {
    full = is
  },
}))
  told.push(each)

t.test('what is answered is what the description shows', async (t) => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ ...description, $id: 'api' })
  const byId = new Map(operationsOf(description).map((each) => [each.operation.operationId, each]))
  for (const { operation, example, answer, sent } of told) {
    const found = byId.get(operation)
    const shown = found?.operation.requestBody?.content['application/xml']?.examples?.[example]
    if (sent !== undefined) t.equal(shownText(sent, true), shown?.value, `${operation} ${example} is sent`)
    const status = String(answer.status)
    const name = `${operation} ${status} ${example}`
    const response = found?.operation.responses[status]
    if (response === undefined || found === undefined) {
      t.fail(`${name} is not described`, { answer })
      continue
    }
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? ''
    if (response.content === undefined) {
      t.equal(answer.text, '', `${name} has no body`)
      continue
    }
    const content = response.content[type]
    if (!t.ok(content, `${name} answers ${type}`)) continue
    for (const header of Object.keys(response.headers ?? {}).filter((each) => each !== 'Link'))
      t.ok(answer.headers[header.toLowerCase()], `${name} has ${header}`)
    t.same(shownBody(answer), content?.examples?.[example]?.value, name)
    if (!type.endsWith('json')) continue
    const pointer = ['paths', found.path, found.method.toLowerCase(), 'responses', status, 'content', type]
    const steps = pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    const validate = ajv.getSchema(`api#/${steps.join('/')}/schema`)
    if (t.ok(validate, `${name} has a schema`))
      t.ok(
        validate?.(JSON.parse(answer.text)),
        `${name} fits its schema: ${ajv.errorsText(validate?.errors)}`,
      )
  }
})

t.test('every example of the description was run', async (t) => {
  const ran = new Set(told.map((each) => `${each.operation} ${each.answer.status} ${each.example}`))
  const statuses = new Set(told.map(({ operation, answer }) => `${operation} ${answer.status}`))
  for (const { operation } of operationsOf(description)) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status === 'default') continue
      t.ok(statuses.has(`${operation.operationId} ${status}`), `${operation.operationId} ${status}`)
      for (const each of Object.values(content ?? {}))
        for (const example of Object.keys(each.examples ?? {}))
          t.ok(
            ran.has(`${operation.operationId} ${status} ${example}`),
            `${operation.operationId} ${status} ${example}`,
          )
    }
    const examples = Object.values(operation.requestBody?.content ?? {}).flatMap((each) =>
      Object.keys(each.examples ?? {}),
    )
    for (const example of examples)
      t.ok(
        told.some((each) => each.operation === operation.operationId && each.example === example),
        `request ${operation.operationId} ${example}`,
      )
  }
})

t.test('every route is described, and the reverse', async (t) => {
  const generic = (path: string): string =>
    path.replace(/\/v1\/systems\/[^/]+/, '/v1/systems/{office}').replace(/\/e-cms\/[^/]+/, '/e-cms/{office}')
  const described = operationsOf(description).flatMap(({ path, method }) => {
    // The server has one route for all that stands below a waiting door.
    const below = path.replace(/\/\{parcel\}.*$/, '/*')
    return [`${method} ${below}`]
  })
  const served = new Set(routes.filter((route) => !route.startsWith('HEAD')).map((route) => generic(route)))
  // DELETE of the waiting door itself answers 404: nothing has that name.
  served.delete('DELETE /v1/systems/{office}/waiting')
  t.same([...served].sort(), [...new Set(described)].sort())
})

t.test('its schema of a letter is the published one', async (t) => {
  const text = readFileSync('schemas/letter.schema.json', 'utf8')
  const {
    $schema: _dialect,
    $id: _id,
    ...published
  } = JSON.parse(text.replaceAll('"#/definitions/', '"#/components/schemas/Letter/definitions/')) as Record<
    string,
    unknown
  >
  t.same(description.components.schemas['Letter'], published)
})

t.test('it is served as it stands', async (t) => {
  const response = await fetch(`${gateway.http}/openapi.json`)
  t.equal(await response.text(), readFileSync('schemas/openapi.json', 'utf8'))
  const served: Description = description
  t.ok(served.paths['/v1/envelopes'])
})
