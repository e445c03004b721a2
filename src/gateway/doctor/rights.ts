// Whether this user may read and write where the gateway keeps things. A copy that was put back by root, or a command that root
// ran, leaves files there that the gateway cannot write.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../problem/problem.ts'
import type { Settings } from '../settings/settings.ts'
import { rightsTo, silentFolder } from './reach.ts'

/** The first of each folder that this user may not use, or a share that does not answer: what stands in one is not looked at then. */
export async function lookAtRights({
  data,
  attachments,
}: Pick<Settings, 'data' | 'attachments'>): Promise<readonly Problem[]> {
  const ofData = await lookInto(data, 'files')
  // Of a folder that does not answer none inside it does.
  const inData = ofData.some(({ code }) => code === 'doctor.unreachable')
    ? undefined
    : join(data, 'attachments')
  const scans = attachments?.kind === 'folder' ? attachments.path : inData
  const found = [...ofData, ...(scans === undefined ? [] : await lookInto(scans, 'folders'))]
  return [...new Map(found.map((each) => [each.value, each])).values()]
}

async function lookInto(folder: string, what: 'files' | 'folders'): Promise<readonly Problem[]> {
  const silent = await silentFolder(folder)
  return silent === undefined ? inFolder(folder, what) : [silent]
}

/** What is wrong with a folder and with what stands directly in it; nothing where there is none yet. */
async function inFolder(folder: string, what: 'files' | 'folders'): Promise<readonly Problem[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  const own = await rightsTo(folder).catch(() => undefined)
  if (own !== undefined || entries === undefined) return own === undefined ? [] : [own]
  const inside = entries.filter((entry) => (what === 'files' ? entry.isFile() : entry.isDirectory()))
  for (const { name } of inside) {
    // One may be gone meanwhile.
    const wrong = await rightsTo(join(folder, name)).catch(() => undefined)
    if (wrong !== undefined) return [wrong]
  }
  return []
}
