// What a disk has against being used, in words.

const words: Readonly<Record<string, string>> = {
  EEXIST: 'something that is no folder stands there',
  ENOTDIR: 'something that is no folder stands there',
  EISDIR: 'a folder stands where a file should be',
}

/** The system's code, and what it means here; undefined: the error is not the disk's, and the program is at fault. */
export function diskReason(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!/^E[A-Z]+$/.test(code)) return undefined
  return words[code] === undefined ? code : `${code}: ${words[code]}`
}

/** Which file or folder an error of the disk is about. */
export const diskPath = (error: unknown): string | undefined =>
  error instanceof Error && 'path' in error ? String(error.path) : undefined
