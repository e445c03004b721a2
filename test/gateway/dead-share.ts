// A share whose server is gone, and it is real: a FUSE mount whose other side never answers. Whoever looks into it waits in the
// system until the mount is broken off, in a mount namespace of its own.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'

const asRoot = process.getuid?.() === 0

/** Words before a command that runs it in a mount namespace of its own. */
export const apart: readonly string[] = asRoot ? ['unshare', '-m'] : ['unshare', '-Urm']

/** Words before a command that runs it where the process `of` runs, which runs `apart`. */
export const insideOf = (of: number): readonly string[] => [
  'nsenter',
  ...['-t', String(of), ...(asRoot ? ['-m'] : ['-U', '-m', '--preserve-credentials'])],
]

const mounting =
  'exec 3<>/dev/fuse && mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead "$0" && echo dead'

/** Why no share can die on this machine; undefined: it can. */
export function whyNone(): string | undefined {
  const [unshare = '', ...words] = apart
  // With the namespace ends the mount.
  const tried = spawnSync(unshare, [...words, 'sh', '-c', mounting, '/mnt'], {
    encoding: 'utf8',
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
  return tried.status === 0 ? undefined : `kernel: no mount of FUSE: ${tried.stderr || tried.error?.message}`
}

export interface DeadShare {
  /** The mount is broken off: whoever waits hears that nobody is there. The folder beneath is in its place again. */
  end(): Promise<void>
}

/** The folder is dead for the process `of`, which runs `apart`, and for its children. */
export async function dies(folder: string, of: number): Promise<DeadShare> {
  const [nsenter = '', ...within] = insideOf(of)
  const holding: ChildProcess = spawn(
    nsenter,
    [...within, 'sh', '-c', `${mounting} && exec sleep 3600`, folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const said = await Promise.race([once(holding.stdout!, 'data'), once(holding, 'exit')])
  if (String(said[0]).trim() !== 'dead') throw new Error(`the share could not be taken away: ${said[0]}`)
  return {
    async end() {
      if (holding.signalCode !== null) return
      const ended = once(holding, 'exit')
      holding.kill('SIGKILL')
      await ended
      spawnSync(nsenter, [...within, 'umount', '-l', folder])
    },
  }
}
