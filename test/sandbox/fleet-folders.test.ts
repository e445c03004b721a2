// The members that exchange files, each with its profile through a real gateway that stops and starts in the middle.
import { members as csvFolder } from '../../src/sandbox/fleet/csv-folder/csv-folder.ts'
import { ayutthaya } from '../../src/sandbox/fleet/self-built/ayutthaya.ts'
import { lopBuri } from '../../src/sandbox/fleet/self-built/lop-buri.ts'
import { nakhonSawan } from '../../src/sandbox/fleet/self-built/nakhon-sawan.ts'
import { sakonNakhon } from '../../src/sandbox/fleet/self-built/sakon-nakhon.ts'
import { members as spreadsheets } from '../../src/sandbox/fleet/spreadsheets/spreadsheets.ts'
import { exchange, noneTwice } from './fleet-exchange.ts'

const members = [...csvFolder, ...spreadsheets, ayutthaya, lopBuri, sakonNakhon, nakhonSawan]

await exchange(members, { restart: true }, (t, exchanged) => noneTwice(t, exchanged))
