// A named pipe that is read or not, as a test says.
import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** Makes one in a folder, and opens both its ends. */
export function pipeIn(folder: string) {
  const file = join(folder, 'pipe')
  spawnSync('mkfifo', [file])
  const open = (flags: number): number => openSync(file, flags | constants.O_NONBLOCK)
  let reader = open(constants.O_RDONLY)
  const writer = open(constants.O_WRONLY)
  let text = ''
  const bytes = Buffer.alloc(1024 * 1024)
  return {
    writer,
    /** All that was read of it so far. */
    read: (): string => {
      // Nothing there, or nobody who writes.
      for (let size = 1; size > 0; ) {
        try {
          size = readSync(reader, bytes)
        } catch {
          break
        }
        text += bytes.subarray(0, size).toString('utf8')
      }
      return text
    },
    hangUp: () => closeSync(reader),
    takeUp: () => {
      reader = open(constants.O_RDONLY)
    },
  }
}
