import type { ProblemDefinition } from './problem.ts'

export const ecmsProblems = {
} as const satisfies Record<string, ProblemDefinition>
