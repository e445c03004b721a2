// What can be wrong with a letter or a notice.
import type { ProblemDefinition } from './problem.ts'

export const letterProblems = {
  'letter.field.missing': {
    status: 422,
    permanent: true,
    en: 'a value is needed here and there is none',
    th: 'ต้องมีค่าในช่องนี้ แต่ไม่มี',
    remedy: { en: 'Fill in {path}.', th: 'กรอก {path}' },
  },
} as const satisfies Record<string, ProblemDefinition>
