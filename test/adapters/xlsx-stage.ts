// What the tests of spreadsheets share: workbooks as Excel packs them, of parts that a test writes.
import { strToU8, type Zippable, zipSync } from 'fflate'
import { xlsx } from '../../src/adapters/formats/xlsx/xlsx.ts'
import { recordForm, shown } from './there-and-back.ts'

export const plain = recordForm(xlsx, {})

export const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
export const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships'

interface Parts {
  /** What stands in `sheetData`, and what follows it. */
  readonly rows?: string
  readonly after?: string
  readonly texts?: string
  readonly styles?: string
  readonly workbook?: string
  readonly others?: Zippable
}

export const relationships = (...found: readonly (readonly [string, string, string])[]): string =>
  `<Relationships xmlns="${packages}">${found.map(([id, type, target]) => `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`).join('')}</Relationships>`

/** A workbook as Excel packs it, with these parts. */
export function book({
  rows = '',
  after = '',
  texts = '',
  styles = '',
  workbook,
  others = {},
}: Parts): Buffer {
  const parts: Record<string, string> = {
    '_rels/.rels': relationships(['rId1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml':
      workbook ??
      `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr/><sheets><sheet name="หนังสือส่ง" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ['rId2', 'worksheet', '/xl/worksheets/sheet2.xml'],
      ['rId3', 'sharedStrings', 'sharedStrings.xml'],
      ['rId4', 'styles', 'styles.xml'],
    ),
    'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="${main}"><dimension ref="A1"/><sheetData>${rows}</sheetData>${after}</worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet xmlns="${main}"><sheetData><row><c t="inlineStr"><is><t>z</t></is></c></row><row><c><v>2</v></c></row></sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${texts}</sst>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}">${styles}</styleSheet>`,
  }
  const files = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)]))
  return Buffer.from(zipSync({ ...files, ...others }, { level: 1 }))
}

export const head =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
export const codes = (bytes: Buffer) => shown(plain, bytes).map(([, ...found]) => found.join())

// As Excel 2007 writes it: shared texts, runs, a date style, a title that is joined, a hidden sheet before.
export const sample = book({
  workbook: `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="ตั้งค่า" sheetId="2" state="hidden" r:id="rId2"/><sheet name="หนังสือส่ง" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  texts: [
    '<si><t>ทะเบียนหนังสือส่ง</t></si><si><t>ที่หนังสือ</t></si><si><t>ลงวันที่</t></si><si><t xml:space="preserve">เรื่อง </t></si>',
    '<si><t>ถึง</t></si><si><t>รหัส</t></si><si><t>ชม 0017.1/492</t></si>',
    '<si><r><rPr><b/></rPr><t xml:space="preserve">การเชื่อมโยง </t></r><r><t>ระบบ_x000D_\nใหม่</t></r><rPh sb="0" eb="1"><t>อ่านว่า</t></rPh><phoneticPr fontId="1"/></si>',
    '<si><t>กระทรวงมหาดไทย</t></si>',
  ].join(''),
  styles:
    '<numFmts count="1"><numFmt numFmtId="187" formatCode="[$-107041E]d\\ mmm\\ yy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="187"/></cellXfs><dxfs><dxf><numFmt numFmtId="187" formatCode="0"/></dxf></dxfs>',
  rows: [
    '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
    '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="s"><v>2</v></c><c r="C3" t="s"><v>3</v></c><c r="D3" t="s"><v>4</v></c><c r="E3" t="s"><v>5</v></c></row>',
    '<row r="4"><c r="A4" t="s"><v>6</v></c><c r="B4" s="1"><v>39767</v></c><c r="C4" t="s"><v>7</v></c><c r="D4" t="s"><v>8</v></c><c r="E4"><v>12345678901234567890</v></c></row>',
    '<row r="5" hidden="1"><c r="A5" t="str"><f>"ชม 0017.1/"&amp;493</f><v>ชม 0017.1/493</v></c><c r="B5" s="1"><v>39768</v></c><c r="C5" t="inlineStr"><is><t>สอง</t></is></c><c r="D5"/><c r="E5"><v>1.5E3</v></c></row>',
    '<row r="6"><c r="A6" s="1"/></row>',
  ].join(''),
  after: '<mergeCells count="2"><mergeCell ref="A1:E1"/><mergeCell ref="D4:D5"/></mergeCells>',
})
