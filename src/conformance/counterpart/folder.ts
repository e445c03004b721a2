// The counterpart of `folder`: a share on this disk, that can be unmounted.
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Channel } from '../../adapters/transports/transport.ts'
import { type Counterpart, type CounterpartMaker, hasty, hastyServer } from './counterpart.ts'
import { putDocument, putDocumentSlowly, takeDocuments } from './shared-folder.ts'

export const folder: CounterpartMaker = async (settings): Promise<Counterpart> => {
  const share = join(settings.folder, 'share')
  const absent = join(settings.folder, 'unmounted')
  mkdirSync(share, { recursive: true })
  const fetched = settings.channels.some((channel) => channel === 'send' || channel === 'sendNotices')
  const pattern = typeof settings.options['pattern'] === 'string' ? settings.options['pattern'] : '*'
  let slow = false
  return {
    options: { ...settings.options, path: share, ...(fetched && { ...hasty, wait: hastyServer.wait }) },
    environment: {},
    async handIn(_channel: Channel, document) {
      if (slow) await putDocumentSlowly(share, pattern, document)
      else putDocument(share, pattern, document)
      return { kind: 'left' }
    },
    async collect() {
      return fetched ? [] : takeDocuments(share, join(settings.folder, 'taken'))
    },
    away: {
      // As a share that is not mounted looks: an empty folder in its place.
      go: async () => {
        renameSync(share, absent)
        mkdirSync(share)
      },
      back: async () => {
        renameSync(share, join(settings.folder, `bare-${Date.now()}`))
        renameSync(absent, share)
      },
    },
    slow: {
      begin: async () => {
        slow = true
      },
      end: async () => {
        slow = false
      },
    },
    close: async () => undefined,
  }
}
