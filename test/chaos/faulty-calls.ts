// Makes the n-th call to files or to SQLite from now fail, once or for good, in this process, as a failing disk does: below
// everything that the gateway is made of, and without a word to it.
import fs from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'

export interface FaultyCall {
  /** `write`: of the calls to files those that need room. */
  readonly calls: 'file' | 'write' | 'store'
  /** 1: the next one. */
  readonly nth: number
  readonly forGood: boolean
}

/** What the process that runs the gateway is told. */
export type FaultOrder = { readonly fault: FaultyCall } | { readonly mend: true }
/** What it answers: which call failed; or how many calls there were since it was told last. */
export type FaultAnswer = { readonly failed: string } | { readonly counted: Counted }

export interface Counted {
  readonly file: number
  readonly write: number
  readonly store: number
}

let fault: FaultyCall | undefined
let counted = { file: 0, write: 0, store: 0 }
let patched = false

export function listenForFaults(): void {
  process.on('message', (message: object) => {
    if (!('fault' in message || 'mend' in message)) return
    const order = message as FaultOrder
    if (!patched) patch()
    patched = true
    process.send?.({ counted } satisfies FaultAnswer)
    counted = { file: 0, write: 0, store: 0 }
    fault = 'fault' in order ? order.fault : undefined
  })
}

/** Counts a call, and throws when it is to fail. */
function count(kinds: readonly FaultyCall['calls'][], name: string, error: () => Error): void {
  for (const kind of kinds) counted[kind] += 1
  if (fault === undefined || !kinds.includes(fault.calls) || counted[fault.calls] < fault.nth) return
  if (!fault.forGood) fault = undefined
  process.send?.({ failed: name } satisfies FaultAnswer)
  throw error()
}

const fileError = (name: string, full: boolean) => (): Error =>
  Object.assign(new Error(full ? `ENOSPC: no space left on device, ${name}` : `EIO: i/o error, ${name}`), {
    code: full ? 'ENOSPC' : 'EIO',
    errno: full ? -28 : -5,
    syscall: name,
  })

const needRoom = new Set([
  ...[
    'openSync',
    'writeSync',
    'writeFileSync',
    'fsyncSync',
    'renameSync',
    'mkdirSync',
    'linkSync',
    'copyFileSync',
  ],
  ...[
    'open',
    'write',
    'writev',
    'writeFile',
    'sync',
    'datasync',
    'rename',
    'mkdir',
    'link',
    'copyFile',
    'appendFile',
  ],
])
const noRoom = [
  ...[
    'readFileSync',
    'readdirSync',
    'statSync',
    'lstatSync',
    'unlinkSync',
    'rmSync',
    'truncateSync',
    'readSync',
  ],
  ...[
    'readFile',
    'readdir',
    'stat',
    'lstat',
    'unlink',
    'rm',
    'rmdir',
    'truncate',
    'read',
    'opendir',
    'utimes',
  ],
]

/** Files of installations lie in scratch folders; the program itself, which is read too, does not. The log goes on. */
const concerns = (path: unknown): boolean =>
  typeof path === 'string' && path.includes('saraban-') && !path.endsWith('gateway.log')

/** Descriptors of files of the installation that were opened here. */
const ours = new Set<number>()

function patch(): void {
  const failing = (name: string, concerned: (first: unknown) => boolean, first: unknown): void => {
    if (!concerned(first)) return
    const room = needRoom.has(name)
    count(room ? ['file', 'write'] : ['file'], name, fileError(name, fault?.calls === 'write'))
  }
  const wrap = (
    target: object,
    name: string,
    concerned: (first: unknown) => boolean,
    later: boolean,
  ): void => {
    const holder = target as Record<string, unknown>
    const original = holder[name]
    if (typeof original !== 'function') return
    holder[name] = function (this: unknown, ...values: unknown[]) {
      try {
        failing(name, concerned, values[0])
      } catch (error) {
        if (later) return Promise.reject(error)
        throw error
      }
      const result: unknown = Reflect.apply(original, this, values)
      if (name === 'openSync' && concerned(values[0])) ours.add(result as number)
      return result
    }
  }
  const ofDescriptor = (first: unknown): boolean =>
    concerns(first) || (typeof first === 'number' && ours.has(first))
  for (const name of [...needRoom, ...noRoom]) {
    if (name.endsWith('Sync')) wrap(fs, name, ofDescriptor, false)
    else wrap(fs.promises, name, concerns, true)
  }
  void patchHandles(wrap)
  patchSqlite()
  syncBuiltinESMExports()
}

/** Files that are open: all of them are the gateway's own. */
async function patchHandles(
  wrap: (target: object, name: string, concerned: (first: unknown) => boolean, later: boolean) => void,
): Promise<void> {
  const handle = await fs.promises.open('/dev/null')
  const prototype = Object.getPrototypeOf(handle) as object
  await handle.close()
  for (const name of ['write', 'writev', 'writeFile', 'sync', 'datasync', 'read', 'stat', 'truncate'])
    wrap(prototype, name, () => true, true)
}

/** Its statements and transactions. A ROLLBACK is no call that a disk can fail. */
function patchSqlite(): void {
  const Sqlite = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3')
  const connection = new Sqlite(':memory:')
  const statement = Object.getPrototypeOf(connection.prepare('SELECT 1')) as object
  connection.close()
  const error = () => new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR')
  const wrap = (target: object, name: string): void => {
    const holder = target as Record<string, (...values: unknown[]) => unknown>
    const original = holder[name]!
    holder[name] = function (this: { readonly source?: string }, ...values: unknown[]) {
      const said = this.source ?? String(values[0])
      if (said !== 'ROLLBACK') count(['store'], said.trim().replace(/\s+/g, ' ').slice(0, 60), error)
      return Reflect.apply(original, this, values)
    }
  }
  for (const name of ['run', 'get', 'all']) wrap(statement, name)
  wrap(Sqlite.prototype, 'exec')
}
