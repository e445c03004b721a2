// Why a letter was refused, as the notice to its sender says it: a sentence for people, in letters that old systems have.
import { characterFaults } from '../../letter/text.ts'
import { describe, type Problem, problem } from '../../problem/problem.ts'

/** A sentence of the catalogue with its details is shorter; a cell for a reason is seldom longer. */
const longest = 300

const plain: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '…': '...',
}

/**
 * The reason in Thai, with its code. TIS-620 and nothing beyond: a notice that its sender's system could not take would be
 * refused in turn. Words of the other side that were read in a wrong charset tell nobody anything, and no notice may hold them: `?` stands
 * for each. What is cut or not said here stands whole with the attempt.
 */
export function reasonFor(refusal: Problem): string {
  const reason = sentenceOf(refusal)
  return characterFaults(reason).length === 0 ? reason : sentenceOf(wordless(refusal))
}

function sentenceOf(refusal: Problem): string {
  const said = describe({ ...refusal, path: '' }, 'th').replace(
    /[^\u0020-\u007e\u0e01-\u0e3a\u0e3f-\u0e5b]/gu,
    (character) => plain[character] ?? '?',
  )
  const code = `[${refusal.code}]`
  return said.length <= longest ? said : `${said.slice(0, longest - code.length - 4)}... ${code}`
}

function wordless({ code, path, value, details = {} }: Problem): Problem {
  const numbers = Object.entries(details).map(([name, detail]) => [
    name,
    typeof detail === 'number' ? detail : '?',
  ])
  return problem(
    code,
    path,
    value === undefined ? value : '?',
    Object.fromEntries(numbers) as Problem['details'],
  )
}
