// The mark of the gateways in the bucket that they share, under the prefix: the name of an empty object. Gateways that name another
// bucket, or another prefix in it, would keep scans that nobody who brings their letters finds.
import { randomBytes } from 'node:crypto'
import type { Marks } from '../../adapters/contract.ts'
import { consentIn } from '../../adapters/transports/folder/consent.ts'
import { type Marked, prove } from '../../adapters/transports/folder/proof.ts'
import type { Objects } from './s3-objects.ts'

/** Marks of one bucket: one, but for gateways that started there for the first time at one moment. */
const most = 100

/** Whether the gateways on a journal know this place by its mark; one that nobody knows is known from now on. Rejects when the bucket is away. */
export async function bucketProof(objects: Objects, prefix: string, marks: Marks): Promise<'ours' | 'other'> {
  const begin = `${prefix}.saraban/`
  const names = async (): Promise<readonly string[]> =>
    (await objects.list(begin, most)).objects.map(({ key }) => key.slice(begin.length))
  const consent = consentIn(
    async () => (await names()).includes('accept'),
    () => objects.remove(`${begin}accept`),
  )
  const place = 'attachments'
  const marked: Marked = {
    place,
    found: async () => {
      const [known, found] = [await marks.known(place), (await names()).filter((name) => name !== 'accept')]
      return known !== undefined && found.includes(known) ? known : found[0]
    },
    write: async () => {
      const mark = randomBytes(16).toString('hex')
      await objects.putEmpty(begin + mark)
      return mark
    },
  }
  // Another that marked it at the same moment was faster: then its mark stands here too.
  const proof =
    (await prove(marked, marks, consent)) === 'ours' ? 'ours' : await prove(marked, marks, consent)
  if (proof === 'ours') await consent.spend()
  return proof
}
