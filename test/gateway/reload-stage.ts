import t from 'tap'
import { run } from '../../src/cli/program.ts'
import { systemClock, systemRandom } from '../../src/letter/time.ts'
import { office } from '../letter/arbitrary.ts'
import { chiangMai, chiangRai, makeTrust, moi } from './harness.ts'
import { bearer, type Installation, jsonLetter, keyOf, post } from './installation.ts'
import { besideIt } from './store-settings.ts'

t.setTimeout(600_000)

export const phatthalung = office('93')

export const trust = await makeTrust([chiangMai, chiangRai, moi])

/** `saraban profile reload …` beside the gateway of an installation. */
export async function reload(installation: Installation, ...words: string[]) {
  let [out, err] = ['', '']
  const { words: place, environment } = await besideIt(installation.folder, installation.settings.data)
  const code = await run(['profile', 'reload', ...place, ...words], {
    write: (text) => {
      out += text
    },
    complain: (text) => {
      err += text
    },
    environment,
    clock: systemClock,
    random: systemRandom,
    untilEnded: async () => undefined,
  })
  return { code, out, err }
}

export const send = (http: string, from: string, number: number, changes: object = {}, path = 'letters') =>
  post(`${http}/v1/systems/${from}/${path}`, jsonLetter(from, number, changes), bearer(keyOf(from)))
