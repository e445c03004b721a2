// The one catalogue of problems. Each part of the program keeps its own page of it.
import { adapterProblems } from './adapter.ts'
import { cliProblems } from './cli.ts'
import { ecmsProblems } from './ecms.ts'
import { envelopeProblems } from './envelope.ts'
import { gatewayProblems } from './gateway.ts'
import { letterProblems } from './letter.ts'

export const catalogue = {
  ...letterProblems,
  ...envelopeProblems,
  ...adapterProblems,
  ...ecmsProblems,
  ...gatewayProblems,
  ...cliProblems,
} as const
