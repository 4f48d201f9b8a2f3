import type { Bytes } from "./bytes.ts";

/** A word of the file. Quotes are gone from its text. */
export interface Token {
  readonly text: Bytes;
  /** Whether it began with a quote, which takes the special meaning from keywords, `+` and `@`. */
  readonly quoted: boolean;
}

/** A token longer than the server's buffer: the rest of the line is dropped and the line refused. */
export class TokenTooLong extends Error {
  override readonly message = "authentication file token too long";
}

interface Scan {
  readonly token: Token | undefined;
  readonly next: number;
  /** Whether a comma ended it, so that the list goes on. */
  readonly comma: boolean;
}

const bufferSize = 10240;

/**
 * The tokens of the list that starts at an offset, and where it ends. An empty list means the end of the line or a
 * comment.
 * @param limited whether tokens end at a fixed buffer size (PostgreSQL 14 and 15)
 * @throws TokenTooLong
 */
export function scanList(line: Bytes, from: number, limited: boolean): { tokens: readonly Token[]; next: number } {
  const tokens: Token[] = [];
  for (let next = from; ;) {
    const scan = scanToken(line, next, limited);
    next = scan.next;
    if (scan.token === undefined) return { tokens, next };
    tokens.push(scan.token);
    if (!scan.comma) return { tokens, next };
  }
}

function scanToken(line: Bytes, from: number, limited: boolean): Scan {
  let at = from;
  while (at < line.length && (isBlank(line[at]) || line[at] === ",")) at++;
  let text = "";
  let inQuote = false;
  let afterQuote = false;
  let sawQuote = false;
  let quoted = false;
  for (; at < line.length && (inQuote || !isBlank(line[at])); at++) {
    const char = line.charAt(at);
    if (char === "#" && !inQuote) {
      at = line.length;
      break;
    }
    if (limited && text.length >= bufferSize - 1) throw new TokenTooLong();
    if (char === "," && !inQuote) return { token: { text, quoted }, next: at, comma: true };
    if (char !== '"' || afterQuote) text += char;
    afterQuote = inQuote && char === '"' && !afterQuote;
    if (char === '"') {
      inQuote = !inQuote;
      sawQuote = true;
      if (text === "") quoted = true;
    }
  }
  return { token: sawQuote || text !== "" ? { text, quoted } : undefined, next: at, comma: false };
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\r";
}
