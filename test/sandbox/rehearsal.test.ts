// The example of docs/sandbox.md, run as it stands: the inbox beside a gateway of one's own, and the number comes back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { bash, changedIn, root, untilThere } from './shell.ts'

/** The shell blocks of the example, with the test's own folder and ports, and the program from its sources. */
async function example(folder: string): Promise<readonly string[]> {
  const page = readFileSync(join(root, 'docs/sandbox.md'), 'utf8')
  const section =
    page.split(/^## /m).find((each) => each.startsWith('The inbox beside your own gateway')) ?? ''
  const changes: Readonly<Record<string, string | number>> = {
    'npx saraban': 'node --import tsx src/cli/saraban.ts',
    '/tmp/rehearsal': folder,
    '8443': await freePort(),
    '8490': await freePort(),
    '8491': await freePort(),
  }
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => {
    const text = changedIn(block, changes)
    return text.replace(/sandbox faults$/m, `sandbox faults --control http://127.0.0.1:${changes['8491']}`)
  })
}

t.test('the example of docs/sandbox.md: a letter is dropped in, and its number comes back', async (t) => {
  const folder = join(t.testdir(), 'room')
  const [begin = '', look = ''] = await example(folder)
  // The example's services go on running until the second block ends them; `read` waits for the test to say so.
  const ran = bash(t, `set -e\n${begin}\necho begun\nread\n${look}`)
  await new Promise<void>((resolve, reject) => {
    ran.child.stdout?.on('data', () => ran.out().includes('begun') && resolve())
    void ran.ended.then(() => reject(new Error(ran.out())))
  })
  await untilThere(t, join(folder, 'chiang-mai/notices'), 'ลงทะเบียนรับ')
  ran.child.stdin?.end('\n')
  t.equal(await ran.ended, 0, 'it runs to its end')
  t.match(ran.out(), /letter\.registered .*receiveNumber 1\/\d{4}/, 'the inbox prints its register')
  t.match(ran.out(), /ลงทะเบียนรับ.*,1\/\d{4}/, 'the number stands in the province’s own form')
  t.match(ran.out(), /50→moi +registered/)
  t.match(ran.out(), 'What happens next')
  t.match(ran.out(), 'none: the inbox answers as it should')
})
