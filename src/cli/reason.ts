// Why an attempt failed, in the catalogue's words: the journal keeps codes of the network and of the other side.
import { type AttemptRow, refusalOf } from '../gateway/journal/attempts.ts'
import { catalogue } from '../problem/catalogue.ts'
import {
  definitionOf,
  messageOf,
  type Problem,
  type ProblemCode,
  printable,
  problem,
  remedyOf,
} from '../problem/problem.ts'

export interface Reason {
  /** One sentence. */
  readonly message: string
  /** What to do; absent when nobody knows. */
  readonly remedy?: string
  readonly remedyThai?: string
  readonly code?: ProblemCode
  /** As the other side, the network or the disk said it. */
  readonly said?: string
}

/** Error codes of Node, its TLS and undici, by what they mean for a person. The first that stands in the text counts. */
const meanings: readonly (readonly [RegExp, ProblemCode])[] = [
  [/\bECONNREFUSED\b/, 'attempt.connection.refused'],
  [/\b(ENOTFOUND|EAI_AGAIN)\b/, 'attempt.address.unknown'],
  [/\b(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)\b/, 'attempt.address.unreachable'],
  [/\b(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)\b/, 'attempt.too-slow'],
  [
    /\b(CERT_\w+|UNABLE_TO_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_CERT_ALTNAME_INVALID)\b/,
    'attempt.certificate.refused',
  ],
  [/\b(ECONNRESET|EPIPE|UND_ERR_SOCKET|ERR_SSL_\w+|ERR_TLS_\w+)\b/, 'attempt.connection.broken'],
  [/\bENOENT\b|^the folder .* is not there$/, 'attempt.folder.missing'],
  [/\bENOTDIR\b/, 'attempt.folder.no-folder'],
  [/\b(EACCES|EPERM|EROFS)\b/, 'attempt.folder.forbidden'],
  [/\b(ENOSPC|EDQUOT)\b/, 'attempt.disk.full'],
  [/\b(AbortError|ABORT_ERR|UND_ERR_ABORTED|UND_ERR_DESTROYED)\b/, 'attempt.broken-off'],
]

const isCode = (text: string): text is ProblemCode => Object.hasOwn(catalogue, text)

/** Why `attempt`, which ended without success, failed. */
export function reasonOf(attempt: AttemptRow): Reason {
  const said = attempt.said ?? ''
  if (attempt.outcome === 'interrupted') return inWords(problem('attempt.interrupted', ''), said)
  const status = /^HTTP (\d{3})/.exec(said)?.[1]
  const refusal = refusalOf(attempt)
  if (refusal !== undefined) return inWords(refusal, said, status)
  // What our own judgement said of a receipt begins with its code.
  const [, code = '', message = ''] = /^([a-z]+(?:[.-][a-z0-9]+)+): (.*)$/s.exec(said) ?? []
  if (isCode(code)) return { message, ...remediesOf(whole(problem(code, ''))), code, said }
  const described = describedIn(said)
  if (described !== undefined) return described
  if (status !== undefined) return inWords(problem('attempt.busy', ''), said, status)
  const meaning = meanings.find(([pattern]) => pattern.test(said))
  if (meaning !== undefined) return inWords(problem(meaning[1], ''), said)
  return { message: said === '' ? `it ended as ${attempt.outcome}` : said }
}

/** `… [code] What to do.`: as adapters say what stood in the way (`describe` and `remedyOf`). */
function describedIn(said: string): Reason | undefined {
  const [, message = '', code = '', remedy = ''] =
    /^(.*) \[([a-z]+(?:[.-][a-z0-9]+)+)\](?: (.*))?$/s.exec(said) ?? []
  if (!isCode(code)) return undefined
  return { message, ...remediesOf(whole(problem(code, ''))), ...(remedy !== '' && { remedy }), code }
}

/** A problem in words, with what the other side said of it. */
export function inWords(found: Problem, said = '', status?: string): Reason {
  const heard = { ...(said !== '' && { said, reason: said }), ...(status !== undefined && { status }) }
  const filled = whole(found)
  const shown = { ...filled, details: { ...filled.details, ...heard, ...found.details } }
  const where = found.path === '' ? '' : `${printable(found.path)}: `
  return {
    message: `${where}${messageOf(shown)}`,
    ...remediesOf(shown),
    code: found.code,
    ...(said !== '' && { said }),
  }
}

/** What to do, in both languages. */
const remediesOf = (found: Problem): Required<Pick<Reason, 'remedy' | 'remedyThai'>> => ({
  remedy: remedyOf(found),
  remedyThai: remedyOf(found, 'th'),
})

/** The problem with something in every place that its sentences have: what was not kept is `…`, never a bare `{place}`. */
function whole(found: Problem): Problem {
  const { en, remedy } = definitionOf(found.code)
  const places = [...`${en} ${remedy.en}`.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const blank = places
    .filter((name) => name !== 'value' && name !== 'path')
    .map((name) => [name, '…'] as const)
  // A problem that was kept whole says so itself where it has no value.
  const lost = found.details === undefined && found.value === undefined
  return {
    ...found,
    ...(lost && { value: '…' }),
    details: { ...Object.fromEntries(blank), ...found.details },
  }
}

/** The reason on one line: the sentence, what was said where it says more, and the code. */
export function reasonLine({ message, said, code }: Reason): string {
  const heard = said === undefined || message.includes(said) || said.includes(message) ? '' : ` (${said})`
  return `${message}${heard}${code === undefined ? '' : ` [${code}]`}`
}
