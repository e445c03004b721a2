import t from 'tap'
import { testFaults } from './short.ts'

t.setTimeout(600_000)

await testFaults('days')
