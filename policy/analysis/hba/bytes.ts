/**
 * Text as PostgreSQL reads it: one character per byte. Lengths, comparisons and regular expressions work on
 * bytes before a database is chosen, so everything between {@link toBytes} and {@link toText} does too.
 */
export type Bytes = string;

/** The bytes of a text (in UTF-8), or of raw file contents. */
export function toBytes(text: string | Uint8Array): Bytes {
  return Buffer.from(text as string).toString("latin1");
}

/** The text for people; bytes that are no UTF-8 become U+FFFD. */
export function toText(bytes: Bytes): string {
  if (isAscii(bytes)) return bytes;
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** Of most texts every byte is a character. */
function isAscii(bytes: Bytes): boolean {
  return !/[\u0080-\u00ff]/.test(bytes);
}
