// A document's bytes → its records: charset and declaration first, then the elements, then what stands outside of them.
import { type Problem, problem } from '../../../problem/problem.ts'
import { type Charset, decode, undecodable } from '../charset.ts'
import { escapeBareAmpersands } from '../e-cms/repair.ts'
import type { RecordRead } from '../format.ts'
import { addFree, cellsOf } from './cells.ts'
import type { XmlOptions } from './options.ts'
import type { Place } from './path.ts'
import { scanXml } from './scan.ts'

/** Reads the records of a document: whole ones, and a fault where it breaks off. */
export function readXmlRecords(
  bytes: Buffer,
  record: readonly string[],
  places: readonly Place[],
  options: XmlOptions & { readonly inside: boolean },
): RecordRead[] {
  const { charset } = options
  const repaired = options.repair === undefined ? { bytes, ampersands: 0 } : escapeBareAmpersands(bytes)
  const decoded = decode(repaired.bytes, charset)
  if ('problem' in decoded) return [fault('document', decoded.problem)]
  const text = decoded.text.replace(/^\ufeff/, '')
  if (text.trim() === '') return [fault('document', problem('adapter.document.empty', ''))]
  const other = options.declaration === 'check' ? otherEncoding(text, charset) : undefined
  if (other !== undefined) return [fault('document', other)]
  const reads: RecordRead[] = []
  const inside = places.filter(({ absolute }) => !absolute)
  const made: Map<string, string>[] = []
  let count = 0
  const scanned = scanXml(text, record, options, (element) => {
    count += 1
    const position = `record ${count}`
    if (count > options.records) {
      const details = { limit: options.records, what: 'records' }
      reads.push(fault(position, problem('adapter.document.too-many', '', undefined, details)))
      return false
    }
    const { cells, problems } = cellsOf(element, inside, charset)
    const [first, ...rest] = problems
    reads.push(
      first === undefined
        ? { kind: 'record', record: { position, cells } }
        : { ...fault(position, first, ...rest), cells },
    )
    made.push(cells)
    return true
  })
  const twice = addOutside(made, scanned.outside, places, repaired.ampersands, charset)
  if (scanned.problem !== undefined) reads.push(fault(`record ${count + 1}`, scanned.problem))
  else if (count === 0)
    reads.push(
      fault('document', problem('adapter.xml.no-record', '', options.record, { found: scanned.root })),
    )
  if (twice === undefined) return reads
  // Which of the two holds for a record, nobody can know.
  return reads.map((each) => (each.kind === 'record' ? fault(each.record.position, twice) : each))
}

/** Adds to every record what stands outside of them. */
function addOutside(
  made: readonly Map<string, string>[],
  outside: ReadonlyMap<string, readonly string[]>,
  places: readonly Place[],
  ampersands: number,
  charset: Charset,
): Problem | undefined {
  const named = places.filter(({ absolute }) => absolute).map(({ at }) => at)
  for (const cells of made) {
    for (const at of named) cells.set(at, outside.get(at)?.[0] ?? '')
    for (const [at, values] of outside)
      if (!named.includes(at)) for (const value of values) addFree(cells, at, value)
    // What was changed on the way in is told to whoever reads the letter.
    if (ampersands > 0) addFree(cells, 'xml:escaped-ampersands', String(ampersands))
  }
  const twice = named.find((at) => (outside.get(at)?.length ?? 0) > 1)
  const broken = [...outside].find(([at, values]) => `${at}${values.join('')}`.includes(undecodable))
  if (broken !== undefined)
    return problem('adapter.charset.bytes', broken[0], broken[1].join(' '), { charset })
  return twice === undefined
    ? undefined
    : problem('adapter.xml.twice', `column ${twice}`, twice, { count: outside.get(twice)?.length ?? 0 })
}

const thai = /^(x-)?(windows-?874|cp-?874|tis-?620|iso-8859-11)$/i

function otherEncoding(text: string, charset: Charset): Problem | undefined {
  const [, declared] = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']*)["']/.exec(text) ?? []
  if (declared === undefined) return undefined
  const agrees = charset.startsWith('utf-8') ? /^utf-?8$/i.test(declared) : thai.test(declared)
  return agrees ? undefined : problem('adapter.xml.encoding', '', declared, { expected: charset })
}

const fault = (
  position: string,
  first: Problem,
  ...rest: Problem[]
): Extract<RecordRead, { kind: 'fault' }> => ({
  kind: 'fault',
  position,
  problems: [first, ...rest],
})
