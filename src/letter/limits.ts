// The bounds of a letter and a notice. Characters are Unicode code points, as XSD and JSON Schema count them.

export const limits = {
  /** A letter number as printed. */
  number: 100,
  subject: 1_000,
  description: 10_000,
  enclosureNote: 4_000,
  /** Each of a person's given name, family name and job title. */
  person: 200,
  references: 100,
  attachments: 100,
  /** Bytes of one attachment: 2 GiB. */
  attachmentSize: 2 * 1024 ** 3,
  /** Bytes of an attachment's name in UTF-8: what file systems allow. */
  attachmentName: 255,
  extensionFields: 200,
  extensionName: 200,
  extensionValue: 10_000,
  /** All names and values of the extension together, so that the largest letter fits an envelope of 4 MiB. */
  extensionTotal: 200_000,
  receiveNumber: 100,
  reason: 2_000,
} as const
