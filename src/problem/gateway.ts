import type { ProblemDefinition } from './problem.ts'

export const gatewayProblems = {
} as const satisfies Record<string, ProblemDefinition>
