// A document's text → its records: those in the list at the profile's path, or one in each line.
import { type Problem, problem } from '../../../problem/problem.ts'
import { decode } from '../charset.ts'
import type { RecordRead } from '../format.ts'
import { addRest, cellsOf, undecodableIn } from './cells.ts'
import type { Json } from './json.ts'
import type { JsonRecordsOptions } from './options.ts'
import { Broken, JsonText } from './parse.ts'
import { type Place, stepsOf } from './path.ts'

type Fault = Extract<RecordRead, { kind: 'fault' }>

/** Reads the records of a document: whole ones, and a fault where it breaks off. */
export function readJsonRecords(
  bytes: Buffer,
  places: readonly Place[],
  options: JsonRecordsOptions,
): RecordRead[] {
  const decoded = decode(bytes, options.charset)
  if ('problem' in decoded) return [fault('document', decoded.problem)]
  if (decoded.text.trim() === '') return [fault('document', problem('adapter.document.empty', ''))]
  return options.layout === 'lines'
    ? readLines(decoded.text, places, options)
    : readDocument(decoded.text, places, options)
}

/** Line-delimited JSON: a broken line costs itself. */
function readLines(text: string, places: readonly Place[], options: JsonRecordsOptions): RecordRead[] {
  const reads: RecordRead[] = []
  let line = 0
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    const one = text.slice(at, end)
    at = end + 1
    line += 1
    if (one.trim() === '') continue
    const position = `line ${line}`
    if (reads.length >= options.records) {
      reads.push(fault(position, tooMany(options)))
      return reads
    }
    const json = new JsonText(one)
    const broken = caught(() => {
      const value = json.value()
      json.end()
      const read = recordOf(value, json.takeFaults(), position, places, options)
      reads.push('made' in read ? { kind: 'record', record: { position, cells: read.made } } : read)
    })
    if (broken !== undefined) reads.push(fault(position, broken))
  }
  return reads
}

function readDocument(text: string, places: readonly Place[], options: JsonRecordsOptions): RecordRead[] {
  const json = new JsonText(text)
  const reads: RecordRead[] = []
  const made: Map<string, string>[] = []
  const outside = new Map<string, Json>()
  const inside = places.filter(({ absolute }) => !absolute)
  const faults: Problem[] = []
  let found = false
  let full = false
  const record = (): void => {
    // What stood before is nobody's fault but the document's.
    faults.push(...json.takeFaults())
    const position = `record ${reads.length + 1}`
    if (reads.length >= options.records) {
      full = true
      throw new Broken(tooMany(options))
    }
    const value = json.value()
    const read = recordOf(value, json.takeFaults(), position, inside, options)
    if ('made' in read) {
      made.push(read.made)
      reads.push({ kind: 'record', record: { position, cells: read.made } })
    } else reads.push(read)
  }
  const descend = ([step, ...rest]: readonly string[], path: string): void => {
    if (step === undefined) {
      found = true
      if (json.next() === '[') json.items(record)
      else record()
    } else if (json.next() === '{')
      json.members((key) => {
        const here = path === '/' ? `/${key}` : `${path}.${key}`
        if (key === step) descend(rest, here)
        else outside.set(here, json.value())
      })
    else outside.set(path, json.value())
  }
  const broken = caught(() => {
    descend(options.record === '' ? [] : stepsOf(options.record), '/')
    json.end()
  })
  faults.push(...json.takeFaults())
  const blocked = addOutside(made, outside, places, broken !== undefined && !full, options.charset)
  if (blocked !== undefined) faults.push(blocked)
  const [first, ...more] = faults
  if (first !== undefined) return [fault('document', first, ...more)]
  if (broken !== undefined) return [...reads, fault(`record ${reads.length + 1}`, broken)]
  if (!found)
    return [fault('document', problem('adapter.json.no-record', '', options.record || 'the document'))]
  return reads
}

/** Adds to every record what stands outside of them. */
function addOutside(
  made: readonly Map<string, string>[],
  outside: ReadonlyMap<string, Json>,
  places: readonly Place[],
  cut: boolean,
  charset: string,
): Problem | undefined {
  const named = places.filter(({ absolute }) => absolute)
  const values = new Map<string, string>()
  const taken = new Set<Json>()
  for (const { at, steps } of named) {
    // Outside there are whole members only: the one that begins the path, then what is in it.
    const [holder] = [...outside].filter(([path]) => path === at || at.startsWith(`${path}.`))
    const node = holder && within(holder[1], steps.slice(stepsOf(holder[0].slice(1)).length))
    // A record without what holds for all would be another one.
    if (node === undefined && cut) return problem('adapter.json.outside-cut', `column ${at}`, at)
    if (node !== undefined && (node.kind === 'list' || node.kind === 'object'))
      return problem('adapter.json.shape', `column ${at}`, at, { found: node.kind, expected: 'one value' })
    values.set(at, node === undefined || node.kind === 'null' ? '' : node.text)
    if (node !== undefined) taken.add(node)
  }
  for (const [path, node] of outside) addRest(values, node, path, taken)
  const [broken] = undecodableIn(values, charset)
  for (const cells of made) for (const [name, value] of values) cells.set(name, value)
  return broken
}

function within(node: Json, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>(
    (at, step) => (at?.kind === 'object' ? at.members.get(step) : undefined),
    node,
  )
}

function recordOf(
  value: Json,
  faults: readonly Problem[],
  position: string,
  places: readonly Place[],
  { charset }: JsonRecordsOptions,
): { readonly made: Map<string, string> } | Fault {
  if (value.kind !== 'object')
    return fault(
      position,
      problem('adapter.json.shape', '', 'record', { found: value.kind, expected: 'object' }),
    )
  const { cells, problems } = cellsOf(value, places, charset)
  const [first, ...rest] = [...faults, ...problems]
  return first === undefined ? { made: cells } : { ...fault(position, first, ...rest), cells }
}

function caught(act: () => void): Problem | undefined {
  try {
    act()
    return undefined
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown
    return thrown.problem
  }
}

const tooMany = ({ records }: JsonRecordsOptions): Problem =>
  problem('adapter.document.too-many', '', undefined, { limit: records, what: 'records' })

const fault = (position: string, first: Problem, ...rest: Problem[]): Fault => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
