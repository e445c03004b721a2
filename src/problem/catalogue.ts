// The one catalogue of problems. Each part of the program keeps its own page of it.
import { adapterProblems } from './adapter.ts'
import { cliProblems } from './cli.ts'
import { ecmsProblems } from './ecms.ts'
import { envelopeProblems } from './envelope.ts'
import { gatewayProblems } from './gateway.ts'
import { letterProblems } from './letter.ts'
import { mailProblems } from './mail.ts'

export const catalogue = {
  ...letterProblems,
  ...envelopeProblems,
  ...adapterProblems,
  ...ecmsProblems,
  ...mailProblems,
  ...gatewayProblems,
  ...cliProblems,
} as const
