// What is known of letters that are not where they belong, kept for whoever looks for the cause: the story of each in the gateway's
// journal, the gateways' log, and the ledgers. It judges nothing.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { storiesOf } from '../../src/cli/journal.ts'
import { storyPage } from '../../src/cli/story.ts'
import { readJournal } from '../../src/gateway/journal/place.ts'
import { wrongOf } from './judge.ts'
import type { Row } from './rounds.ts'
import type { Stage } from './stage.ts'

/** Keeps it in a folder of the fault's name within `folder`, which is made if it is not there. */
export async function keepEvidence(stage: Stage, row: Row, folder: string): Promise<void> {
  const kept = join(folder, row.fault)
  mkdirSync(kept, { recursive: true })
  // What is copied is evidence, not an installation: keys, scans and envelopes stay where they are.
  cpSync(join(stage.folder, 'installation'), kept, {
    recursive: true,
    filter: (path) => !/\.(pem|pdf|xml)$|\/(certs|attachments|data[^/]*|environment)$/.test(path),
  })
  const journal = readJournal(stage.journal)
  try {
    for (const letter of wrongOf(row)) {
      const stories = await storiesOf(journal.committed, letter.split(' ').slice(3).join(' '), true)
      const pages = stories.map((story) => storyPage(story, { at: stage.clock.now(), running: true }))
      const name = basename(letter.replaceAll(/[^\p{L}\p{M}\p{N}.]+/gu, '-'))
      writeFileSync(join(kept, `${name}.txt`), pages.join('\n') || 'the journal does not know it\n')
    }
  } finally {
    await journal.close()
  }
}
