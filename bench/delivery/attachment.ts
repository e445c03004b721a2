// A large scan the whole way: posted at the gateway's door, kept, and brought to the ministry over mutual TLS.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, openSync, rmSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Row } from '../row.ts'
import { scanOf } from '../scans/passage.ts'
import { mean, seconds, until } from './figures.ts'
import type { Installation } from './installation.ts'

/** What a scan of any size may cost above the idle gateway, in bytes. */
const most = 200_000_000

export async function attachmentRows(installation: Installation, size: number): Promise<Row[]> {
  const { folder, ministry } = installation
  const scan = join(folder, 'scan.pdf')
  const sha256 = writeScan(scan, size)
  const gateway = await installation.start('scan', { kind: 'embedded' })
  const warm = await installation.post(gateway, {
    first: 1,
    pace: { kind: 'closed', connections: 1, letters: 50 },
  })
  await until('the first letters are brought', async () => (await ministry.ask()).receipts === 50)
  if (warm.refused[0] !== undefined) throw new Error(warm.refused[0])
  const copying = [await copyAndHash(scan, join(folder, 'copy'))]
  // What starting took is given back within some seconds.
  await seconds(5)
  const idle = gateway.memory()
  gateway.forgetPeak()
  const began = performance.now()
  const { refused } = await installation.post(gateway, {
    ...{ first: 1000, scan },
    pace: { kind: 'closed', connections: 1, letters: 1 },
  })
  if (refused[0] !== undefined) throw new Error(`the scan was refused: ${refused[0]}`)
  const taken = performance.now() - began
  await until('the scan has come', async () => (await ministry.ask()).receipts === 51)
  const took = performance.now() - began
  const above = gateway.peak() - idle
  const { attachment } = await ministry.ask()
  if (attachment.sha256 !== sha256) throw new Error('the scan came as other bytes')
  copying.push(await copyAndHash(scan, join(folder, 'copy')))
  await gateway.stop()
  const title = `a scan of ${Math.round(size / 1e6).toLocaleString('en')} MB`
  const copy = mean(copying)
  return [
    {
      ...{ what: `${title} the whole way: memory`, value: Math.max(0, above) / 1e6, unit: 'MB above idle' },
      ...{ ratio: above / most, against: `${most / 1e6} MB`, expected: '< 1', ok: above < most },
    },
    { what: `${title}: copying, hashing and syncing it`, value: copy / 1000, unit: 's' },
    ...[
      { what: `${title}: until it was taken`, value: taken },
      // It goes over two sockets, and is hashed by each of the three that read it.
      { what: `${title}: until its receipt was given`, value: took },
    ].map(({ what, value }) => ({
      ...{ what, value: value / 1000, unit: 's', ratio: value / copy, against: 'copying and hashing' },
    })),
  ]
}

function writeScan(file: string, size: number): string {
  const hash = createHash('sha256')
  const descriptor = openSync(file, 'w')
  const piece = scanOf(8 * 1024 * 1024)
  for (let at = 0; at < size; at += piece.length) {
    // Each piece is another, so that nothing can pack them.
    piece.writeDoubleLE(at, 0)
    const part = piece.subarray(0, Math.min(piece.length, size - at))
    writeSync(descriptor, part)
    hash.update(part)
  }
  return hash.digest('hex')
}

/** Milliseconds of what cannot be avoided: the bytes are read, hashed, written and synced once. */
async function copyAndHash(from: string, to: string): Promise<number> {
  const began = performance.now()
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(from, { highWaterMark: 1024 * 1024 }), hashing, createWriteStream(to))
  hash.digest()
  const written = await open(to, 'r+')
  await written.sync()
  await written.close()
  const took = performance.now() - began
  rmSync(to)
  return took
}
