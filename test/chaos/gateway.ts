// A gateway in a process of its own whose calls to files and to the journal can be made to fail.
import '../gateway/kill/gateway.ts'
import { listenForFaults } from './faulty-calls.ts'

listenForFaults()
