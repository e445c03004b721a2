import type { ProblemDefinition } from './problem.ts'

export const envelopeProblems = {
} as const satisfies Record<string, ProblemDefinition>
