// The example of docs/sandbox.md, run as it stands: the inbox beside a gateway of one's own, and the number comes back.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, watch } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import t, { type Test } from 'tap'

const root = join(import.meta.dirname, '../..')

async function freePort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return String(port)
}

/** The shell blocks of the example, with the test's own folder and ports, and the program from its sources. */
async function example(folder: string): Promise<readonly string[]> {
  const page = readFileSync(join(root, 'docs/sandbox.md'), 'utf8')
  const section =
    page.split(/^## /m).find((each) => each.startsWith('The inbox beside your own gateway')) ?? ''
  const changes: Readonly<Record<string, string>> = {
    'npx saraban': 'node --import tsx src/cli/saraban.ts',
    '/tmp/rehearsal': folder,
    '8443': await freePort(),
    '8490': await freePort(),
    '8491': await freePort(),
  }
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => {
    let text = block
    for (const [from, to] of Object.entries(changes)) text = text.replaceAll(from, to)
    return text.replace(/sandbox faults$/m, `sandbox faults --control http://127.0.0.1:${changes['8491']}`)
  })
}

/** Runs a script in bash in a group of its own, which is ended with the test. */
function bash(
  t: Test,
  script: string,
): { readonly child: ChildProcess; out(): string; readonly ended: Promise<number> } {
  const child = spawn('bash', ['-c', script], { cwd: root, detached: true })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      out += piece.toString()
    })
  t.teardown(() => {
    try {
      process.kill(-(child.pid ?? 0))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  })
  const ended = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? -1)))
  return { child, out: () => out, ended }
}

/** Resolves when a file of the folder, read as windows-874, holds `text`. */
function untilThere(t: Test, folder: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    let there = false
    const look = () => {
      if (there) return
      const files = readdirSync(folder).filter((name) => name.endsWith('.csv'))
      if (
        files.some((name) => iconv.decode(readFileSync(join(folder, name)), 'windows-874').includes(text))
      ) {
        there = true
        resolve()
      }
    }
    const watcher = watch(folder, look)
    t.teardown(() => watcher.close())
    look()
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
