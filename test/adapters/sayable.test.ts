// What a system cannot be told: found when its profile is checked, or declared there; never found out by what does not come.
import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import t from 'tap'
import { formsOf } from '../../src/adapters/adapter.ts'
import { type Profile, readProfile } from '../../src/adapters/profile.ts'
import { type Notice, type NoticeKind, noticeKinds } from '../../src/letter/notice.ts'
import { messageOf, remedyOf } from '../../src/problem/problem.ts'
import { fixedLetter, mustBe, office } from '../letter/arbitrary.ts'
import { messageIdOf } from './message-ids.ts'
import { adapterOf, parcelOf, start, TestClock, TestGateway } from './stage.ts'

const all = '{ R: receive, A: accept, X: reject, I: invalid, D: dispute, C: recall }'

interface Parts {
  readonly kinds?: string
  readonly fields?: string
  readonly more?: string
  readonly told?: string
  readonly way?: string
}

/** A profile of a system that is told by files, or fetches what waits for it. */
const text = ({ kinds = all, fields = '', more = '', told = '', way }: Parts = {}) => `id: told
office: "50"
title: x
origin: self-built
documents:
  letter:
    format: { kind: csv, charset: utf-8 }
    fields:
      number: { at: no, as: letter-number }
      date: { at: day, as: { buddhist-date: "d MMM yyyy" } }
      subject: { at: subject, as: text }
      to: { at: to, as: office }
      attachments: { at: file, as: { file-beside: { separator: ";" } } }
${more}
  notice:
    format: { kind: csv, charset: utf-8 }
    fields:
      kind: { at: kind, as: { table: ${kinds} } }
      number: { at: no, as: letter-number }
${fields === '' ? '      receiveNumber: { at: got, as: text }\n      reason: { always: "" }' : fields}
send: { transport: { kind: folder, path: /a }, document: letter }
receive: { transport: ${way ?? '{ kind: folder, path: /b }'}, document: letter }
notices: { transport: ${way ?? '{ kind: folder, path: /c }'}, document: notice${told} }
`

const faults = (parts: Parts): [string, string, string | undefined][] => {
  const read = readProfile(text(parts), 'told.yaml')
  return read.ok ? [] : read.problems.map(({ path, code, value }) => [path, code, value])
}
const profileOf = (parts: Parts): Profile => mustBe(readProfile(text(parts), 'told.yaml'))

const noticeOf = (kind: NoticeKind): Notice => {
  const fields = {
    from: office('moi'),
    to: office('50'),
    about: {
      messageId: messageIdOf(3),
      digest: '0'.repeat(64),
      number: 'ชม 0017.1/492',
      date: fixedLetter().date,
      subject: 'x',
    },
    at: start,
    reason: kind === 'reject' ? 'ส่งผิดจังหวัด' : '',
  }
  return kind === 'accept' || kind === 'dispute'
    ? { ...fields, kind, receiveNumber: '12/2551' }
    : { ...fields, kind }
}

t.test('check names every kind of notice that cannot be said: mapped, or declared', (t) => {
  const place = 'documents.notice.fields.kind'
  t.same(faults({}), [])
  t.same(faults({ kinds: '{ A: accept }' }), [
    [place, 'adapter.profile.notices-unsaid', 'receive, reject, invalid, dispute, recall'],
  ])
  t.same(
    faults({ kinds: '{ A: accept }', told: ', untold: [receive, reject, invalid, dispute, recall]' }),
    [],
  )
  t.same(faults({ kinds: '{ A: accept, X: reject }', told: ', untold: [receive, invalid, dispute]' }), [
    [place, 'adapter.profile.notices-unsaid', 'recall'],
  ])
  const silent = '{ R: receive, X: reject, I: invalid, D: dispute, C: recall }'
  t.same(faults({ kinds: silent }), [[place, 'adapter.profile.accept-unsaid', undefined]])
  t.same(
    faults({ kinds: silent, told: ', untold: [accept]' }).map(([path, code]) => [path, code]),
    [
      ['notices.untold.0', 'adapter.profile.value-unknown'],
      [place, 'adapter.profile.accept-unsaid'],
    ],
    'the receive number is never declared away',
  )
  t.same(
    faults({ told: ', untold: [fine]' }).map(([path]) => path),
    ['notices.untold.0'],
  )
  t.end()
})

t.test(
  'check looks into the tables of the document: what they have no code for is named, or declared',
  (t) => {
    const place = 'documents.notice.fields.kind'
    const looked = (rows: string, told = '') => {
      const made = text({ told })
        .replace(
          `kind: { at: kind, as: { table: ${all} } }`,
          'kind: { at: kind, as: { lookup: { table: kinds, of: OF } } }',
        )
        .replace(
          'OF',
          '{ table: { got: receive, taken: accept, back: reject, wrong: invalid, doubt: dispute, undone: recall } }',
        )
        .replace('  notice:\n', `  notice:\n    tables: { kinds: { rows: ${rows} } }\n`)
      const read = readProfile(made, 'told.yaml')
      return read.ok ? [] : read.problems.map(({ path, code, value }) => [path, code, value])
    }
    t.same(looked('{ "1": got, "2": taken, "3": back, "4": wrong, "5": doubt, "6": undone }'), [])
    t.same(looked('{ "1": got, "2": taken, "3": back, "4": wrong, "9": else }'), [
      [place, 'adapter.profile.notices-unsaid', 'dispute, recall'],
    ])
    t.same(looked('{ "1": got, "2": taken, "3": back, "4": wrong }', ', untold: [dispute, recall]'), [])
    t.same(looked('{ "1": got, "3": back, "4": wrong }', ', untold: [dispute, recall]'), [
      [place, 'adapter.profile.accept-unsaid', undefined],
    ])
    const urgency = (as: string) => ({
      more: `      urgency: { at: speed, as: ${as} }\n    tables: { speeds: { rows: { "1": ordinary, "2": urgent } } }`,
    })
    t.same(faults(urgency('{ lookup: { table: speeds } }')), [
      ['documents.letter.fields.urgency.as', 'adapter.profile.values-unsaid', 'very-urgent, most-urgent'],
    ])
    t.same(faults(urgency('{ lookup: { table: speeds } }, unsaid: [very-urgent, most-urgent]')), [])
    t.same(faults(urgency('{ lookup: { table: speeds } }, unsaid: [urgent, very-urgent, most-urgent]')), [
      ['documents.letter.fields.urgency.unsaid.0', 'adapter.profile.value-wrong', 'urgent'],
    ])
    t.same(
      faults({ more: '      circular: { at: all, as: { flag: { "true": [Y], "false": [N] } } }' }),
      [],
      'a flag says both',
    )
    t.end()
  },
)

t.test('check: what each notice has of its own is never always the same', (t) => {
  const fields = '      receiveNumber: { always: "1" }\n      reason: { always: "" }'
  t.same(faults({ fields }), [
    ['documents.notice.fields.receiveNumber.always', 'adapter.profile.always-impossible', 'receiveNumber'],
  ])
  t.end()
})

t.test('check: a system that has no reasons is told how to say so', (t) => {
  const read = readProfile(text({ fields: '      receiveNumber: { at: got, as: text }' }), 'told.yaml')
  t.notOk(read.ok)
  if (read.ok) return
  t.same(
    read.problems.map(({ code }) => code),
    ['adapter.profile.reason-missing'],
  )
  t.match(remedyOf(read.problems[0]), 'reason: { always: "" }')
  t.match(remedyOf(read.problems[0], 'th'), 'reason: { always: "" }')
  t.match(messageOf(read.problems[0]), 'reason')
  t.end()
})

t.test('a reason that the system has no column for stands beside its notice', async (t) => {
  const form = formsOf(profileOf({}), new TestClock()).notices!
  const written = mustBe(await form.write(parcelOf({ notice: noticeOf('reject') }, 'p-1', '50')))
  t.same(written.spilled, ['reason'])
  const [file] = written.files
  t.ok(file?.content.kind === 'bytes' && file.content.bytes.toString('utf8').includes('ส่งผิดจังหวัด'))
})

t.test('check names every code of a letter that its table does not know, or has it declared', (t) => {
  const field = (as: string) =>
    `      urgency: { at: speed, as: { table: { "1": ordinary, "2": urgent } }${as} }`
  const place = 'documents.letter.fields.urgency'
  t.same(faults({ more: field('') }), [
    [`${place}.as`, 'adapter.profile.values-unsaid', 'very-urgent, most-urgent'],
  ])
  t.same(faults({ more: field(', unsaid: [most-urgent]') }), [
    [`${place}.as`, 'adapter.profile.values-unsaid', 'very-urgent'],
  ])
  t.same(faults({ more: field(', unsaid: [most-urgent, very-urgent]') }), [])
  t.same(
    faults({ more: field(', unsaid: [urgent, soon, most-urgent, very-urgent]') }).map(([path, code]) => [
      path,
      code,
    ]),
    [
      [`${place}.unsaid.0`, 'adapter.profile.value-wrong'],
      [`${place}.unsaid.1`, 'adapter.profile.value-unknown'],
    ],
  )
  t.same(
    faults({ more: '      description: { at: d, as: text, unsaid: [x] }' }).map(([, code]) => code),
    ['adapter.profile.key-unknown'],
  )
  for (const [more, value] of [
    ['      secrecy: { at: s, as: { table: { "1": ordinary } } }', 'confidential, secret, top-secret'],
    [
      '      kind: { at: s, as: { table: { "1": external, "2": stamped } } }',
      'internal, directive, public, record',
    ],
    ['      circular: { at: s, as: { table: { "1": "true" } } }', 'false'],
  ] as const)
    t.match(faults({ more }), [[String, 'adapter.profile.values-unsaid', value]])
  t.same(faults({ more: '      secrecy: { always: ordinary }' }), [], 'always declares by itself')
  t.end()
})

t.test('what a profile declares unsaid stands in a file beside, and a secret is refused', async (t) => {
  const more = [
    '      urgency: { at: speed, as: { table: { "1": ordinary } }, unsaid: [urgent, very-urgent, most-urgent] }',
    '      secrecy: { at: s, as: { table: { "1": ordinary } }, unsaid: [confidential, secret, top-secret] }',
  ].join('\n')
  const letter = fixedLetter({ attachments: [], urgency: 'urgent' })
  const form = formsOf(profileOf({ more }), new TestClock()).receive!
  const written = mustBe(await form.write(parcelOf({ letter }, 'p-1', '50')))
  t.same(written.spilled, ['urgency'])
  t.match(written.bytes.toString('utf8'), 'p-1-full.txt')
  const [file] = written.files
  t.ok(file?.content.kind === 'bytes' && file.content.bytes.toString('utf8').includes('urgent'))
  const secret = { ...letter, secrecy: 'secret' as const }
  t.match(await form.write(parcelOf({ letter: secret }, 'p-2', '50')), {
    ok: false,
    problems: [{ code: 'adapter.field.secrecy-unsayable', path: 'secrecy', value: 'secret' }],
  })
  const strict = text({ more }).replace(
    'fields:\n      number',
    'unmapped: refuse\n    fields:\n      number',
  )
  const refusing = formsOf(mustBe(readProfile(strict, 'x')), new TestClock()).receive!
  t.match(await refusing.write(parcelOf({ letter }, 'p-3', '50')), {
    ok: false,
    problems: [{ code: 'adapter.field.cannot-say', path: 'urgency' }],
  })
})

t.test('an untold notice is settled as taken and reported, and never refused', async (t) => {
  const told = ', untold: [receive, reject, invalid, dispute, recall]'
  const gateway = new TestGateway()
  const folder = t.testdir({ a: {}, b: {}, c: {} })
  const pushed = text({ kinds: '{ A: accept }', told }).replace(/path: \/(\w)/g, 'path: $1')
  const adapter = adapterOf(mustBe(readProfile(pushed, 'x')), gateway.clock, {}, folder)
  await adapter.start(gateway.verbs(adapter))
  t.teardown(() => adapter.stop())
  const { signal } = new AbortController()
  for (const kind of noticeKinds)
    t.match(await adapter.deliver?.(parcelOf({ notice: noticeOf(kind) }, `p-${kind}`, '50'), signal), {
      kind: 'taken',
      said: new RegExp(kind),
    })
  t.same(
    gateway.reports.filter(({ event }) => event === 'notice.untold').map(({ facts }) => facts),
    noticeKinds.filter((kind) => kind !== 'accept').map((kind) => ({ parcel: `p-${kind}`, kind })),
  )
  const letter = parcelOf({ letter: fixedLetter({ attachments: [] }) }, 'p-letter', '50')
  t.match(await adapter.deliver?.(letter, signal), { kind: 'taken' })
  t.same(
    readdirSync(`${folder}/c`).filter((name) => name.endsWith('.csv')),
    ['p-accept.csv'],
  )
})

t.test('a system that fetches is not kept waiting by what it is not told of', async (t) => {
  const way = '{ kind: http-in, path: /w, access: { kind: certificate } }'
  const gateway = new TestGateway()
  const profile = profileOf({
    kinds: '{ A: accept, X: reject, I: invalid }',
    told: ', untold: [receive, dispute, recall]',
    way,
  })
  const adapter = adapterOf(profile, gateway.clock, {}, t.testdir({ a: {} }))
  await adapter.start(gateway.verbs(adapter))
  t.teardown(() => adapter.stop())
  for (const kind of ['receive', 'recall', 'accept', 'dispute'] as const)
    gateway.queue.push(parcelOf({ notice: noticeOf(kind) }, `p-${kind}`, '50'))
  const door = adapter.doors.find(({ method, path }) => method === 'GET' && path === '/w')
  const ask = () => door!.enter({ headers: {}, rest: '', body: Readable.from([]) })
  t.match(await ask(), { status: 200, headers: { 'saraban-parcel': 'p-accept' } })
  t.match(gateway.settled, [
    { id: 'p-receive', outcome: { kind: 'taken' } },
    { id: 'p-recall', outcome: { kind: 'taken' } },
  ])
  t.equal(gateway.reports.filter(({ event }) => event === 'notice.untold').length, 2)
  gateway.queue.shift()
  t.match(await ask(), { status: 204 })
  t.equal(gateway.settled.length, 3)
})
