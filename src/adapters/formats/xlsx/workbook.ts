// A workbook's parts: which sheet is read, its texts, its styles. Found by relationships, as ECMA-376 part 2 has it.
import { posix } from 'node:path'
import { bad, good, problem, type Result } from '../../../problem/problem.ts'
import type { XmlReader } from './part.ts'
import { type Shown, shownBy, unescaped } from './values.ts'
import { Broken, readXml } from './xml.ts'
import type { Archive } from './zip.ts'

export interface Workbook {
  /** The bytes of the sheet that is read. */
  readonly sheet: Buffer
  readonly texts: readonly string[]
  /** How each style shows a number. */
  readonly styles: readonly Shown[]
  readonly since1904: boolean
}

interface Relationship {
  readonly type: string
  readonly target: string
}

const limits = { sheets: 1_000, texts: 1_000_000, styles: 70_000 }

/** Opens a workbook at the sheet of that name, or at its first; hidden ones are not there. */
export function openWorkbook(archive: Archive, name: string | undefined): Result<Workbook> {
  const root = relationships(archive, '')
  if (!root.ok) return root
  const main = ofType(root.value, 'officeDocument')[0]?.[1].target ?? 'xl/workbook.xml'
  const read = sheetsOf(archive, main)
  if (!read.ok) return read
  const parts = relationships(archive, main)
  if (!parts.ok) return parts
  const worksheets = new Map(ofType(parts.value, 'worksheet'))
  const sheets = read.value.sheets.flatMap((each) => {
    const part = worksheets.get(each.id)
    return each.hidden || part === undefined ? [] : [{ name: each.name, target: part.target }]
  })
  const chosen = name === undefined ? sheets[0] : sheets.find((each) => each.name === name)
  if (chosen === undefined) {
    const details = {
      what: 'sheet',
      found: sheets.map((each) => each.name).join(', ') || 'none that is shown',
    }
    return bad(problem('adapter.table.missing', '', name, details))
  }
  const texts = textsOf(archive, ofType(parts.value, 'sharedStrings')[0]?.[1].target)
  if (!texts.ok) return texts
  const styles = stylesOf(archive, ofType(parts.value, 'styles')[0]?.[1].target)
  if (!styles.ok) return styles
  const sheet = archive.part(chosen.target)
  if (!sheet.ok) return sheet
  const { since1904 } = read.value
  return good({ sheet: sheet.value, texts: texts.value, styles: styles.value, since1904 })
}

const ofType = (found: ReadonlyMap<string, Relationship>, type: string): [string, Relationship][] =>
  [...found].filter(([, each]) => each.type.endsWith(`/relationships/${type}`))

/** The relationships of a part, by id; targets are names of parts. */
function relationships(archive: Archive, part: string): Result<ReadonlyMap<string, Relationship>> {
  const folder = posix.dirname(part)
  const name = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  if (!archive.has(name)) return good(new Map())
  return read(archive, name, () => {
    const value = new Map<string, Relationship>()
    return {
      value,
      open: (element, attributes) => {
        if (element !== 'Relationship' || attributes.get('TargetMode') === 'External') return
        if (value.size >= limits.sheets * 2) throw new Broken('it has too many relationships')
        const target = posix.join('/', folder, attributes.get('Target') ?? '')
        const absolute = attributes.get('Target')?.startsWith('/') ? attributes.get('Target') : target
        value.set(attributes.get('Id') ?? '', {
          type: attributes.get('Type') ?? '',
          target: posix.normalize(absolute ?? '').slice(1),
        })
      },
    }
  })
}

function sheetsOf(archive: Archive, part: string) {
  return read(archive, part, () => {
    const sheets: { readonly name: string; readonly id: string; readonly hidden: boolean }[] = []
    const value = { sheets, since1904: false }
    return {
      value,
      open: (element, attributes) => {
        if (element === 'workbookPr') value.since1904 = /^(1|true)$/.test(attributes.get('date1904') ?? '')
        if (element !== 'sheet') return
        if (sheets.length >= limits.sheets) throw new Broken('it has too many sheets')
        const hidden = !['visible', undefined].includes(attributes.get('state'))
        sheets.push({ name: attributes.get('name') ?? '', id: attributes.get('r:id') ?? '', hidden })
      },
    }
  })
}

/** The shared texts. What tells how Japanese is pronounced (`rPh`) is no part of the text. */
function textsOf(archive: Archive, part: string | undefined): Result<readonly string[]> {
  if (part === undefined) return good([])
  return read(archive, part, () => {
    const value: string[] = []
    const runs = textRuns()
    return {
      value,
      open: (element) => {
        if (element === 'si') runs.begin()
        else runs.open(element)
      },
      text: runs.text,
      close: (element) => {
        runs.close(element)
        if (element !== 'si') return
        if (value.length >= limits.texts) throw new Broken('it has too many texts')
        value.push(runs.end())
      },
    }
  })
}

/** The names of the sheets that are shown, in their order; none of a workbook that does not open. */
export function sheetNames(archive: Archive): readonly string[] {
  const root = relationships(archive, '')
  if (!root.ok) return []
  const read = sheetsOf(archive, ofType(root.value, 'officeDocument')[0]?.[1].target ?? 'xl/workbook.xml')
  return read.ok ? read.value.sheets.flatMap(({ name, hidden }) => (hidden ? [] : [name])) : []
}

/** Gathers the text of an `si` or an `is`: its `t`, those of its runs too, and not those of its phonetic runs. */
export function textRuns() {
  let gathered = ''
  let phonetic = 0
  let within = false
  return {
    begin: (): void => {
      gathered = ''
      phonetic = 0
      within = false
    },
    open: (element: string): void => {
      if (element === 'rPh') phonetic += 1
      within = element === 't' && phonetic === 0
    },
    text: (text: string): void => {
      if (within) gathered += text
    },
    close: (element: string): void => {
      if (element === 'rPh') phonetic -= 1
      within = false
    },
    end: (): string => unescaped(gathered),
  }
}

function stylesOf(archive: Archive, part: string | undefined): Result<readonly Shown[]> {
  if (part === undefined) return good([])
  const result = read(archive, part, () => {
    const ids: number[] = []
    const codes = new Map<number, string>()
    const open: string[] = []
    return {
      value: { ids, codes },
      open: (element, attributes) => {
        const parent = open.at(-1)
        open.push(element)
        const id = Number(attributes.get('numFmtId') ?? 0)
        if (parent === 'numFmts' && element === 'numFmt') codes.set(id, attributes.get('formatCode') ?? '')
        if (parent === 'cellXfs' && element === 'xf') ids.push(id)
        if (ids.length + codes.size > limits.styles) throw new Broken('it has too many styles')
      },
      close: () => {
        open.pop()
      },
    }
  })
  if (!result.ok) return result
  const { ids, codes } = result.value
  return good(ids.map((id) => shownBy(id, codes.get(id))))
}

/** Reads a part with a reader that fills its `value`. */
function read<Value>(
  archive: Archive,
  part: string,
  make: () => XmlReader & { readonly value: Value },
): Result<Value> {
  const bytes = archive.part(part)
  if (!bytes.ok) return bytes
  const { reader, wrong } = readXml(bytes.value, make)
  return wrong === undefined ? good(reader.value) : bad(wrong)
}
