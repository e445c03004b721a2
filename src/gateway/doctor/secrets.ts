// Keys and passwords that others may read.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Reference } from '../settings/section.ts'
import type { Settings } from '../settings/settings.ts'

/** Every secret in a file of the settings and the trust folder that more than its owner may read. */
export function openSecrets({
  trust,
  listen,
  journal,
  queue,
  attachments,
  alarms,
}: Settings): readonly Problem[] {
  const keys = join(trust, 'keys')
  const named: readonly (Reference | undefined)[] = [
    journal?.secrets.password,
    queue?.secrets.password,
    ...(attachments?.kind === 'bucket' ? [attachments.secrets.accessKey, attachments.secrets.secretKey] : []),
    ...(alarms?.hooks ?? []).map((hook) =>
      hook.kind === 'webhook' ? hook.secrets.secret : hook.secrets.password,
    ),
  ]
  const files = [
    ...(existsSync(keys) ? readdirSync(keys).map((name) => join(keys, name)) : []),
    ...(listen.https ? [listen.https.key] : []),
    ...named.flatMap((reference) => (reference !== undefined && 'file' in reference ? [reference.file] : [])),
  ]
  return files.flatMap((file) => {
    const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0
    return (mode & 0o077) === 0
      ? []
      : [problem('doctor.key.open', '', file, { mode: mode.toString(8).padStart(3, '0') })]
  })
}
