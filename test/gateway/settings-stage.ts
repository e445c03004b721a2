// Which problems a result has, and where.
import type { Problem, Result } from '../../src/problem/problem.ts'

export const problemsOf = (result: Result<unknown>): readonly Problem[] => (result.ok ? [] : result.problems)
export const placesOf = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, path }) => `${path}: ${code}`)
