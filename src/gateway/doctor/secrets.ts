// Keys and passwords in files that others may read.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Problem, problem, within } from '../../problem/problem.ts'
import type { ConnectedSystem } from '../installation/systems.ts'
import type { Reference } from '../settings/section.ts'
import type { Settings } from '../settings/settings.ts'

/** Every secret in a file of the settings, the trust folder and the profiles that more than its owner may read. */
export const openSecrets = (settings: Settings, systems: Iterable<ConnectedSystem>): readonly Problem[] => [
  ...openOf(filesOf(settings)),
  ...[...systems].flatMap(({ system, secrets }) => openOf(secrets).map((found) => within(system.id, found))),
]

function filesOf({ trust, listen, journal, queue, attachments, alarms }: Settings): readonly string[] {
  const keys = join(trust, 'keys')
  const named: readonly (Reference | undefined)[] = [
    journal?.secrets.password,
    queue?.secrets.password,
    ...(attachments?.kind === 'bucket' ? [attachments.secrets.accessKey, attachments.secrets.secretKey] : []),
    ...(alarms?.hooks ?? []).map((hook) =>
      hook.kind === 'webhook' ? hook.secrets.secret : hook.secrets.password,
    ),
  ]
  return [
    ...(existsSync(keys) ? readdirSync(keys).map((name) => join(keys, name)) : []),
    ...(listen.https ? [listen.https.key] : []),
    ...named.flatMap((reference) => (reference !== undefined && 'file' in reference ? [reference.file] : [])),
  ]
}

const openOf = (files: readonly string[]): readonly Problem[] =>
  files.flatMap((file) => {
    const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0
    return (mode & 0o077) === 0
      ? []
      : [problem('doctor.key.open', '', file, { mode: mode.toString(8).padStart(3, '0') })]
  })
