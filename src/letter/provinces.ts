// The 76 provinces that send letters: TIS 1099 code (the digits of ISO 3166-2:TH), names and the two letters that stand
// before their letter numbers. Those of B.E. 2551 are data/provinces.csv; a test compares the two. Bangkok is no
// province and is not here.

/** One province of the code list. */
export interface Province {
  readonly code: string
  readonly th: string
  readonly en: string
  readonly abbreviation: string
  /** The day on which the province was made, `yyyy-MM-dd`, Christian era; absent when it is older than the list. */
  readonly since?: string
}

const province = (code: string, th: string, en: string, abbreviation: string, since?: string): Province => ({
  code,
  th,
  en,
  abbreviation,
  ...(since !== undefined && { since }),
})

export const provinces: readonly Province[] = [
  province('11', 'สมุทรปราการ', 'Samut Prakan', 'สป'),
  province('12', 'นนทบุรี', 'Nonthaburi', 'นบ'),
  province('13', 'ปทุมธานี', 'Pathum Thani', 'ปท'),
  province('14', 'พระนครศรีอยุธยา', 'Phra Nakhon Si Ayutthaya', 'อย'),
  province('15', 'อ่างทอง', 'Ang Thong', 'อท'),
  province('16', 'ลพบุรี', 'Lop Buri', 'ลบ'),
  province('17', 'สิงห์บุรี', 'Sing Buri', 'สห'),
  province('18', 'ชัยนาท', 'Chai Nat', 'ชน'),
  province('19', 'สระบุรี', 'Saraburi', 'สบ'),
  province('20', 'ชลบุรี', 'Chon Buri', 'ชบ'),
  province('21', 'ระยอง', 'Rayong', 'รย'),
  province('22', 'จันทบุรี', 'Chanthaburi', 'จบ'),
  province('23', 'ตราด', 'Trat', 'ตร'),
  province('24', 'ฉะเชิงเทรา', 'Chachoengsao', 'ฉช'),
  province('25', 'ปราจีนบุรี', 'Prachin Buri', 'ปจ'),
  province('26', 'นครนายก', 'Nakhon Nayok', 'นย'),
  province('27', 'สระแก้ว', 'Sa Kaeo', 'สก'),
  province('30', 'นครราชสีมา', 'Nakhon Ratchasima', 'นม'),
  province('31', 'บุรีรัมย์', 'Buri Ram', 'บร'),
  province('32', 'สุรินทร์', 'Surin', 'สร'),
  province('33', 'ศรีสะเกษ', 'Si Sa Ket', 'ศก'),
  province('34', 'อุบลราชธานี', 'Ubon Ratchathani', 'อบ'),
  province('35', 'ยโสธร', 'Yasothon', 'ยส'),
  province('36', 'ชัยภูมิ', 'Chaiyaphum', 'ชย'),
  province('37', 'อำนาจเจริญ', 'Amnat Charoen', 'อจ'),
  // Split off from Nong Khai by the act of B.E. 2554, in force on 23 March 2554.
  province('38', 'บึงกาฬ', 'Bueng Kan', 'บก', '2011-03-23'),
  province('39', 'หนองบัวลำภู', 'Nong Bua Lam Phu', 'นภ'),
  province('40', 'ขอนแก่น', 'Khon Kaen', 'ขก'),
  province('41', 'อุดรธานี', 'Udon Thani', 'อด'),
  province('42', 'เลย', 'Loei', 'ลย'),
  province('43', 'หนองคาย', 'Nong Khai', 'นค'),
  province('44', 'มหาสารคาม', 'Maha Sarakham', 'มค'),
  province('45', 'ร้อยเอ็ด', 'Roi Et', 'รอ'),
  province('46', 'กาฬสินธุ์', 'Kalasin', 'กส'),
  province('47', 'สกลนคร', 'Sakon Nakhon', 'สน'),
  province('48', 'นครพนม', 'Nakhon Phanom', 'นพ'),
  province('49', 'มุกดาหาร', 'Mukdahan', 'มห'),
  province('50', 'เชียงใหม่', 'Chiang Mai', 'ชม'),
  province('51', 'ลำพูน', 'Lamphun', 'ลพ'),
  province('52', 'ลำปาง', 'Lampang', 'ลป'),
  province('53', 'อุตรดิตถ์', 'Uttaradit', 'อต'),
  province('54', 'แพร่', 'Phrae', 'พร'),
  province('55', 'น่าน', 'Nan', 'นน'),
  province('56', 'พะเยา', 'Phayao', 'พย'),
  province('57', 'เชียงราย', 'Chiang Rai', 'ชร'),
  province('58', 'แม่ฮ่องสอน', 'Mae Hong Son', 'มส'),
  province('60', 'นครสวรรค์', 'Nakhon Sawan', 'นว'),
  province('61', 'อุทัยธานี', 'Uthai Thani', 'อน'),
  province('62', 'กำแพงเพชร', 'Kamphaeng Phet', 'กพ'),
  province('63', 'ตาก', 'Tak', 'ตก'),
  province('64', 'สุโขทัย', 'Sukhothai', 'สท'),
  province('65', 'พิษณุโลก', 'Phitsanulok', 'พล'),
  province('66', 'พิจิตร', 'Phichit', 'พจ'),
  province('67', 'เพชรบูรณ์', 'Phetchabun', 'พช'),
  province('70', 'ราชบุรี', 'Ratchaburi', 'รบ'),
  province('71', 'กาญจนบุรี', 'Kanchanaburi', 'กจ'),
  province('72', 'สุพรรณบุรี', 'Suphan Buri', 'สพ'),
  province('73', 'นครปฐม', 'Nakhon Pathom', 'นฐ'),
  province('74', 'สมุทรสาคร', 'Samut Sakhon', 'สค'),
  province('75', 'สมุทรสงคราม', 'Samut Songkhram', 'สส'),
  province('76', 'เพชรบุรี', 'Phetchaburi', 'พบ'),
  province('77', 'ประจวบคีรีขันธ์', 'Prachuap Khiri Khan', 'ปข'),
  province('80', 'นครศรีธรรมราช', 'Nakhon Si Thammarat', 'นศ'),
  province('81', 'กระบี่', 'Krabi', 'กบ'),
  province('82', 'พังงา', 'Phangnga', 'พง'),
  province('83', 'ภูเก็ต', 'Phuket', 'ภก'),
  province('84', 'สุราษฎร์ธานี', 'Surat Thani', 'สฎ'),
  province('85', 'ระนอง', 'Ranong', 'รน'),
  province('86', 'ชุมพร', 'Chumphon', 'ชพ'),
  province('90', 'สงขลา', 'Songkhla', 'สข'),
  province('91', 'สตูล', 'Satun', 'สต'),
  province('92', 'ตรัง', 'Trang', 'ตง'),
  province('93', 'พัทลุง', 'Phatthalung', 'พท'),
  province('94', 'ปัตตานี', 'Pattani', 'ปน'),
  province('95', 'ยะลา', 'Yala', 'ยล'),
  province('96', 'นราธิวาส', 'Narathiwat', 'นธ'),
]
