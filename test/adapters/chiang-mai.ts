// Letters as Chiang Mai's system writes them (profiles/chiang-mai-csv.yaml), and its four folders under one root.
import iconv from 'iconv-lite'

const header =
  'ที่หนังสือ,ลงวันที่,เรื่อง,ความเร็ว,ชนิด,เวียน,จาก,ถึง,ชื่อผู้ลงนาม,สกุลผู้ลงนาม,ตำแหน่งผู้ลงนาม,ชื่อผู้รับ,สกุลผู้รับ,ตำแหน่งผู้รับ,อ้างถึงที่,อ้างถึงวันที่,อ้างถึงเรื่อง,สิ่งที่ส่งมาด้วย,ส่งเมื่อ,หมายเหตุ,ไฟล์1,ไฟล์2,เลขทะเบียนส่ง'

export const row = (number: string, file = '', date = '1 ม.ค. 2551') =>
  `${number},${date},เรื่อง,1,,,,มท,,,,,,,,,,,,,${file},,`

export const csv = (...rows: string[]) => iconv.encode(`${[header, ...rows].join('\r\n')}\r\n`, 'windows-874')

export const environment = {
  SARABAN_50_SEND: 'send',
  SARABAN_50_SEND_NOTICES: 'send-notices',
  SARABAN_50_RECEIVE: 'receive',
  SARABAN_50_NOTICES: 'notices',
}
