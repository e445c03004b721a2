import type { ProblemDefinition } from './problem.ts'

export const adapterProblems = {
} as const satisfies Record<string, ProblemDefinition>
