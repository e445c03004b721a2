// `npx tsx test/envelope/make-vectors.ts` writes test/envelope/vectors/*.txt anew from the cases of make-vectors/. The
// files are what is tested: other implementations can use them without this program.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { algorithmsVectors } from './make-vectors/algorithms.ts'
import { cases } from './make-vectors/cases.ts'
import { documentsVectors } from './make-vectors/documents.ts'
import { forgedValuesVectors } from './make-vectors/forged-values.ts'
import { goodVectors } from './make-vectors/good.ts'
import { meaningVectors } from './make-vectors/meaning.ts'
import { namesVectors } from './make-vectors/names.ts'
import { referencesVectors } from './make-vectors/references.ts'
import { secondSignaturesVectors } from './make-vectors/second-signatures.ts'
import { transformsVectors } from './make-vectors/transforms.ts'
import { unfitCertificatesVectors } from './make-vectors/unfit-certificates.ts'
import { wrappingVectors } from './make-vectors/wrapping.ts'

const folder = new URL('./vectors/', import.meta.url)

for (const family of [
  goodVectors,
  wrappingVectors,
  secondSignaturesVectors,
  namesVectors,
  algorithmsVectors,
  transformsVectors,
  referencesVectors,
  forgedValuesVectors,
  unfitCertificatesVectors,
  documentsVectors,
  meaningVectors,
])
  family()
mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (name.endsWith('.txt')) rmSync(new URL(name, folder))
for (const [name, { attack, expect, about, at, bytes }] of cases)
  writeFileSync(
    new URL(`${name}.txt`, folder),
    Buffer.concat([
      Buffer.from(`expect: ${expect}\nat: ${at}\nattack: ${attack}\nabout: ${about}\n---\n`),
      bytes,
    ]),
  )
process.stdout.write(`${cases.size} vectors\n`)
