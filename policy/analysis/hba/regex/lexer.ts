import type { ClassName } from "./charset.ts";
import { RegexError } from "./error.ts";
import type { Flags } from "./flags.ts";

export type Lexeme =
  | { readonly type: "char"; readonly code: number }
  | { readonly type: "class"; readonly name: ClassName; readonly negated: boolean }
  | { readonly type: "["; readonly negated: boolean }
  | { readonly type: "("; readonly captures: boolean }
  | { readonly type: "look"; readonly behind: boolean; readonly negated: boolean }
  | { readonly type: "backreference"; readonly group: number }
  | { readonly type: "digit"; readonly value: number }
  | { readonly type: Plain };

type Plain =
  | ("|" | "*" | "+" | "?" | "{" | "}" | "," | ")" | "]" | "." | "^" | "$")
  | ("start" | "end" | "wordStart" | "wordEnd" | "boundary" | "notBoundary")
  | ("range" | "element" | "equivalence" | "className" | "closeName" | "nothing");

type Context = "main" | "bound" | "bracket" | "name";

const nameOpeners: ReadonlyMap<string, Plain> = new Map([
  [".", "element"],
  ["=", "equivalence"],
  [":", "className"],
]);
const escapes: ReadonlyMap<string, Lexeme> = new Map<string, Lexeme>([
  ...Object.entries({ a: 7, b: 8, B: 0x5c, e: 0x1b, f: 0xc, n: 0xa, r: 0xd, t: 9, v: 0xb }).map(
    ([letter, code]) => [letter, { type: "char", code }] as const,
  ),
  ...Object.entries({ d: "digit", s: "space", w: "word" } as const).flatMap(([letter, name]) => [
    [letter, { type: "class", name, negated: false }] as const,
    [letter.toUpperCase(), { type: "class", name, negated: true }] as const,
  ]),
  ...Object.entries({
    A: "start",
    Z: "end",
    m: "wordStart",
    M: "wordEnd",
    y: "boundary",
    Y: "notBoundary",
  } as const).map(([letter, type]) => [letter, { type }] as const),
]);
const maximumCode = 0x7ffffffe;

/** Cuts a regular expression into lexemes, one ahead of the parser. */
export class Lexer {
  /** The lexeme at hand. */
  current: Lexeme = { type: "nothing" };
  /** How many capturing groups have been opened: tells a back reference from an octal number. */
  groups = 0;
  readonly flags: Flags;
  readonly #pattern: string;
  #at: number;
  #context: Context = "main";
  #closer = "";

  constructor(pattern: string, at: number, flags: Flags) {
    this.#pattern = pattern;
    this.#at = at;
    this.flags = flags;
    this.advance();
  }

  /** Moves to the next lexeme; `nothing` is the end. */
  advance(): void {
    const last = this.current.type;
    if (this.flags.expanded && (this.#context === "main" || this.#context === "bound")) this.#skip();
    const char = this.#pattern[this.#at];
    if (char === undefined) {
      if (this.#context === "bound") throw new RegexError("braces");
      if (this.#context !== "main") throw new RegexError("brackets");
      this.current = { type: "nothing" };
      return;
    }
    this.#at++;
    if (this.flags.literal) this.current = charOf(char);
    else if (this.#context === "main") this.current = this.#main(char);
    else if (this.#context === "bound") this.current = this.#bound(char);
    else if (this.#context === "bracket") this.current = this.#bracket(char, last === "[");
    else this.current = this.#name(char);
  }

  /** The text up to the end of a `[. .]`, `[= =]` or `[: :]`, whose opening is at hand. Moves past its end. */
  name(): string {
    const start = this.#at;
    do this.advance();
    while (this.current.type === "char");
    const text = this.#pattern.slice(start, this.#at - 2);
    this.advance();
    return text;
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #skip(): void {
    const blank = /(?:[ \t\n\v\f\r]+|#[^\n]*)*/y;
    blank.lastIndex = this.#at;
    this.#at += blank.exec(this.#pattern)?.[0].length ?? 0;
  }

  #main(char: string): Lexeme {
    switch (char) {
      case "*":
      case "+":
      case "?":
        if (this.flags.advanced) this.#take("?");
        return { type: char };
      case "|":
      case ")":
      case ".":
      case "^":
      case "$":
        return { type: char };
      case "{":
        if (this.flags.expanded) this.#skip();
        if (!/[0-9]/.test(this.#pattern.charAt(this.#at))) return charOf(char);
        this.#context = "bound";
        return { type: "{" };
      case "(":
        return this.flags.advanced && this.#take("?") ? this.#special() : { type: "(", captures: true };
      case "[":
        if (this.#take("[:<:]]")) return { type: "wordStart" };
        if (this.#take("[:>:]]")) return { type: "wordEnd" };
        this.#context = "bracket";
        return { type: "[", negated: this.#take("^") };
      case "\\":
        return this.#escape();
      default:
        return charOf(char);
    }
  }

  /** What follows `(?`. */
  #special(): Lexeme {
    if (this.#take(":")) return { type: "(", captures: false };
    if (this.#take("#")) {
      const end = this.#pattern.indexOf(")", this.#at);
      this.#at = end < 0 ? this.#pattern.length : end + 1;
      this.advance();
      return this.current;
    }
    const behind = this.#take("<");
    if (this.#take("=")) return { type: "look", behind, negated: false };
    if (this.#take("!")) return { type: "look", behind, negated: true };
    throw new RegexError("operand");
  }

  #bound(char: string): Lexeme {
    if (/[0-9]/.test(char)) return { type: "digit", value: Number(char) };
    if (char === ",") return { type: "," };
    if (char !== "}") throw new RegexError("count");
    this.#context = "main";
    if (this.flags.advanced) this.#take("?");
    return { type: "}" };
  }

  #bracket(char: string, first: boolean): Lexeme {
    if (char === "]" && !first) {
      this.#context = "main";
      return { type: "]" };
    }
    if (char === "\\" && this.flags.advanced) {
      const lexeme = this.#escape();
      if (lexeme.type !== "char" && lexeme.type !== "class") throw new RegexError("escape");
      return lexeme;
    }
    if (char === "-" && !first && this.#pattern[this.#at] !== "]") return { type: "range" };
    if (char === "[") {
      const next = this.#pattern[this.#at];
      if (next === undefined) throw new RegexError("brackets");
      const type = nameOpeners.get(next);
      if (type !== undefined) {
        this.#at++;
        this.#context = "name";
        this.#closer = next;
        return { type };
      }
    }
    return charOf(char);
  }

  #name(char: string): Lexeme {
    if (char !== this.#closer || !this.#take("]")) return charOf(char);
    this.#context = "bracket";
    return { type: "closeName" };
  }

  #escape(): Lexeme {
    const char = this.#pattern[this.#at];
    if (char === undefined) throw new RegexError("escape");
    this.#at++;
    if (!this.flags.advanced || !/[A-Za-z0-9]/.test(char)) return charOf(char);
    const known = escapes.get(char);
    if (known !== undefined) return known;
    switch (char) {
      case "c": {
        const control = this.#pattern[this.#at++];
        if (control === undefined) throw new RegexError("escape");
        return { type: "char", code: control.charCodeAt(0) & 0x1f };
      }
      case "u":
        return { type: "char", code: this.#hexadecimal(4, 4) };
      case "U":
        return { type: "char", code: this.#hexadecimal(8, 8) };
      case "x":
        return { type: "char", code: this.#hexadecimal(1, 255) };
      default:
        if (/[A-Za-z]/.test(char)) throw new RegexError("escape");
        this.#at--;
        return this.#numbered();
    }
  }

  /** A back reference where there is such a group or only one digit, else an octal number of at most a byte. */
  #numbered(): Lexeme {
    const decimal = this.#digits(/[0-9]{1,255}/y);
    const group = wrap(decimal, 10);
    if (!decimal.startsWith("0") && (decimal.length === 1 || (group > 0 && group <= this.groups))) {
      this.#at += decimal.length;
      return { type: "backreference", group };
    }
    const octal = this.#digits(/[0-3]?[0-7]{1,2}/y);
    if (octal === "") throw new RegexError("escape");
    this.#at += octal.length;
    return { type: "char", code: Number.parseInt(octal, 8) };
  }

  #hexadecimal(minimum: number, maximum: number): number {
    const digits = this.#digits(/[0-9A-Fa-f]*/y).slice(0, maximum);
    this.#at += digits.length;
    const code = wrap(digits, 16);
    if (digits.length < minimum || code > maximumCode) throw new RegexError("escape");
    return code;
  }

  #digits(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#pattern)?.[0] ?? "";
  }
}

function charOf(char: string): Lexeme {
  return { type: "char", code: char.charCodeAt(0) };
}

/** The value of digits in an unsigned 32-bit number, without a check for overflow. */
function wrap(digits: string, base: number): number {
  return Array.from(digits).reduce((value, digit) => (Math.imul(value, base) + Number.parseInt(digit, base)) >>> 0, 0);
}
