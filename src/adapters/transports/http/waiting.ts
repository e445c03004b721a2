// The waiting door, for systems that cannot be called: the first document that waits, its files, and that it was taken.
//
//   GET    <path>                              the first one, 204 when none waits; it stays until it is deleted
//   GET    <path>/<id>/attachments/<sha256>    the bytes of one of its files
//   DELETE <path>/<id>                         it is stored: the next one comes
import { Readable } from 'node:stream'
import { problem } from '../../../problem/problem.ts'
import type { Access, AdapterVerbs, Door, DoorAnswer, DoorRequest, Parcel } from '../../contract.ts'
import type { DocumentForm, Written } from '../../formats/format.ts'
import type { Channel } from '../transport.ts'
import { problemsAnswer } from './answers.ts'

/** Documents that the form cannot express, which are passed by at one look. */
const mostPassedBy = 20

type Forms = Readonly<Partial<Record<Channel, DocumentForm>>>
type Enter = (request: DoorRequest, verbs: AdapterVerbs) => Promise<DoorAnswer>
type Opened = (enter: Enter) => Door['enter']

export function waitingDoors(path: string, access: Access, forms: Forms, opened: Opened): readonly Door[] {
  return [
    {
      method: 'GET',
      path,
      access,
      enter: opened((request, verbs) => give(request.rest, path, forms, verbs)),
    },
    { method: 'DELETE', path, access, enter: opened((request, verbs) => forget(request.rest, verbs)) },
  ]
}

async function give(rest: string, path: string, forms: Forms, verbs: AdapterVerbs): Promise<DoorAnswer> {
  const file = /^\/([0-9a-z-]{1,40})\/attachments\/([0-9a-f]{64})$/.exec(rest)
  if (file === null && !/^\/?(\?.*)?$/.test(rest)) return unknown(rest)
  // What the form cannot express is settled as refused, so that it does not stand in the way of what comes after.
  for (let passed = 0; passed < mostPassedBy; passed += 1) {
    const parcel = await verbs.head()
    if (file !== null)
      return parcel !== undefined && parcel.id === file[1]
        ? giveFile(parcel, file[2] ?? '', forms)
        : unknown(rest)
    if (parcel === undefined) return { status: 204 }
    const written = await write(parcel, forms)
    if (!('problem' in written)) return document(parcel, written, path)
    const { problem: reason, said } = written
    await verbs.settle(parcel.id, { kind: 'refused', problem: reason, said })
  }
  return problemsAnswer([problem('gateway.unavailable', '')])
}

function document(parcel: Parcel, written: Written, path: string): DoorAnswer {
  return {
    status: 200,
    headers: {
      'content-type': written.mediaType,
      'saraban-parcel': parcel.id,
      'saraban-document': parcel.envelope.content,
      ...(written.files.length > 0 && {
        link: written.files
          .map(({ sha256 }) => `<${path}/${parcel.id}/attachments/${sha256}>; rel="enclosure"`)
          .join(', '),
      }),
    },
    body: written.bytes,
  }
}

async function giveFile(parcel: Parcel, sha256: string, forms: Forms): Promise<DoorAnswer> {
  const written = await write(parcel, forms)
  const file = 'problem' in written ? undefined : written.files.find((each) => each.sha256 === sha256)
  if (file === undefined) return unknown(sha256)
  const { content, mediaType } = file
  const size = content.kind === 'bytes' ? content.bytes.length : content.size
  return {
    status: 200,
    headers: { 'content-type': mediaType, 'content-length': String(size) },
    body: content.kind === 'bytes' ? Readable.from([content.bytes]) : parcel.open(sha256),
  }
}

async function forget(rest: string, verbs: AdapterVerbs): Promise<DoorAnswer> {
  const id = /^\/([0-9a-z-]{1,40})$/.exec(rest)?.[1]
  if (id === undefined) return unknown(rest)
  // 404 to a client whose first answer was lost tells it the same: nothing of that name waits any more.
  return (await verbs.settle(id, { kind: 'taken' })) ? { status: 204 } : unknown(id)
}

async function write(parcel: Parcel, forms: Forms) {
  const form = parcel.envelope.content === 'letter' ? forms.receive : forms.notices
  if (form === undefined)
    return { problem: problem('adapter.channel.missing', '', parcel.envelope.content), said: 'no channel' }
  const written = await form.write(parcel)
  return written.ok
    ? written.value
    : {
        problem: written.problems[0],
        said: written.problems.map(({ code, path }) => `${path}: ${code}`).join('; '),
      }
}

const unknown = (what: string): DoorAnswer =>
  problemsAnswer([problem('adapter.waiting.unknown', '', what.slice(0, 200))])
