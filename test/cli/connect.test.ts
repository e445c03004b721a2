// docs/connect.md, run as it stands in one shell: each block's output is what the page shows below it.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../../src/sandbox/servers/port.ts'
import { bash, changedIn, root, untilThere } from '../sandbox/shell.ts'

// Most of it is waiting: for a conformance suite, a gateway and a folder that settles.
t.setTimeout(600_000)

interface Block {
  readonly script: string
  /** What the page says that it prints; `…` stands for anything. */
  readonly shown?: string
}

/** The shell blocks of the page, each with the text that follows before the next. */
function blocksOf(page: string): readonly Block[] {
  const fences = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
  return fences.flatMap(({ language, text }, index) => {
    if (language !== 'sh') return []
    const next = fences[index + 1]
    return [{ script: text, ...(next?.language === 'text' && { shown: next.text }) }]
  })
}

/** Whether `printed` is what the page shows. */
function isShown(printed: string, shown: string): boolean {
  const parts = shown.trim().split('…')
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*')
  return new RegExp(`^${pattern}$`).test(printed.replaceAll('\r', '').trim())
}

t.test('what a page shows is held against all that is printed', (t) => {
  t.ok(isShown('a 1.5 s\nb\n', 'a … s\nb'))
  t.notOk(isShown('a 1.5 s\nb\nc\n', 'a … s\nb'), 'a line more')
  t.notOk(isShown('a 1.5 s\n', 'a … s\nb'), 'a line less')
  t.end()
})

t.test('docs/connect.md: a stranger’s system, from two samples to letters both ways', async (t) => {
  const folder = join(t.testdir(), 'room')
  const changes: Readonly<Record<string, string | number>> = {
    'npx saraban': 'node --import tsx src/cli/saraban.ts',
    '/tmp/connect': folder,
    '8453': await freePort(),
    '8492': await freePort(),
    '8493': await freePort(),
  }
  const changed = (text: string): string => changedIn(text, changes)
  const blocks = blocksOf(readFileSync(join(root, 'docs/connect.md'), 'utf8')).map(({ script, shown }) => ({
    script: changed(script),
    ...(shown !== undefined && { shown: changed(shown) }),
  }))
  t.equal(blocks.filter(({ shown }) => shown !== undefined).length, 7)
  // Before a block that looks, what it looks for has come; `read` waits until the test says so.
  const script = blocks.map((block, index) => `read\n${block.script}\necho "── end of ${index}"`).join('\n')
  mkdirSync(folder)
  const ran = bash(t, `set -e\n${script}`)
  // Each block waits for its own mark.
  ran.child.stdout?.setMaxListeners(blocks.length + 5)
  const untilSaid = (text: string) =>
    new Promise<void>((resolve, reject) => {
      ran.child.stdout?.on('data', () => ran.out().includes(text) && resolve())
      void ran.ended.then((code) => reject(new Error(`ended with ${code}:\n${ran.out()}`)))
    })
  let seen = 0
  for (const [index, { script: own, shown }] of blocks.entries()) {
    if (own.includes('/notices/*.csv')) await untilThere(t, join(folder, 'data/uttaradit/notices'), ';ลงรับ;')
    const end = `── end of ${index}`
    const said = untilSaid(end)
    ran.child.stdin?.write('\n')
    await said
    const printed = ran.out().slice(seen, ran.out().indexOf(end))
    seen = ran.out().indexOf(end) + end.length
    if (shown === undefined) t.equal(printed.trim(), '', `block ${index + 1} prints nothing`)
    else t.ok(isShown(printed, shown), `block ${index + 1} prints what the page shows`, { printed, shown })
  }
  t.equal(await ran.ended, 0, 'it runs to its end')
})
