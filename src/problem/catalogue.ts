// The one catalogue of problems. Each part of the program keeps its own page of it.
import { adapterProblems } from './adapter.ts'
import { cliProblems } from './cli.ts'
import { dbfProblems } from './dbf.ts'
import { ecmsProblems } from './ecms.ts'
import { envelopeProblems } from './envelope.ts'
import { gatewayProblems } from './gateway.ts'
import { letterProblems } from './letter.ts'
import { mailProblems } from './mail.ts'
import { proposeProblems } from './propose.ts'
import { recordProblems } from './records.ts'
import { remoteProblems } from './remote.ts'
import { restProblems } from './rest.ts'
import { sqlProblems } from './sql.ts'
import { tableProblems } from './tables.ts'
import { xmlProblems } from './xml.ts'

export const catalogue = {
  ...letterProblems,
  ...envelopeProblems,
  ...adapterProblems,
  ...ecmsProblems,
  ...dbfProblems,
  ...mailProblems,
  ...proposeProblems,
  ...recordProblems,
  ...remoteProblems,
  ...restProblems,
  ...sqlProblems,
  ...tableProblems,
  ...xmlProblems,
  ...gatewayProblems,
  ...cliProblems,
} as const
