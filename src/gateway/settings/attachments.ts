// The section `attachments` of the settings: where scans are kept when it is not the data folder. Several gateways on one journal
// need a place that all of them see: a folder, or a bucket of an S3-compatible store.
import { fileURLToPath } from 'node:url'
import { bad, good, type Problem, type Result } from '../../problem/problem.ts'
import type { Reference } from './section.ts'
import { isThisMachine, plainHost, readReference, readSection, wrongSetting } from './server.ts'

export type AttachmentsPlace = AttachmentsFolder | AttachmentsBucket

/** A folder that all gateways of the installation share. Absolute. */
export interface AttachmentsFolder {
  readonly kind: 'folder'
  readonly path: string
}

export interface AttachmentsBucket {
  readonly kind: 'bucket'
  readonly at: {
    readonly bucket: string
    /** Empty, or with a `/` at its end. */
    readonly prefix: string
    readonly region: string
    readonly endpoint?: string
    readonly pathStyle: boolean
  }
  /** References, looked up when it is opened. */
  readonly secrets: {
    readonly accessKey: Reference
    readonly secretKey: Reference
    readonly authority?: Reference
  }
}

const keys = ['url', 'endpoint', 'region', 'pathStyle', 'accessKey', 'secretKey', 'authority'] as const
const path = (key: (typeof keys)[number]): string => `attachments.${key}`

/** Reads the section. Relative paths stand in `folder`. */
export function readAttachmentsSection(value: unknown, folder: string): Result<AttachmentsPlace> {
  const problems: Problem[] = []
  const shared = folderAt(value)
  if (shared !== undefined) {
    readSection(value, 'attachments', ['url'], problems)
    const [first, ...rest] = problems
    return first === undefined ? good({ kind: 'folder', path: shared }) : bad(first, ...rest)
  }
  const wrong = (key: (typeof keys)[number], found: unknown, expected: string): void => {
    problems.push(wrongSetting(path(key), found, expected))
  }
  const said = readSection(value, 'attachments', keys, problems)
  const bucket = bucketOf(said['url'])
  if (bucket === undefined)
    wrong('url', undefined, 'file:///PATH, a folder that all gateways share, or s3://BUCKET[/PREFIX]')
  const endpoint = endpointOf(said['endpoint'])
  if (endpoint === undefined) wrong('endpoint', undefined, 'https://HOST[:PORT] (http: only on this machine)')
  const region = said['region'] ?? 'us-east-1'
  if (typeof region !== 'string' || !/^[a-z0-9-]{1,64}$/.test(region))
    wrong('region', region, 'a region, such as ap-southeast-7')
  const pathStyle = said['pathStyle'] ?? said['endpoint'] !== undefined
  if (typeof pathStyle !== 'boolean') wrong('pathStyle', pathStyle, 'true or false')
  const secret = (key: 'accessKey' | 'secretKey' | 'authority'): Reference | undefined => {
    if (said[key] === undefined && key !== 'authority')
      wrong(key, undefined, '{ env: NAME } or { file: PATH }')
    return readReference(said[key], path(key), folder, problems)
  }
  const [accessKey, secretKey, authority] = [secret('accessKey'), secret('secretKey'), secret('authority')]
  const [first, ...rest] = problems
  if (first !== undefined) return bad(first, ...rest)
  if (bucket === undefined || accessKey === undefined || secretKey === undefined)
    return bad(wrongSetting('attachments', undefined, `a map with ${keys.join(', ')}`))
  return good({
    kind: 'bucket',
    at: {
      ...bucket,
      region: String(region),
      pathStyle: pathStyle === true,
      ...(endpoint !== undefined && endpoint !== '' && { endpoint }),
    },
    secrets: { accessKey, secretKey, ...(authority && { authority }) },
  })
}

function folderAt(value: unknown): string | undefined {
  const url = typeof value === 'object' && value !== null && 'url' in value ? value.url : undefined
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, host, search, hash } = new URL(url)
  return protocol === 'file:' && host === '' && search === '' && hash === '' ? fileURLToPath(url) : undefined
}

function bucketOf(url: unknown): { readonly bucket: string; readonly prefix: string } | undefined {
  if (typeof url !== 'string') return undefined
  const [, bucket, rest = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\/?$/.exec(url) ?? []
  if (bucket === undefined) return undefined
  return { bucket, prefix: rest === '' ? '' : `${rest.slice(1)}/` }
}

/** Empty: none is said. */
function endpointOf(said: unknown): string | undefined {
  if (said === undefined) return ''
  if (typeof said !== 'string' || !URL.canParse(said)) return undefined
  const { protocol, username, password, hostname, pathname, search, hash, origin } = new URL(said)
  const plain = username === '' && password === '' && pathname === '/' && search === '' && hash === ''
  const safe = protocol === 'https:' || (protocol === 'http:' && isThisMachine(plainHost(hostname)))
  return plain && safe ? origin : undefined
}
