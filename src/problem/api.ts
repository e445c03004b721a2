// Problems of the operators' API: who may ask, what was asked wrongly, and what cannot be done.
import type { ProblemDefinition } from './definition.ts'

export const apiProblems = {
  'api.access.denied': {
    status: 401,
    permanent: true,
    en: 'the API answers only to a key or a certificate that the settings grant something',
    th: 'API ตอบเฉพาะกุญแจหรือใบรับรองที่ได้รับสิทธิ์ในค่าตั้ง',
    remedy: {
      en: 'Send Authorization: Bearer KEY, or show the client certificate; docs/api.md says how a grant is made.',
      th: 'ส่ง Authorization: Bearer KEY หรือแสดงใบรับรอง วิธีให้สิทธิ์อยู่ใน docs/api.md',
    },
  },
  'metrics.access.denied': {
    status: 401,
    permanent: true,
    en: 'the measures are for this machine itself, and for a grant that sees the states of all letters',
    th: 'ค่าที่วัดได้ให้เฉพาะเครื่องนี้เอง และผู้มีสิทธิ์ดูสถานะหนังสือทุกฉบับ',
    remedy: {
      en: 'Ask from the gateway’s machine, not through a proxy, or send Authorization: Bearer KEY of an operator of all offices (docs/operate.md, “What to watch”).',
      th: 'อ่านจากเครื่องของเกตเวย์โดยไม่ผ่าน proxy หรือส่ง Authorization: Bearer KEY ของ operator ทุกหน่วยงาน (docs/operate.md หัวข้อ “What to watch”)',
    },
  },
  'api.role.lacks': {
    status: 403,
    permanent: true,
    en: 'the role {role} does not have the right to {right}',
    th: 'บทบาท {role} ไม่มีสิทธิ์ {right}',
    remedy: {
      en: 'Ask somebody whose role may; docs/api.md has the table of roles.',
      th: 'ให้ผู้ที่มีบทบาทนี้ทำแทน ดูตารางบทบาทใน docs/api.md',
    },
  },
  'api.not-found': {
    status: 404,
    permanent: true,
    en: 'there is no {what} {value} that you may see',
    th: 'ไม่พบ {what} {value} ที่คุณมีสิทธิ์เห็น',
    remedy: {
      en: 'Look for it in the list; what is of other offices is not there for you.',
      th: 'ค้นหาจากรายการ ข้อมูลของหน่วยงานอื่นจะไม่ปรากฏ',
    },
  },
  'api.request.wrong': {
    status: 400,
    permanent: true,
    en: 'this is not what the API takes here: {expected}',
    th: 'API ไม่รับค่านี้: {expected}',
    remedy: {
      en: 'See /v1/openapi.json for what may stand here.',
      th: 'ดูค่าที่ใช้ได้ใน /v1/openapi.json',
    },
  },
  'api.request.too-large': {
    status: 413,
    permanent: true,
    en: 'the body has more than the {limit} bytes that are taken here',
    th: 'เนื้อหาคำขอใหญ่กว่า {limit} ไบต์ที่รับได้',
    remedy: {
      en: 'Send less; large files of a correction come by saraban messages correct, beside the gateway.',
      th: 'ส่งให้น้อยลง ไฟล์ใหญ่ของการแก้ไขให้ใช้ saraban messages correct ที่เครื่องของเกตเวย์',
    },
  },
  'api.cursor.wrong': {
    status: 400,
    permanent: true,
    en: 'this cursor was not given for this search',
    th: 'เคอร์เซอร์นี้ไม่ใช่ของการค้นหานี้',
    remedy: {
      en: 'Take next from the page before, with the same parameters and the same key; or begin without a cursor.',
      th: 'ใช้ next จากหน้าก่อนหน้า ด้วยพารามิเตอร์และกุญแจเดิม หรือเริ่มใหม่โดยไม่ใช้เคอร์เซอร์',
    },
  },
  'api.nothing-to-do': {
    status: 409,
    permanent: true,
    en: 'nothing of {value} is in a state in which this can be done',
    th: 'ไม่มีส่วนใดของ {value} อยู่ในสถานะที่ทำเช่นนี้ได้',
    remedy: {
      en: 'Look at its states: only what was refused or given up is brought again, only what waits for its next attempt or for an office that cannot be reached is brought at once, and only what waits in quarantine is ended. An office that its profile closes gets nothing before it opens.',
      th: 'ดูสถานะ: นำส่งใหม่ได้เฉพาะที่ถูกปฏิเสธหรือเลิกส่ง ส่งทันทีได้เฉพาะที่รอส่งครั้งถัดไปหรือรอหน่วยงานที่ติดต่อไม่ได้ และปิดได้เฉพาะที่รออยู่ในส่วนกักกัน หน่วยงานที่โพรไฟล์กำหนดเวลาปิดจะได้รับเมื่อเปิดเท่านั้น',
    },
  },
  'api.events.beyond': {
    status: 409,
    permanent: true,
    en: '{value} is no place in this feed, which ends at {last}: the journal was put back from a copy, or it is another one',
    th: '{value} ไม่ใช่ตำแหน่งในลำดับเหตุการณ์นี้ ซึ่งสิ้นสุดที่ {last}: บันทึกถูกกู้จากสำเนา หรือเป็นบันทึกอื่น',
    remedy: {
      en: 'Read on from the last event that both have, or from the beginning, and pass over what is known.',
      th: 'อ่านต่อจากเหตุการณ์ล่าสุดที่มีตรงกัน หรืออ่านใหม่จากต้นโดยข้ามสิ่งที่รู้แล้ว',
    },
  },
  'api.busy': {
    status: 503,
    permanent: false,
    en: 'too many requests wait for events already',
    th: 'มีคำขอที่รอเหตุการณ์มากเกินไป',
    remedy: {
      en: 'Ask without wait, or again later.',
      th: 'ถามโดยไม่ใช้ wait หรือลองใหม่ภายหลัง',
    },
  },
} as const satisfies Record<string, ProblemDefinition>
