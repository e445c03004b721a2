// The one catalogue of problems. Each part of the program keeps its own page of it.
import { alarmProblems } from './alarms.ts'
import { apiProblems } from './api.ts'
import { cliProblems } from './cli.ts'
import { correctProblems } from './correct.ts'
import { dbfProblems } from './dbf.ts'
import { doctorProblems } from './doctor.ts'
import { documentProblems } from './document.ts'
import { ecmsProblems } from './ecms.ts'
import { envelopeProblems } from './envelope.ts'
import { fieldProblems } from './field.ts'
import { gatewayProblems } from './gateway.ts'
import { handOverProblems } from './hand-over.ts'
import { letterProblems } from './letter.ts'
import { mailProblems } from './mail.ts'
import { profileProblems } from './profile.ts'
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
  ...profileProblems,
  ...documentProblems,
  ...fieldProblems,
  ...handOverProblems,
  ...ecmsProblems,
  ...correctProblems,
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
  ...alarmProblems,
  ...apiProblems,
  ...doctorProblems,
  ...cliProblems,
} as const
