// Runs every example of the API's description against a started gateway, and tells what was really answered.
import { readFileSync } from 'node:fs'
import { type Dispatcher, FormData } from 'undici'
import { createEnvelopeSource } from './envelopes.ts'
import {
  type Answer,
  asJson,
  ask,
  basic,
  bearer,
  clientOf,
  filesOf,
  type Installation,
  jsonLetter,
  keyOf,
  sha256,
} from './installation.ts'

/** One answer: of which operation, as which example of the description. */
export interface Told {
  readonly operation: string
  readonly example: string
  readonly answer: Answer
  /** What was sent, where the description shows it and only this run can make it. */
  readonly sent?: string
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

export interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly headers?: object }>>
}

type Content = Readonly<
  Record<
    string,
    {
      readonly schema: object
      readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
    }
  >
>

export const readDescription = (): Description =>
  JSON.parse(readFileSync('schemas/openapi.json', 'utf8')) as Description

export const operationsOf = (description: Description) =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

export interface Places {
  readonly http: string
  readonly https: string
  /** A server with the same doors whose gateway cannot take anything. */
  readonly idle: string
  /** Makes the gateway's disk full, or not any more. */
  full(is: boolean): void
}

/** Runs them all, in an order in which each finds what it needs. */
export async function* runExamples(
  description: Description,
  installation: Installation,
  places: Places,
): AsyncGenerator<Told> {
  const requestOf = (operation: string, example: string, type = 'application/json'): unknown => {
    const found = operationsOf(description).find((each) => each.operation.operationId === operation)
    const body = found?.operation.requestBody?.content[type]?.examples?.[example]
    if (body === undefined) throw new Error(`${operation} has no request example ${example}`)
    return body.value
  }
  const key = bearer(keyOf('57'))
  const told = (operation: string, example: string, answer: Answer): Told => ({ operation, example, answer })
  const send = (url: string, body: string, headers: Record<string, string> = { ...asJson, ...key }) =>
    ask(url, { method: 'POST', headers, body })

  for (const [operation, place] of [
    ['sendLetter', 'letters'],
    ['sendNotice', 'notices'],
  ] as const) {
    const url = `${places.http}/v1/systems/57/${place}`
    const names =
      operation === 'sendLetter'
        ? ['plain', 'again', 'other-sender', 'corrected', 'faulty']
        : ['accept', 'accept-again', 'unknown-letter', 'ambiguous', 'faulty']
    if (operation === 'sendNotice') await bringLettersTo57(places.http)
    for (const name of names) {
      yield told(operation, name, await send(url, JSON.stringify(requestOf(operation, name))))
    }
    const [first = ''] = names
    const whole = JSON.stringify(requestOf(operation, first))
    yield told(operation, 'broken', await send(url, whole.slice(0, -1)))
    yield told(operation, 'wrong-key', await send(url, whole, { ...asJson, ...bearer('another key') }))
    yield told(operation, 'too-large', await send(url, `${whole}${' '.repeat(4 * 1024 * 1024)}`))
    yield told(operation, 'as-text', await send(url, whole, { 'content-type': 'text/plain', ...key }))
    places.full(true)
    yield told(operation, 'disk-full', await send(url, JSON.stringify(requestOf(operation, first))))
    places.full(false)
  }
  const withFile = requestOf('sendLetter', 'with-attachment', 'multipart/form-data') as {
    letter: object
    file: string
  }
  const form = new FormData()
  form.append('letter', new Blob([JSON.stringify(withFile.letter)], { type: 'application/json' }), 'l.json')
  form.append('file', new Blob([withFile.file], { type: 'application/pdf' }), 'report.pdf')
  yield told(
    'sendLetter',
    'with-attachment',
    await ask(`${places.http}/v1/systems/57/letters`, { method: 'POST', headers: key, body: form }),
  )

  yield* runWaiting(places)
  yield* runEnvelopes(installation, places)
  yield told(
    'exchange',
    'time',
    await send(`${places.http}/e-cms/93`, String(requestOf('exchange', 'time', 'text/xml')), {
      'content-type': 'text/xml',
      ...basic('phatthalung', 'a password: with a colon'),
    }),
  )
  yield told(
    'exchange',
    'wrong-password',
    await send(`${places.http}/e-cms/93`, '', basic('phatthalung', '')),
  )
  for (const [operation, path] of [
    ['alive', '/healthz'],
    ['ready', '/readyz'],
    ['metrics', '/metrics'],
    ['description', '/openapi.json'],
  ] as const)
    yield told(operation, 'now', await ask(`${places.http}${path}`))
  const proxied = { headers: { 'x-forwarded-for': '10.0.0.9' } }
  yield told('metrics', 'elsewhere', await ask(`${places.http}/metrics`, proxied))
  yield told('ready', 'not-ready', await ask(`${places.idle}/readyz`))
}

/** Chiang Mai and Chiang Rai write to each other: what the notices speak of, and what waits. */
async function bringLettersTo57(http: string): Promise<void> {
  const attachments = [
    { name: 'หนังสือ.pdf', mediaType: 'application/pdf', content: Buffer.from('abc').toString('base64') },
  ]
  const said: readonly (readonly [string, object])[] = [
    ['50/letters', jsonLetter('50', 77, { number: 'ชม 0017.1/77', to: '57', attachments })],
    ['50/letters', jsonLetter('50', 80, { number: 'ชม 0017.1/80', to: '57' })],
    ['50/letters', jsonLetter('50', 80, { number: 'ชม 0017.1/80', to: '57', date: '2026-11-19' })],
    ['57/letters', jsonLetter('57', 500, { number: 'ชร 0017.1/500', to: '50' })],
    ['50/notices', { kind: 'accept', receiveNumber: '77/2569', about: { number: 'ชร 0017.1/500' } }],
  ]
  for (const [place, document] of said) {
    const headers = { ...asJson, ...bearer(keyOf(place.slice(0, 2))) }
    const body = JSON.stringify(document)
    const answer = await ask(`${http}/v1/systems/${place}`, { method: 'POST', headers, body })
    if (answer.status !== 201) throw new Error(answer.text)
  }
}

async function* runWaiting({ http, idle }: Places): AsyncGenerator<Told> {
  const headers = bearer(keyOf('57'))
  const url = `${http}/v1/systems/57/waiting`
  const get = (rest: string, at = url) => ask(`${at}${rest}`, { headers })
  const forget = (rest: string, at = url) => ask(`${at}${rest}`, { method: 'DELETE', headers })
  const told = (operation: string, example: string, answer: Answer): Told => ({ operation, example, answer })
  const letter = await get('')
  const parcel = String(letter.headers['saraban-parcel'])
  const attachment = `/${parcel}/attachments/${sha256('abc')}`
  yield told('firstWaiting', 'letter', letter)
  yield told('firstWaiting', 'no-key', await ask(url))
  yield told('firstWaiting', 'unknown', await get('/nothing'))
  yield told('waitingAttachment', 'scan', await get(attachment))
  yield told('waitingAttachment', 'no-key', await ask(`${url}${attachment}`))
  yield told('waitingAttachment', 'unknown', await get(`/${parcel}/attachments/${'0'.repeat(64)}`))
  yield told('forgetWaiting', 'no-key', await ask(`${url}/${parcel}`, { method: 'DELETE' }))
  yield told('forgetWaiting', 'letter', await forget(`/${parcel}`))
  yield told('forgetWaiting', 'again', await forget(`/${parcel}`))
  for (;;) {
    const next = await get('')
    if (next.status === 204) {
      yield told('firstWaiting', 'none', next)
      break
    }
    if (next.headers['saraban-document'] !== 'letter') yield told('firstWaiting', 'notice', next)
    await forget(`/${String(next.headers['saraban-parcel'])}`)
  }
  const elsewhere = `${idle}/v1/systems/57/waiting`
  yield told('firstWaiting', 'stopping', await get('', elsewhere))
  yield told('waitingAttachment', 'stopping', await get(attachment, elsewhere))
  yield told('forgetWaiting', 'stopping', await forget(`/${parcel}`, elsewhere))
}

async function* runEnvelopes(installation: Installation, places: Places): AsyncGenerator<Told> {
  const { trust } = installation.settings
  const source = createEnvelopeSource(trust)
  const inbox = clientOf(trust, filesOf(trust, 'moi'))
  const stranger = clientOf(trust)
  const url = `${places.https}/v1/envelopes`
  const asXml = { 'content-type': 'application/xml' }
  const send = (body: Buffer | string, dispatcher: Dispatcher, headers: Record<string, string> = asXml) =>
    ask(url, { method: 'POST', dispatcher, headers, body })
  const told = (example: string, answer: Answer): Told => ({ operation: 'sendEnvelope', example, answer })
  try {
    const letter = source.letter('57')
    yield { ...told('letter', await send(letter, inbox)), sent: letter.toString() }
    yield told('letter-again', await send(letter, inbox))
    yield told('reused', await send(source.again(letter), inbox))
    yield told('unreachable', await send(source.letter('51'), inbox))
    yield told('no-scan', await send(source.letter('57', 'moi', true), inbox))
    yield told('changed', await send(String(source.letter('57')).replace('เชื่อมโยง', 'เชือมโยง'), inbox))
    yield told('other-sender', await send(source.letter('moi', '57'), inbox))
    yield told('no-certificate', await send(letter, stranger))
    yield told('as-text', await send(letter, inbox, { 'content-type': 'text/plain' }))
    yield told('too-large', await send(Buffer.alloc(4 * 1024 * 1024 + 1, ' '), inbox))
    const related = { 'content-type': 'multipart/related; boundary=b' }
    yield told('broken', await send('--b\r\n\r\nno end', inbox, related))
    places.full(true)
    yield told('disk-full', await send(source.letter('57'), inbox))
    places.full(false)
    // What Chiang Rai said about the ministry's letters is an envelope at the ministry's own waiting door.
    const answer = await ask(`${places.https}/v1/systems/moi/waiting`, { dispatcher: inbox })
    yield { operation: 'firstWaiting', example: 'envelope', answer }
  } finally {
    await Promise.all([inbox.close(), stranger.close()])
  }
}
