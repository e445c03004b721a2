// Whether the folders of systems, as they are mounted on this machine, are those that the gateways of the installation know.
import { isAbsolute, join } from 'node:path'
import { markIn } from '../../adapters/transports/folder/proof.ts'
import { type Problem, problem, within } from '../../problem/problem.ts'
import type { ConnectedSystem } from '../installation/systems.ts'
import type { Reader } from '../journal/database.ts'
import { listMarks } from '../journal/marks.ts'

/** One problem for each folder that stands here without its mark; `data` is where relative paths of profiles stand. */
export async function otherFolders(
  reader: Reader,
  systems: Iterable<Pick<ConnectedSystem, 'system' | 'places'>>,
  data: string,
): Promise<readonly Problem[]> {
  const marks = await listMarks(reader)
  const looks = [...systems].flatMap(({ system, places }) =>
    places.map(async (place): Promise<readonly Problem[]> => {
      if (place.kind !== 'folder') return []
      const known = marks.find(
        (each) => each.system === system.id && standsIn(data, each.place) === place.path,
      )
      if (known === undefined) return []
      // A folder that is not there at all is unreachable, which is said of it.
      const found = await markIn(join(place.path, '.saraban', 'folder')).catch(() => undefined)
      return found === known.mark ? [] : [within(system.id, problem('adapter.folder.other', '', place.path))]
    }),
  )
  return (await Promise.all(looks)).flat()
}

const standsIn = (data: string, place: string): string => (isAbsolute(place) ? place : join(data, place))
