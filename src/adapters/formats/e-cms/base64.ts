// Base64 as it stands in messages.
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import { readBase64 } from '../../base64.ts'
import type { HeldContent } from '../../pieces.ts'

export function decodeBase64(text: string): Result<HeldContent> {
  const read = readBase64(text)
  return 'bytes' in read
    ? good({ kind: 'bytes', bytes: read.bytes })
    : bad(problem('ecms.base64', '', undefined, { fault: read.fault }))
}
