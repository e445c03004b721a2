import t from 'tap'
import { testFaults } from './short.ts'

t.setTimeout(900_000)

await testFaults('one', (name) => !name.startsWith('kill'))
