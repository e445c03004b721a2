// Durable letters per second, from HTTP to committed, against what cannot be avoided: one RSA-2048 signature and one
// durable row for each letter. The limit is the lower of the two, measured alone in the same run, before and after.
import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Sqlite from 'better-sqlite3'
import pino from 'pino'
import { startGateway } from '../src/gateway/gateway.ts'
import { createLog } from '../src/gateway/log.ts'
import { createAuthority, issueCertificate, keyToPem, newKey } from '../src/gateway/trust/authority.ts'
import { systemClock, systemRandom } from '../src/letter/time.ts'
import type { Options } from './options.ts'
import { key, province } from './province.ts'
import type { Row } from './row.ts'

export const name = 'intake'

const connections = 64

const profiles = {
  'chiang-rai.yaml': province,
  // An inbox that is away: what is measured ends with the commit.
  'moi.yaml': `
id: bench-inbox
office: moi
title: bench
origin: self-built
illustrative: true
documents:
  envelope: { format: { kind: envelope } }
send:
  transport: { kind: http-in, path: /v1/envelopes, access: { kind: certificate } }
  document: envelope
receive:
  transport: &inbox { kind: http-out, url: "http://127.0.0.1:9/envelopes" }
  document: envelope
notices:
  transport: *inbox
  document: envelope
`,
}

/** Measures the intake between two measurements of its limits. */
export async function run({ quick }: Options): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'saraban-bench-'))
  try {
    const seconds = quick ? 0.5 : 3
    const signing = [rawSigning(seconds)]
    const commits = [rawCommits(folder, seconds)]
    const letters = await measureIntake(folder, quick ? 2_000 : 20_000)
    signing.push(rawSigning(seconds))
    commits.push(rawCommits(folder, seconds))
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length
    const limit = Math.min(mean(signing), mean(commits))
    const ratio = letters / limit
    return [
      { what: 'raw RSA-2048 signing, one thread', value: mean(signing), unit: 'signatures/s' },
      {
        what: 'raw commits of 4 KB rows in groups of 50, synchronous=FULL',
        value: mean(commits),
        unit: 'rows/s',
      },
      {
        what: `letters from HTTP to committed, ${connections} connections`,
        value: letters,
        unit: 'letters/s',
        ratio,
        against: 'the lower of the two',
        expected: '>= 0.5',
        ok: ratio >= 0.5,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rawSigning(seconds: number): number {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const bytes = Buffer.alloc(1024, 1)
  return perSecond(seconds, () => {
    sign('sha256', bytes, privateKey)
    return 1
  })
}

function rawCommits(folder: string, seconds: number): number {
  const database = new Sqlite(join(folder, `raw-${Date.now()}.sqlite`))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB)')
  const insert = database.prepare('INSERT INTO rows (bytes) VALUES (?)')
  const bytes = Buffer.alloc(4096, 1)
  const group = database.transaction(() => {
    for (let row = 0; row < 50; row++) insert.run(bytes)
  })
  const rate = perSecond(seconds, () => {
    group()
    return 50
  })
  database.close()
  return rate
}

function perSecond(seconds: number, act: () => number): number {
  let done = 0
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) done += act()
  return done / ((performance.now() - began) / 1000)
}

async function measureIntake(folder: string, letters: number): Promise<number> {
  await writeInstallation(folder)
  const gateway = await startGateway({
    settings: {
      data: join(folder, 'data'),
      trust: join(folder, 'trust'),
      profiles: join(folder, 'profiles'),
      listen: { http: { host: '127.0.0.1', port: 0 } },
      log: 'silent',
    },
    environment: {},
    clock: systemClock,
    random: systemRandom,
    log: createLog(pino({ level: 'silent' })),
  })
  try {
    const url = `${gateway.http}/v1/systems/57/letters`
    await load(url, Math.ceil(letters / 10), 0)
    const { seconds, taken } = await load(url, letters, 1_000_000)
    if (taken !== letters) throw new Error(`${taken} of ${letters} letters were taken`)
    return letters / seconds
  } finally {
    await gateway.stop()
  }
}

async function writeInstallation(folder: string): Promise<void> {
  const trust = join(folder, 'trust')
  for (const path of ['profiles', 'trust/keys', 'trust/offices/57', 'trust/offices/moi']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  for (const [file, text] of Object.entries(profiles)) writeFileSync(join(folder, 'profiles', file), text)
  const now = systemClock.now()
  const authority = await createAuthority(now, systemRandom)
  writeFileSync(join(trust, 'authority.pem'), authority.certificate.toString())
  for (const office of ['57', 'moi']) {
    const own = await newKey()
    const certificate = issueCertificate(authority, own, { kind: 'office', office }, now, systemRandom)
    writeFileSync(join(trust, 'offices', office, 'certificate.pem'), certificate.toString())
    writeFileSync(join(trust, 'keys', `${office}.pem`), keyToPem(own))
  }
}

async function load(
  url: string,
  letters: number,
  first: number,
): Promise<{ seconds: number; taken: number }> {
  const program = fileURLToPath(new URL('load.js', import.meta.url))
  const parameters = [program, url, key, String(letters), String(connections), String(first)]
  const child = spawn(process.execPath, parameters, { stdio: ['pipe', 'pipe', 'inherit'] })
  const output = outputOf(child)
  child.stdin.write('go\n')
  return JSON.parse(await output) as { seconds: number; taken: number }
}

async function outputOf(child: ChildProcess): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of child.stdout ?? []) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
