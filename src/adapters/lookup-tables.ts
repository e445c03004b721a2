// Tables beside a system's data: codes and what they mean, read whole when a profile is put to work.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { parseDocument } from 'yaml'
import type { Clock } from '../letter/time.ts'
import { bad, good, type Problem, problem, type Result } from '../problem/problem.ts'
import type { LookupRows } from './fields/codec.ts'
import { formats } from './formats/formats.ts'
import type { Profile, TableDefinition } from './profile.ts'
import { resolveReferences } from './references.ts'
import { sayableFindings } from './sayable-check.ts'

/** Bytes of a table, at most: it is wholly in memory while the profile is at work. */
const largest = 16 * 1024 * 1024

export interface TablePlace {
  /** Where `{ env: NAME }` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The place that a relative path stands in. */
  absolute(path: string): string
  readonly clock: Clock
}

/** The profile with the rows of its tables. Every table that cannot be read, every code that stands twice, and what they leave unsaid, is a problem. */
export function withTables(profile: Profile, place: TablePlace): Result<Profile> {
  const problems: Problem[] = []
  const documents = Object.entries(profile.documents).map(([name, document]) => {
    const lookups = new Map<string, LookupRows>()
    for (const [table, definition] of Object.entries(document.tables ?? {})) {
      if ('rows' in definition) continue
      const rows = readTable(definition, profile, place)
      if (rows.ok) lookups.set(table, rows.value)
      else
        problems.push(
          ...rows.problems.map((each) => ({ ...each, path: `documents.${name}.tables.${table}` })),
        )
    }
    return [name, lookups.size === 0 ? document : { ...document, lookups }]
  })
  const complete = { ...profile, documents: Object.fromEntries(documents) }
  // What stands in the profile itself was checked with it: only a table beside can still leave something unsaid.
  if (problems.length === 0)
    problems.push(
      ...sayableFindings({ ...complete.channels, documents: complete.documents }).map(({ at, code, value }) =>
        problem(
          code === 'adapter.profile.accept-unsaid'
            ? 'adapter.lookup.accept-unsaid'
            : 'adapter.lookup.values-unsaid',
          at.join('.'),
          value,
        ),
      ),
    )
  const [first, ...rest] = problems
  return first === undefined ? good(complete) : bad(first, ...rest)
}

function readTable(
  { file, format, code, value }: Exclude<TableDefinition, { rows: unknown }>,
  { id, office }: Profile,
  { environment, absolute, clock }: TablePlace,
): Result<LookupRows> {
  const resolved = resolveReferences(file, environment, absolute)
  if (resolved.findings.length > 0 || typeof resolved.value !== 'string') {
    const [finding] = resolved.findings
    return bad(
      problem('adapter.profile.reference-unresolved', '', finding?.value ?? '', finding?.details ?? {}),
    )
  }
  const bytes = bytesOf(absolute(resolved.value))
  if (!bytes.ok) return bytes
  const kind = formats.find((each) => each.kind === format.kind)
  const form =
    kind?.sort === 'records'
      ? kind.create(format, { office, profile: id, content: 'letter', clock })
      : undefined
  if (form?.ok !== true) throw new Error(`the profile ${id} was not checked`)
  const rows = new Map<string, string>()
  const problems: Problem[] = []
  for (const read of form.value.read(bytes.value)) {
    if (read.kind === 'fault') {
      problems.push(
        ...read.problems.map((each) =>
          problem('adapter.lookup.broken', '', each.code, { position: read.position }),
        ),
      )
      continue
    }
    const { cells, position } = read.record
    const [of, text] = [cells.get(code), cells.get(value)]
    if (of === undefined || text === undefined)
      return bad(
        problem('adapter.column.missing', '', of === undefined ? code : value),
        problem('adapter.columns.found', '', [...cells.keys()].join(', ')),
      )
    if (of.trim() === '') continue
    if (rows.has(of.trim())) problems.push(problem('adapter.lookup.code-twice', '', of.trim(), { position }))
    rows.set(of.trim(), text.trim())
  }
  const [first, ...rest] = problems
  return first === undefined ? good(rows) : bad(first, ...rest)
}

function bytesOf(path: string): Result<Buffer> {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const { size } = fstatSync(file)
    if (!fstatSync(file).isFile())
      return bad(problem('adapter.lookup.unreadable', '', path, { reason: 'it is no file' }))
    if (size > largest) return bad(problem('adapter.document.too-large', '', path, { limit: largest }))
    const bytes = Buffer.alloc(size)
    return good(bytes.subarray(0, readSync(file, bytes, 0, size, 0)))
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read'
    return bad(problem('adapter.lookup.unreadable', '', path, { reason }))
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** The profile's text with the rows of its tables in the place of their files. */
export function withRows(text: string, { documents }: Profile): string {
  const document = parseDocument(text)
  for (const [name, { lookups = new Map() }] of Object.entries(documents))
    for (const [table, rows] of lookups)
      document.setIn(
        ['documents', name, 'tables', table],
        document.createNode({ rows: Object.fromEntries(rows) }),
      )
  return document.toString()
}
