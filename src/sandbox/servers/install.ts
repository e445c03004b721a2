// Finds the programs that a server is made of, or installs them: as root on Debian, by apt-get.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The environment of the process, handed in: the sandbox does not read it. PATH, and where servers are already. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where a program stands: on PATH, or in one of `places` (a `*` stands for any folder). */
export function programAt(
  environment: Environment,
  name: string,
  places: readonly string[],
): string | undefined {
  const folders = [...(environment['PATH'] ?? '').split(':'), ...places.flatMap(expanded)]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

function expanded(place: string): string[] {
  const [before = '', after] = place.split('/*/')
  if (after === undefined) return [place]
  return existsSync(before) ? readdirSync(before).map((each) => join(before, each, after)) : []
}

/** Installs a package where that is possible, and says whether it did. */
export function installed(environment: Environment, name: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false
  // Test files run side by side: one waits for the other's installation.
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '--no-install-recommends', name]
  // A fresh machine does not know yet what there is.
  return apt(environment, install) || (apt(environment, ['update']) && apt(environment, install))
}

function apt(environment: Environment, parameters: readonly string[]): boolean {
  const env = { ...environment, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    const installer = 'apt-get'
    execFileSync(installer, parameters, { stdio: 'ignore', timeout: 300_000, env })
    return true
  } catch {
    return false
  }
}
