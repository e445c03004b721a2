// The files of a polled document: fetched at once after it, because addresses that are signed expire, and only from the
// servers that the profile names (attacks T1).
import type { AdapterVerbs, AttachmentContent } from '../../contract.ts'
import { tooLarge } from '../keeping.ts'
import { addressIn } from './addresses.ts'
import { soundBody, troubleOf } from './client.ts'
import { type Document, isPage } from './document.ts'
import type { Streamed, Trouble } from './exchange.ts'
import { itemsAt, nodeAt, textAt } from './json-text.ts'
import type { PollSettings } from './settings.ts'
import { addressOf } from './template.ts'

export interface Fetched {
  readonly beside: ReadonlyMap<string, AttachmentContent>
  /** Why the others are not here. */
  readonly reasons: readonly string[]
  /** Whether one of them is not here because of what passes: its server is busy, or cannot be reached. */
  readonly passes: boolean
  /** Milliseconds, where a server asks for patience. */
  readonly retryAfter?: number
  /** The system's own server cannot be reached: nothing more can be done now. */
  readonly unreached?: Trouble
}

interface Wanted {
  readonly url: URL
  readonly size?: string
  readonly sha256?: string
}

type Got =
  | { readonly kind: 'kept'; readonly sha256: string; readonly size: number }
  | { readonly kind: 'missing'; readonly reason: string }

/** Statuses of a server that may give the file soon: busy, or a proxy before one that is. */
const passing = [408, 425, 429, 502, 503, 504]

/** Fetches those of `names` that can be had now. `dead`: origins that could not be reached in this look, which nobody asks twice. */
export async function fetchFiles(
  names: readonly string[],
  document: Document,
  key: string,
  settings: PollSettings,
  verbs: AdapterVerbs,
  dead: Set<string>,
): Promise<Fetched> {
  const beside = new Map<string, AttachmentContent>()
  const reasons = new Set<string>()
  const addresses = addressesIn(document, settings)
  let retryAfter: number | undefined
  let passes = false
  for (const name of names) {
    const wanted = addresses.get(name) ?? pathOf(name, key, settings)
    if (typeof wanted === 'string') {
      reasons.add(wanted)
      continue
    }
    const { origin } = wanted.url
    if (dead.has(origin)) {
      reasons.add('its server cannot be reached')
      passes = true
      continue
    }
    const got = await fetchOne(wanted, settings, verbs)
    if (got.kind === 'kept') beside.set(name, got)
    else reasons.add(got.kind === 'missing' ? got.reason : got.said)
    if (got.kind !== 'trouble') continue
    if (got.unusable !== true) passes = true
    retryAfter = Math.max(retryAfter ?? 0, got.retryAfter ?? 0)
    if (got.unreached !== true && got.closed !== true) continue
    if (origin === settings.base.origin) return { beside, reasons: [...reasons], passes, unreached: got }
    dead.add(origin)
  }
  return { beside, reasons: [...reasons], passes, ...(retryAfter !== undefined && { retryAfter }) }
}

/** The files that the document lists, by name: their addresses, or why they have none. */
function addressesIn(
  { text, address }: Document,
  { options: { files }, origins }: PollSettings,
): ReadonlyMap<string, Wanted | string> {
  const found = new Map<string, Wanted | string>()
  if (files?.at === undefined || text === undefined) return found
  const node = nodeAt(text.root, files.at)
  for (const entry of itemsAt(text, node) ?? (node === undefined ? [] : [node])) {
    const name = textAt(text, nodeAt(entry, files.name))
    const said = textAt(text, nodeAt(entry, files.url))
    if (name === undefined) continue
    const size = files.size === undefined ? undefined : textAt(text, nodeAt(entry, files.size))
    const sha256 = files.sha256 === undefined ? undefined : textAt(text, nodeAt(entry, files.sha256))
    const url = said !== undefined && URL.canParse(said, address.href) ? new URL(said, address) : undefined
    // Which of two files of one name is meant nobody can know.
    if (found.has(name)) found.set(name, 'two files of one name')
    else if (url === undefined) found.set(name, 'no address')
    else if (!origins.has(url.origin) || url.username !== '' || url.password !== '')
      found.set(name, 'an address on a server that the profile does not name')
    else
      found.set(name, {
        url,
        ...(size !== undefined && { size }),
        ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
      })
  }
  return found
}

function pathOf(name: string, key: string, { base, options: { files } }: PollSettings): Wanted | string {
  if (files?.path === undefined) return 'the document does not list it'
  const path = addressOf(files.path, { key, file: name })
  return path.ok ? { url: addressIn(base, path.text) } : 'a name that no address can hold'
}

async function fetchOne(
  { url, size, sha256 }: Wanted,
  { client, attachmentLimit }: PollSettings,
  verbs: AdapterVerbs,
): Promise<Got | Trouble> {
  const missing = (reason: string): Got => ({ kind: 'missing', reason })
  return client.ask({ method: 'GET', url }, async (answer: Streamed): Promise<Got | Trouble> => {
    const { status, headers } = answer
    if (status !== 200) {
      // Refused, expired, gone, elsewhere: another reading of the document may bring another address.
      return passing.includes(status) ? troubleOf(answer, verbs.clock.now()) : missing(`HTTP ${status}`)
    }
    // No scan is a page: somebody wants a sign-in first.
    if (isPage(headers['content-type'])) return missing('200 with a page: perhaps a sign-in page')
    try {
      const kept = await verbs.keep(soundBody(answer), attachmentLimit)
      if (size !== undefined && String(kept.size) !== size)
        return missing('another size than the document says')
      if (sha256 !== undefined && kept.sha256 !== sha256)
        return missing('another SHA-256 than the document says')
      return { kind: 'kept', ...kept }
    } catch (error) {
      if (tooLarge(error)) return missing(`more than ${attachmentLimit} bytes`)
      throw error
    }
  })
}
