// The gateway as `saraban start` runs it, in a process of its own: it can be killed, and told by SIGHUP to read again.
import { main } from '../../../src/main.ts'

await main(process.argv[2] ?? '', 'all')
