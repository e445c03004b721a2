// docs/e-cms.md is run: each request gets the answer that stands behind it, in order, at one door. And the schemas hold what
// is answered.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { XmlDocument, XsdValidator, xmlCleanupInputProvider } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import t from 'tap'
import { eCms } from '../../../src/adapters/formats/e-cms/e-cms.ts'
import { operations } from '../../../src/adapters/formats/e-cms/names.ts'
import { readProfile } from '../../../src/adapters/profile.ts'
import { soap } from '../../../src/adapters/transports/soap/soap.ts'
import { transports } from '../../../src/adapters/transports/transports.ts'
import { asLines, openDoor, put, readCase } from './case.ts'
import { post } from './gateway.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const prefixes = { s: 'http://schemas.xmlsoap.org/soap/envelope/' }

t.before(() => void xmlRegisterFsInputProviders())
t.after(() => xmlCleanupInputProvider())

/** The faults of what stands in the SOAP Body of each message, by the schema of the messages. */
function faultsOf(messages: readonly string[]): string[] {
  const schema = XmlDocument.fromBuffer(readFileSync(pathOf('schemas/e-cms/messages.xsd')), {
    url: pathOf('schemas/e-cms/messages.xsd'),
  })
  const validator = XsdValidator.fromDoc(schema)
  const faults: string[] = []
  for (const message of messages) {
    const document = XmlDocument.fromString(message)
    for (const element of document.find('/s:Envelope/s:Body/*', prefixes)) {
      const alone = XmlDocument.fromString(element.toString())
      try {
        validator.validate(alone)
      } catch (cause) {
        faults.push(`${(cause as Error).message} in ${element.toString().slice(0, 300)}`)
      }
      alone.dispose()
    }
    document.dispose()
  }
  validator.dispose()
  schema.dispose()
  return faults
}

interface Step {
  readonly waits: string
  readonly request: string
  readonly answer: string
}

const guide = readFileSync(pathOf('docs/e-cms.md'), 'utf8')
const steps: Step[] = [
  ...guide.matchAll(/(?:<!-- waits: (.*?) -->\n\n)?```xml request\n(.*?)```\n\n```xml answer\n(.*?)```/gs),
].map(([, waits = '', request = '', answer = '']) => ({ waits, request, answer }))

t.test('the guide names every option, and its profile is in order', (t) => {
  const named = new Set(
    [...guide.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[^\w.-]+/)),
  )
  const client = transports.find(({ kind }) => kind === 'soap-out')
  for (const options of [eCms.options, soap.options, client?.options ?? {}])
    for (const option of Object.keys(options)) t.ok(named.has(option), option)
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? []
  const profile = readProfile(example, 'example.yaml')
  t.same(profile.ok ? [] : profile.problems, [])
  t.end()
})

t.test('every message of the guide gets the answer that stands there', async (t) => {
  t.ok(steps.length >= 10)
  t.equal(steps.length, guide.split('```xml request').length - 1, 'every request has its answer')
  const door = await openDoor({})
  try {
    for (const { waits, request, answer } of steps) {
      await put(door.gateway, waits)
      const { body } = await post(door.port, request)
      t.equal(`${asLines(body)}\n`, answer)
    }
  } finally {
    await door.close()
  }
})

t.test('the guide’s messages and every answer of the cases are valid by the schema', async (t) => {
  const folder = fileURLToPath(new URL('./cases/', import.meta.url))
  const answers = readdirSync(folder).map((name) => {
    const [answer = ''] = readCase(folder + name).expected.split('\n----\n')
    return answer.slice(answer.indexOf('<'))
  })
  t.strictSame(faultsOf(answers), [])
  t.strictSame(faultsOf(steps.flatMap(({ request, answer }) => [request, answer])), [])
  t.not(
    faultsOf([(answers[0] ?? '').replace(/Process(ID|Time)/g, 'Processed')]).length,
    0,
    'a wrong one is noticed',
  )
})

t.test('the WSDL names every operation, and messages that the schema has', async (t) => {
  const wsdl = readFileSync(pathOf('schemas/e-cms/e-cms.wsdl'), 'utf8')
  const schema = readFileSync(pathOf('schemas/e-cms/messages.xsd'), 'utf8')
  XmlDocument.fromString(wsdl).dispose()
  for (const [, element = ''] of wsdl.matchAll(/<wsdl:part name="body" element="([^"]+)"/g)) {
    t.match(schema, `<xs:element name="${element}"`)
  }
  // A notifier alone is read, and clients are asked to put it into CorrespondenceLetterOutboundRequest.
  for (const operation of operations.filter((each) => !each.endsWith('Notifier'))) {
    t.match(wsdl, `<wsdl:operation name="${operation}">`)
    t.match(guide, `\`${operation}\``)
  }
})
