// What the transports `sftp` and `ftp` have in common: folders on a server, one for each channel, over one connection.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../letter/time.ts'
import type { AdapterVerbs, Outcome, Parcel } from '../../contract.ts'
import { milliseconds } from '../../quantities.ts'
import {
  duration,
  type Finding,
  type JsonSchema,
  object,
  port,
  secret,
  textOrReference,
} from '../../schema.ts'
import { type FetchOptions, fetchOptions, fetchSettings, whoseOf } from '../folder/settings.ts'
import { type Channel, channels, type Transport, type TransportContext } from '../transport.ts'
import type { RemoteSession } from './files.ts'
import { remoteFolderFetch } from './folder-fetch.ts'
import { remoteFolderHandOver } from './folder-hand-over.ts'
import { remoteLink } from './link.ts'

export interface RemoteOptions extends FetchOptions {
  readonly host: string
  /** A number, or digits where the profile has a reference. */
  readonly port?: number | string
  readonly user: string
  readonly password?: string
  readonly folders: Readonly<Partial<Record<Channel, string>>>
  readonly connect: string
  readonly within: string
  readonly transfer: string
}

/** Options of both kinds. `connect`: for a connection with its sign-in, `within`: for an answer or the next bytes, `transfer`: for one file. */
export const remoteOptions: Readonly<Record<keyof RemoteOptions, JsonSchema>> = {
  host: { ...textOrReference, description: 'the name or address of the server' },
  port,
  user: { ...textOrReference, description: 'who we are there' },
  password: { ...secret, description: 'the password' },
  folders: {
    ...object(
      Object.fromEntries(
        channels.map((channel) => [channel, { ...textOrReference, description: `the folder of ${channel}` }]),
      ),
    ),
    description: 'a folder for each channel that uses the transport; without a / first, in the user’s own',
  },
  connect: { ...duration, default: '10s', description: 'for a connection with its sign-in' },
  within: { ...duration, default: '30s', description: 'for one answer, or the next bytes' },
  transfer: { ...duration, default: '1h', description: 'for one file' },
  ...fetchOptions({ every: '10s', settle: '10s' }),
}

/** What must be true of `folders`; references are looked at when they are resolved. */
export function folderFindings(
  folders: RemoteOptions['folders'],
  used: readonly Channel[],
): readonly Finding[] {
  const missing = used
    .filter((channel) => folders[channel] === undefined)
    .map(
      (channel): Finding => ({
        at: ['folders'],
        code: 'adapter.remote.folder-missing',
        value: channel,
        details: { channel },
      }),
    )
  const said = used.flatMap((channel) => {
    const folder = folders[channel]
    return typeof folder === 'string' ? [{ channel, folder }] : []
  })
  const wrong = said
    .filter(({ folder }) => !isFolderPath(folder))
    .map(({ channel, folder }): Finding => {
      const details = { expected: 'a folder on the server, without “..” and without control characters' }
      return { at: ['folders', channel], code: 'adapter.profile.value-wrong', value: folder, details }
    })
  // What is handed over into a folder that is looked into would come back; what two look into, one of them gets.
  const shared = said.flatMap(({ channel, folder }, index): Finding[] => {
    const first = said.slice(0, index).find((each) => plain(each.folder) === plain(folder))
    const both = [channel, first?.channel].every((each) => each === 'receive' || each === 'notices')
    if (first === undefined || both) return []
    const details = { first: first.channel }
    return [{ at: ['folders', channel], code: 'adapter.option.place-shared', value: folder, details }]
  })
  return [...missing, ...wrong, ...shared]
}

const isFolderPath = (path: string): boolean =>
  plain(path) !== '' && !plain(path).split('/').includes('..') && !/[\u0000-\u001f\u007f-\u009f]/.test(path)

/** A path without what changes nothing in it. */
const plain = (path: string): string =>
  (path.startsWith('/') ? '/' : '') +
  path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')

/** The transport over connections that `open` makes. Options are checked. */
export function remoteFolder(
  options: RemoteOptions,
  server: string,
  context: TransportContext,
  open: (made: (abandon: () => void) => void) => Promise<RemoteSession>,
): Transport {
  const { forms, clock, profile } = context
  const link = remoteLink({
    server,
    clock,
    connect: milliseconds(options.connect),
    within: milliseconds(options.within),
    transfer: milliseconds(options.transfer),
    open,
  })
  const folderOf = (channel: Channel): string => plain(options.folders[channel] ?? '')
  const placeOf = (channel: Channel): string => `${server}/${folderOf(channel)}`
  const spoolOf = (channel: Channel): string => context.absolute(join('spool', profile, channel))
  const fetches = (
    [
      ['send', 'letter'],
      ['sendNotices', 'notice'],
    ] as const
  ).flatMap(([channel, document]) => {
    const form = forms[channel]
    const settings = {
      ...fetchSettings(options),
      files: link,
      path: folderOf(channel),
      place: placeOf(channel),
      spool: spoolOf(channel),
      whose: whoseOf(context, channel, () => placeOf(channel)),
    }
    return form === undefined ? [] : [remoteFolderFetch({ ...settings, document, form })]
  })
  const handOvers = handOversOf(forms, { folderOf, placeOf }, link, clock)
  const { receive, notices } = handOvers
  return {
    doors: [],
    looksInto: (channel) =>
      forms[channel] === undefined
        ? undefined
        : { folder: placeOf(channel), pattern: fetchSettings(options).pattern },
    start: async (verbs: AdapterVerbs) => {
      for (const part of [receive, notices, ...fetches]) await part?.start(verbs)
    },
    stop: async () => {
      const stopped = fetches.map((each) => each.stop())
      await link.close()
      await Promise.all(stopped)
      for (const channel of ['send', 'sendNotices'] as const)
        if (forms[channel])
          await rm(spoolOf(channel), { recursive: true, force: true }).catch(() => undefined)
    },
    ...((receive || notices) && {
      deliver: (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
        const handOver = parcel.envelope.content === 'letter' ? receive : notices
        if (handOver === undefined) throw new Error('a parcel came to a transport that has no form for it')
        return handOver.deliver(parcel, signal)
      },
    }),
  }
}

function handOversOf(
  forms: TransportContext['forms'],
  { folderOf, placeOf }: Readonly<Record<'folderOf' | 'placeOf', (channel: Channel) => string>>,
  files: ReturnType<typeof remoteLink>,
  clock: Clock,
) {
  const of = (channel: 'receive' | 'notices') => {
    const form = forms[channel]
    return (
      form &&
      remoteFolderHandOver({ files, path: folderOf(channel), place: placeOf(channel), channel, form, clock })
    )
  }
  return { receive: of('receive'), notices: of('notices') }
}
