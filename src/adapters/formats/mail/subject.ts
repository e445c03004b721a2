// The subject's template: texts, and labels in braces for what their lines in the body say.
export interface SubjectTemplate {
  /** The labels in it. */
  readonly labels: readonly string[]
  write(value: (label: string) => string): string
  /** What the places hold; nothing when the subject is another one. Linear in the subject's length. */
  read(subject: string): ReadonlyMap<string, string>
}

export function subjectTemplate(template: string): SubjectTemplate {
  const [start = '', ...rest] = template.split('{')
  const places = rest.map((part) => {
    const [label = '', after = ''] = part.split('}', 2)
    return { label, after }
  })
  return {
    labels: places.map(({ label }) => label),
    write: (value) => start + places.map(({ label, after }) => value(label) + after).join(''),
    read: (subject) => {
      const found = new Map<string, string>()
      if (!subject.startsWith(start)) return found
      let at = start.length
      for (const [index, { label, after }] of places.entries()) {
        const last = index === places.length - 1
        const end = last
          ? subject.endsWith(after)
            ? subject.length - after.length
            : -1
          : subject.indexOf(after, at)
        if (end < at) return new Map()
        found.set(label, subject.slice(at, end).trim())
        at = end + after.length
      }
      return found
    },
  }
}
