// YAML as a person would write it, from values that anybody may have written: nothing of them ends a line or a comment.

const plain = /^[\p{L}_][\p{L}\p{M}\p{N}_./-]*$/u
const words = /^(true|false|null|yes|no|on|off|y|n)$/i

/** A text: plain where that can mean nothing else, in double quotes otherwise. */
export const textOf = (text: string): string =>
  plain.test(text) && !words.test(text)
    ? text
    : JSON.stringify(text).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]|\p{Surrogate}/gu,
        (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )

/** A value in one line. */
export function flow(value: unknown): string {
  if (typeof value === 'string') return textOf(value)
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${keyText(key)}: ${flow(each)}`)
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
  }
  return String(value)
}

const keyText = (key: string): string => (plain.test(key) && !words.test(key) ? key : textOf(key))

/** A remark at the end of a line. */
export const remark = (text: string): string =>
  ` # ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\p{Surrogate}/gu, ' ')}`
