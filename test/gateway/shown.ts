// An answer's body as an example shows it: what differs at every run (ids, times, digests, signatures) always the same.
import type { Answer } from './installation.ts'

const replaced: readonly (readonly [RegExp, string])[] = [
  [/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:019a6f3c-5c00-7000-8000-000000000000'],
  // A parcel’s id is a UUID, of version 7 or, of before, 4.
  [
    /(?<!urn:uuid:)\b[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
    '3f0c1b52-0c3f-4d5e-9a55-0a4c6f1d2b11',
  ],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?/g, '2026-11-23T10:15:00.000'],
  // A SHA-256 in base64.
  [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=/g, '…'],
]

const replacedInXml: readonly (readonly [RegExp, string])[] = [
  [/>[A-Za-z0-9+/=\s]{40,}</g, '>…<'],
  [/(Digest>)[^<]+/g, '$1…'],
  [/(X509SerialNumber>)[^<]+/g, '$1…'],
]

/** A text with what differs at every run replaced. */
export const shownText = (text: string, xml: boolean): string =>
  [...replaced, ...(xml ? replacedInXml : [])].reduce((all, [pattern, by]) => all.replace(pattern, by), text)

/** The body of an answer, fit to be compared with an example. */
export function shownBody({ headers, text }: Answer): unknown {
  const type = String(headers['content-type'] ?? '').split(';')[0]
  if (type === 'text/plain') return namesOfMetrics(text)
  const shown = shownText(text, type === 'application/xml' || type === 'text/xml')
  if (type === 'application/openapi+json') {
    const { openapi } = JSON.parse(shown) as { openapi: string }
    return { openapi, paths: {} }
  }
  return type?.endsWith('json') ? (JSON.parse(shown) as unknown) : shown
}

/** What is counted; how much differs at every run. */
const namesOfMetrics = (text: string): string =>
  `${text
    .split('\n')
    .filter((line) => /^# (HELP|TYPE) saraban_/.test(line))
    .join('\n')}\n`
