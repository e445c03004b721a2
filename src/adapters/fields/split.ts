// One column that holds several fields: it comes apart into parts that fields name like columns, and is put together again.
import { bad, good, type Problem } from '../../problem/problem.ts'
import type { Mapping } from './mapping.ts'
import { templateOf } from './template.ts'

/** The mapping over the columns that the document has; `split`: column → the template of its parts. */
export function splitting(mapping: Mapping, split: Readonly<Record<string, string>>): Mapping {
  const templates = new Map(Object.entries(split).map(([column, text]) => [column, templateOf(text)]))
  if (templates.size === 0) return mapping
  const columnOf = new Map(
    [...templates].flatMap(([column, { names }]) => names.map((name) => [name, column])),
  )
  const comeApart = (cells: ReadonlyMap<string, string>) => {
    const parts = new Map(cells)
    const problems: Problem[] = []
    for (const [column, template] of templates) {
      const apart = template.split((cells.get(column) ?? '').trim())
      if (apart.ok)
        for (const [index, name] of template.names.entries()) parts.set(name, apart.value[index] ?? '')
      else problems.push(...apart.problems.map((each) => ({ ...each, path: `column ${column}` })))
    }
    return { parts, problems }
  }
  return {
    ...mapping,
    columns: [...new Set(mapping.columns.map((name) => columnOf.get(name) ?? name))],
    read: (cells) => {
      const { parts, problems } = comeApart(cells)
      const [first, ...rest] = problems
      return first === undefined ? mapping.read(parts) : bad(first, ...rest)
    },
    more: (cells) =>
      new Map(
        [...mapping.more(comeApart(cells).parts).keys()].map((name): [string, string] => {
          const column = columnOf.get(name) ?? name
          return [column, cells.get(column) ?? '']
        }),
      ),
    readable: (cells) => mapping.readable(comeApart(cells).parts),
    write: (values, refuses) => {
      const written = mapping.write(values, (text, name) => refuses(text, columnOf.get(name) ?? name))
      if (!written.ok) return written
      const cells = new Map([...written.value.cells].filter(([name]) => !columnOf.has(name)))
      const problems: Problem[] = []
      for (const [column, template] of templates) {
        const joined = template.join(template.names.map((name) => written.value.cells.get(name) ?? ''))
        const found = joined.ok ? [refuses(joined.value, column)] : joined.problems
        if (joined.ok) cells.set(column, joined.value)
        for (const each of found) if (each !== undefined) problems.push({ ...each, path: column })
      }
      const [first, ...rest] = problems
      return first === undefined ? good({ ...written.value, cells }) : bad(first, ...rest)
    },
  }
}
