// What every profile owes, each in one sentence for people.
import type { ConformanceCheck } from '../adapters/conformance-checks.ts'

/** What a check proves, in English and Thai. */
export const checks: Readonly<Record<ConformanceCheck, { readonly en: string; readonly th: string }>> = {
  accepts: {
    en: 'letters of every code go both ways unchanged, and notices of every kind and receive numbers reach their reader, of their letter, and none that nobody gave',
    th: 'หนังสือทุกชั้นและทุกชนิดไปกลับได้ไม่เปลี่ยน และแจ้งผลทุกชนิดรวมทั้งเลขรับถึงผู้รับตรงฉบับ ไม่มีแจ้งผลที่ไม่มีใครแจ้ง',
  },
  rejects: {
    en: 'what the system cannot say, and what is not a letter, is refused with a reason, and nothing of it is handed on',
    th: 'สิ่งที่ระบบเขียนไม่ได้หรือไม่ใช่หนังสือ ถูกปฏิเสธพร้อมเหตุผล และไม่ถูกส่งต่อ',
  },
  longest: {
    en: 'the longest values are written whole, spilled whole or refused, never cut',
    th: 'ค่าที่ยาวที่สุดถูกเขียนครบ แยกเป็นแฟ้มครบ หรือถูกปฏิเสธ ไม่ถูกตัด',
  },
  emptiest: {
    en: 'a letter with nothing but its number, date, subject and recipient goes both ways',
    th: 'หนังสือที่มีเพียงเลขที่ วันที่ เรื่อง และผู้รับ ไปกลับได้',
  },
  hostile: {
    en: 'texts that broke systems elsewhere (formulas, markup, SQL, line breaks, odd Thai) stay texts',
    th: 'ข้อความที่เคยทำให้ระบบอื่นเสีย (สูตร มาร์กอัป SQL ขึ้นบรรทัด อักขระไทยแปลก) ยังเป็นข้อความ',
  },
  garbage: {
    en: 'broken and half documents are faults with a position, never another letter, and their neighbours are taken',
    th: 'เอกสารเสียหรือขาดครึ่งเป็นข้อผิดพลาดที่บอกตำแหน่ง ไม่กลายเป็นหนังสืออื่น และหนังสือข้างเคียงยังรับได้',
  },
  twice: {
    en: 'the same letter handed over twice is taken once, and brought twice it stands once',
    th: 'หนังสือเดียวกันที่ส่งสองครั้งรับครั้งเดียว และที่นำส่งสองครั้งมีอยู่ฉบับเดียว',
  },
  corrected: {
    en: 'another letter under the same number and date is not taken in silence: a person decides',
    th: 'หนังสืออื่นที่ใช้เลขที่และวันที่เดิมไม่ถูกรับไปเงียบ ๆ ต้องมีคนตัดสิน',
  },
  slow: {
    en: 'a slow other side loses nothing and doubles nothing',
    th: 'ปลายทางที่ช้าไม่ทำให้หนังสือหายหรือซ้ำ',
  },
  down: {
    en: 'while the other side is away everything waits, and afterwards it arrives once',
    th: 'ระหว่างที่ปลายทางหยุด หนังสือทุกฉบับรอ และหลังจากนั้นถึงครั้งเดียว',
  },
}
