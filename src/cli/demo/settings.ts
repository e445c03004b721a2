// The settings of the demonstration's gateway, written as an operator would have them: a settings file, the profiles that
// take part, and the environment in which they are read.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Ports {
  readonly http: number
  readonly https: number
}

/**
 * Writes `saraban.yaml` and, of the profiles that come with the program, those that take part, into `folder`. Returns the
 * settings file. Throws when the folder cannot be written or a profile is not there.
 */
export function writeSettings(folder: string, profiles: readonly string[], { http, https }: Ports): string {
  mkdirSync(join(folder, 'profiles'))
  for (const name of profiles) {
    const shipped = fileURLToPath(new URL(`../../../profiles/${name}.yaml`, import.meta.url))
    copyFileSync(shipped, join(folder, 'profiles', `${name}.yaml`))
  }
  const file = join(folder, 'saraban.yaml')
  const text = `# Made by \`saraban demo\`; docs/settings.md describes it. Relative paths stand in this file's own folder.
data: data
trust: certs
profiles: profiles
listen:
  http:
    host: 127.0.0.1
    port: ${http}
  https:
    host: 127.0.0.1
    port: ${https}
    certificate: certs/tls/gateway.pem
    key: certs/tls/gateway.key.pem
`
  writeFileSync(file, text, { flag: 'wx' })
  return file
}

/** Writes the file `environment`, for a shell to read with `.`; it holds secrets, and only its owner may read it. */
export function writeEnvironment(folder: string, environment: Readonly<Record<string, string>>): void {
  const lines = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
  )
  writeFileSync(join(folder, 'environment'), lines.join(''), { flag: 'wx', mode: 0o600 })
}

/** How to start the gateway and the inbox alone, from what a demonstration left in its folder. */
export const aloneLines = (folder: string, ports: Ports & { readonly inbox: number }): string => `
The gateway alone, from what is kept in ${folder}, to rehearse a kill -9:

  npx saraban sandbox inbox --certs ${folder}/certs --folder ${folder}/ministry \\
      --gateway https://localhost:${ports.https} --port ${ports.inbox}
  . ${folder}/environment && npx saraban start --settings ${folder}/saraban.yaml
`
