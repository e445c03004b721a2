// The section `attachments` of the settings: where scans are kept when it is not the data folder. Several gateways on one journal
// need a place that all of them see.
import { fileURLToPath } from 'node:url'
import { bad, good, type Problem, type Result } from '../problem/problem.ts'
import { readSection, wrongSetting } from './settings-server.ts'

/** A folder that all gateways of the installation share. Absolute. */
export interface AttachmentsPlace {
  readonly kind: 'folder'
  readonly path: string
}

/** Reads the section. */
export function readAttachmentsSection(value: unknown): Result<AttachmentsPlace> {
  const problems: Problem[] = []
  const { url } = readSection(value, 'attachments', ['url'], problems)
  const path = folderAt(url)
  if (path === undefined)
    problems.push(wrongSetting('attachments.url', url, 'file:///PATH, a folder that all gateways share'))
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  return path === undefined
    ? bad(wrongSetting('attachments.url', url, 'a URL'))
    : good({ kind: 'folder', path })
}

function folderAt(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, host, search, hash } = new URL(url)
  return protocol === 'file:' && host === '' && search === '' && hash === '' ? fileURLToPath(url) : undefined
}
