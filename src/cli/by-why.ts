// Who orders something, and why: kept with it for as long as it is kept.
import { type Problem, problem } from '../problem/problem.ts'
import { exit, Failed } from './terminal.ts'

interface Words {
  readonly by: string
  readonly why?: string
}

/** Throws Failed with each word that is wrong. */
export function checkWords(words: Words): void {
  const problems = wrongWords(words)
  if (problems.length > 0) throw new Failed(exit.usage, problems)
}

/** Of a name and a reason each that is empty or longer than 200 characters. */
export function wrongWords({ by, why }: Words): readonly Problem[] {
  const said = { '--by': by, ...(why !== undefined && { '--why': why }) }
  return Object.entries(said).flatMap(([name, text]) => {
    const { length } = text.trim()
    const expected = 'a few words, at most 200 characters'
    return length > 0 && length <= 200 ? [] : [problem('cli.option.wrong', name, text, { expected })]
  })
}
