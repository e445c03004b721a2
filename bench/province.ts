// The province that hands over in the benches: its system calls the gateway, both ways, with JSON.
import { createHash } from 'node:crypto'
import type { OfficeId } from '../src/letter/offices.ts'

export const provinceOffice = '57' as OfficeId

/** What its system calls with. */
export const key = 'bench-key'

export const province = `
id: bench-json
office: "57"
title: bench
origin: self-built
illustrative: true
documents:
  letter: { format: { kind: json } }
  notice: { format: { kind: json } }
send:
  transport: { kind: http-in, path: /v1/systems/57/letters, access: &access { kind: api-key, sha256: [${createHash('sha256').update(key).digest('hex')}] } }
  document: letter
receive:
  transport: &waiting { kind: http-in, path: /v1/systems/57/waiting, access: *access }
  document: letter
notices:
  transport: *waiting
  document: notice
`
