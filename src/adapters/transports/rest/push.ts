// Brings parcels to a system's REST interface: its files ahead of the document or with it, where, how and with which words
// the profile says.
import type { Letter } from '../../../letter/letter.ts'
import { describe, printable, problem, remedyOf } from '../../../problem/problem.ts'
import type { Outcome, Parcel, WrittenFile } from '../../contract.ts'
import type { DocumentForm, Written } from '../../formats/format.ts'
import { outgoingBody } from '../http/out-body.ts'
import { type Answer, outcomeOf } from '../http/outcome.ts'
import type { Channel } from '../transport.ts'
import { addressIn } from './addresses.ts'
import { type Client, wholeOf } from './client.ts'
import type { Trouble, Whole } from './exchange.ts'
import { nodeAt, readJsonText, textAt } from './json-text.ts'
import type { Options, PushOptions } from './options.ts'
import { addressOf, type Filled, type Places, placesOf, textOf } from './template.ts'

/** An answer is some kilobytes; what is larger is none that is read. */
const answerLimit = 1024 * 1024

export function restPush(
  options: Options,
  forms: Readonly<Partial<Record<Channel, DocumentForm>>>,
  client: Client,
  base: URL,
  now: () => number,
): (parcel: Parcel, signal: AbortSignal) => Promise<Outcome> {
  return async (parcel, signal) => {
    const channel = parcel.envelope.content === 'letter' ? 'receive' : 'notices'
    const form = forms[channel]
    const said = options[channel]
    if (form === undefined || said === undefined)
      throw new Error('a parcel came to a transport that has no form for it')
    const written = await form.write(parcel)
    if (!written.ok) {
      const all = written.problems.map(({ code, path }) => `${path}: ${code}`).join('; ')
      return { kind: 'refused', problem: written.problems[0], said: printable(all, 2000) }
    }
    const places = placesFor(parcel, said)
    const target = targetOf(said, places, base)
    if ('place' in target) return refusedFor(target.place)
    const { files } = written.value
    if (said.upload !== undefined) {
      const failed = await uploadAll(said.upload, files, places, { client, base, parcel, signal, now })
      if (failed !== undefined) return failed
    }
    const value: Written = said.upload === undefined ? written.value : { ...written.value, files: [] }
    const body = outgoingBody(value, form.multipart, parcel, said.parts)
    const answer = await client.ask(
      {
        method: said.method,
        url: target.url,
        headers: {
          'saraban-parcel': parcel.id,
          'saraban-document': parcel.envelope.content,
          ...target.headers,
        },
        body: { type: body.contentType, length: body.length, bytes: () => body.bytes() },
        signal,
      },
      wholeOf(answerLimit),
    )
    if (answer.kind === 'trouble') return notTaken(answer)
    return said.answer === undefined
      ? outcomeOf(answerOf(answer), form.receipts, now)
      : wordOutcome(answer, said.answer, now)
  }
}

interface Target {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

function targetOf(
  { path, headers }: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
  places: Places,
  base: URL,
): Target | { readonly place: string } {
  const address = addressOf(path, places)
  // A header holds ASCII: what is Thai goes encoded, as in an address.
  const filled = Object.entries(headers).map(([name, template]): readonly [string, Filled] => [
    name.toLowerCase(),
    placesOf(template).length === 0 ? textOf(template, {}) : addressOf(template, places),
  ])
  const unfilled = [address, ...filled.map(([, each]) => each)].find((each) => !each.ok)
  if (!address.ok || unfilled !== undefined)
    return { place: unfilled !== undefined && !unfilled.ok ? unfilled.place : '' }
  return {
    url: addressIn(base, address.text),
    headers: Object.fromEntries(filled.map(([name, each]) => [name, each.ok ? each.text : ''])),
  }
}

/** What templates can say of a parcel. `{field:NAME}`: what the system itself said of the letter, in a column of its own. */
function placesFor({ id, envelope, about }: Parcel, { path, headers }: PushOptions): Places {
  const { messageId, content } = envelope
  const letter: Pick<Letter, 'extension'> | undefined =
    envelope.content === 'letter' ? envelope.letter : about?.letter
  const fields = [path, ...Object.values(headers)]
    .flatMap(placesOf)
    .filter((name) => name.startsWith('field:'))
    .map((name) => [name, letter?.extension.find((each) => `field:${each.name}` === name)?.value])
  return {
    parcel: id,
    messageId,
    content,
    ...(envelope.content === 'letter'
      ? { number: envelope.letter.number.printed }
      : {
          number: envelope.notice.about.number,
          kind: envelope.notice.kind,
          receiveNumber: envelope.notice.receiveNumber,
        }),
    ...(Object.fromEntries(fields) as Places),
  }
}

interface Uploading {
  readonly client: Client
  readonly base: URL
  readonly parcel: Parcel
  readonly signal: AbortSignal
  readonly now: () => number
}

/** Each file under its own name, which is the same at every attempt: what is there already is what we put there. */
async function uploadAll(
  upload: NonNullable<PushOptions['upload']>,
  files: readonly WrittenFile[],
  places: Places,
  { client, base, parcel, signal, now }: Uploading,
): Promise<Outcome | undefined> {
  for (const file of files) {
    const target = targetOf(upload, { ...places, file: file.name }, base)
    if ('place' in target) return refusedFor(target.place)
    const { content } = file
    const answer = await client.ask(
      {
        method: upload.method,
        url: target.url,
        headers: { 'saraban-parcel': parcel.id, ...target.headers },
        body: {
          type: file.mediaType,
          length: content.kind === 'bytes' ? content.bytes.length : content.size,
          bytes: async function* () {
            if (content.kind === 'bytes') yield content.bytes
            else yield* parcel.open(file.sha256) as AsyncIterable<Uint8Array>
          },
        },
        signal,
      },
      wholeOf(answerLimit),
    )
    // The document has not left: whatever became of its files, nothing was taken.
    if (answer.kind === 'trouble') return notTaken({ ...answer, sent: false })
    const there = answer.status === 409 || (answer.status >= 200 && answer.status < 300)
    const outcome = there ? undefined : outcomeOf(answerOf(answer), false, now)
    if (outcome !== undefined)
      return outcome.kind === 'unknown' ? { kind: 'unavailable', said: outcome.said } : outcome
  }
  return undefined
}

/** The system's own word decides, where a status says nothing: many answer 200 to everything. */
function wordOutcome(
  answer: Whole,
  { at, taken, refused }: NonNullable<PushOptions['answer']>,
  now: () => number,
): Outcome {
  const { status, bytes = Buffer.alloc(0) } = answer
  const text = at === undefined ? undefined : readJsonText(bytes)
  const word = at === undefined ? bytes.toString('utf8').trim() : text && textAt(text, nodeAt(text.root, at))
  const good = status >= 200 && status < 300
  if (word !== undefined && good && taken.includes(word)) return { kind: 'taken', said: `HTTP ${status}` }
  if (word !== undefined && refused.includes(word)) {
    const said = printable(`HTTP ${status}: ${bytes.toString('utf8', 0, 1500)}`, 1900)
    return {
      kind: 'refused',
      problem: problem('adapter.peer.refused', '', undefined, { status, said }),
      said,
    }
  }
  if (!good) return outcomeOf(answerOf(answer), false, now)
  // No word of the system's: a page of somebody before it, perhaps, and nobody knows whether the system has it.
  if (word === undefined || at === undefined) {
    const found = problem('adapter.peer.no-answer', '', String(answer.headers['content-type'] ?? ''), {
      status,
    })
    return { kind: 'unknown', said: `HTTP ${status}; ${describe(found)} ${remedyOf(found)}` }
  }
  return { kind: 'unavailable', said: printable(`HTTP ${status}, ${at}: ${word}`, 300) }
}

const answerOf = ({ status, headers, bytes = Buffer.alloc(0) }: Whole): Answer => ({
  status,
  headers,
  body: bytes,
})

const notTaken = ({ said, sent, retryAfter }: Trouble): Outcome =>
  sent
    ? { kind: 'unknown', said }
    : { kind: 'unavailable', said, ...(retryAfter !== undefined && { retryAfter }) }

function refusedFor(place: string): Outcome {
  const found = problem('adapter.rest.place-empty', '', `{${place}}`)
  return { kind: 'refused', problem: found, said: describe(found) }
}
