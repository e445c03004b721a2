// docs/reference: what each codec, format and transport says of itself, and its examples with what comes out of them.
import { readFileSync } from 'node:fs'
import type { About } from '../src/adapters/about.ts'
import type { JsonSchema } from '../src/adapters/schema.ts'
import { type Option, optionsOf, usedIn, valuesOf } from './options.ts'

/** A codec, a format or a transport, as its page shows it. */
export interface Part {
  readonly name: string
  readonly about: About
  readonly options: JsonSchema
  /** Lines between the summary and the options: the channels of a transport. */
  readonly further?: string
}

/** A page of parts, each with at least one example, a block ```yaml run below its heading. */
export interface Reference {
  readonly file: string
  readonly parts: readonly Part[]
  /** Runs an example: what comes out, as the page shows it. Throws when it is none. */
  run(part: string, example: string): Promise<string>
  /** The options of `part` that an example gives, each as the schema's value. */
  given(part: string, example: string): readonly unknown[]
}

export interface Generated {
  readonly file: string
  readonly part: string
  readonly text: string
}

/** The generated parts of a page. Throws when a part has no section or no example, or an option no words or no example. */
export async function referenceParts(reference: Reference): Promise<readonly Generated[]> {
  const { file, parts } = reference
  const page = readFileSync(file, 'utf8')
  const faults: string[] = []
  const generated: Generated[] = []
  for (const part of parts) {
    const section = sectionOf(page, part.name)
    if (section === undefined) {
      faults.push(`it has no section ## \`${part.name}\``)
      continue
    }
    generated.push({ file, part: part.name, text: partText(part) })
    const examples = examplesIn(section)
    if (examples.length === 0) faults.push(`${part.name} has no example, a block \`\`\`yaml run`)
    const used = new Set<string>()
    for (const [index, example] of examples.entries()) {
      const text = await reference.run(part.name, example)
      generated.push({ file, part: `${part.name} ${index + 1}`, text })
      for (const value of reference.given(part.name, example))
        for (const path of usedIn(value, part.options)) used.add(path)
    }
    for (const { path, schema } of optionsOf(part.options)) {
      if (wordsOf(schema) === undefined) faults.push(`the option ${path} of ${part.name} has no description`)
      if (!used.has(path)) faults.push(`the option ${path} of ${part.name} stands in no example`)
    }
  }
  const known = parts.map(({ name }) => name)
  for (const [, name = ''] of page.matchAll(/^## `([^`]+)`$/gm))
    if (!known.includes(name)) faults.push(`its section ${name} is for nothing that there is`)
  if (faults.length > 0) throw new Error(`${file}:\n  ${faults.join('\n  ')}`)
  return generated
}

function sectionOf(page: string, name: string): string | undefined {
  const from = page.indexOf(`\n## \`${name}\`\n`)
  if (from < 0) return undefined
  const to = page.indexOf('\n## ', from + 1)
  return page.slice(from, to < 0 ? undefined : to)
}

export const examplesIn = (section: string): readonly string[] =>
  [...section.matchAll(/^```yaml run\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

function partText({ about, options, further }: Part): string {
  const rows = optionsOf(options).map(optionRow)
  const own = wordsOf(options)
  return [
    about.summary,
    ...(further === undefined ? [] : ['', further]),
    '',
    ...(rows.length > 0
      ? table(['option', 'may be', 'if not said', 'what it says'], rows)
      : [
          own === undefined
            ? 'It has no options.'
            : `Its option is the value itself: ${own} (${valuesOf(options)}).`,
        ]),
    '',
    ...table(
      ['on a bad day', 'then', 'problem'],
      about.badDays.map(([happens, then, code]) => [
        happens,
        then,
        code === undefined ? '' : `[\`${code}\`](../problems.md#${code.replaceAll('.', '')})`,
      ]),
    ),
  ].join('\n')
}

function optionRow({ path, schema, needed }: Option): readonly string[] {
  const usual = schema['default']
  const bare =
    usual === undefined
      ? needed
        ? '**needed**'
        : ''
      : `\`${typeof usual === 'string' ? usual : JSON.stringify(usual)}\``
  return [`\`${path}\``, valuesOf(schema), bare, wordsOf(schema) ?? '']
}

/** The words of a schema, or of the branch that has some. */
function wordsOf(schema: JsonSchema): string | undefined {
  const { description, else: otherwise } = schema
  if (typeof description === 'string') return description
  return typeof otherwise === 'object' && otherwise !== null ? wordsOf(otherwise as JsonSchema) : undefined
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
  )

/** What came out, as a block. */
export const block = (text: string, language = 'text'): string =>
  `\`\`\`${language}\n${text.replace(/\n+$/, '')}\n\`\`\``
