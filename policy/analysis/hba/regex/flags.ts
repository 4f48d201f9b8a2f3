import { RegexError } from "./error.ts";

/** What the start of a regular expression sets. */
export interface Flags {
  /** The advanced syntax; without it the extended one of POSIX. */
  readonly advanced: boolean;
  /** The basic syntax of POSIX, which is not evaluated here. */
  readonly basic: boolean;
  /** The rest is no pattern but a text. */
  readonly literal: boolean;
  readonly ignoreCase: boolean;
  /** Blanks and comments do not count. */
  readonly expanded: boolean;
  /** `.` and `[^…]` do not match a newline. */
  readonly newlineStops: boolean;
  /** `^` and `$` match next to a newline. */
  readonly newlineAnchors: boolean;
}

const defaults: Flags = {
  advanced: true,
  basic: false,
  literal: false,
  ignoreCase: false,
  expanded: false,
  newlineStops: false,
  newlineAnchors: false,
};

const options: ReadonlyMap<string, Partial<Flags>> = new Map<string, Partial<Flags>>([
  ["b", { advanced: false, basic: true, literal: false }],
  ["c", { ignoreCase: false }],
  ["e", { advanced: false, basic: false, literal: false }],
  ["i", { ignoreCase: true }],
  ["m", { newlineStops: true, newlineAnchors: true }],
  ["n", { newlineStops: true, newlineAnchors: true }],
  ["p", { newlineStops: true, newlineAnchors: false }],
  ["q", { literal: true, advanced: false }],
  ["s", { newlineStops: false, newlineAnchors: false }],
  ["t", { expanded: false }],
  ["w", { newlineStops: false, newlineAnchors: true }],
  ["x", { expanded: true }],
]);

/**
 * The flags that a regular expression begins with, and where it goes on after them.
 * @throws RegexError
 */
export function parseFlags(pattern: string): { flags: Flags; end: number } {
  let start = 0;
  if (/^\*\*\*./s.test(pattern)) {
    if (pattern[3] === "=") return { flags: { ...defaults, advanced: false, literal: true }, end: 4 };
    if (pattern[3] !== ":") throw new RegexError(pattern[3] === "?" ? "pattern" : "operand");
    start = 4;
  }
  const embedded = /^\(\?([A-Za-z]+)(\)?)/.exec(pattern.slice(start));
  if (embedded === null) return { flags: defaults, end: start };
  let flags = defaults;
  for (const letter of embedded[1] ?? "") {
    const option = options.get(letter);
    if (option === undefined) throw new RegexError("option");
    flags = { ...flags, ...option };
  }
  if (embedded[2] === "") throw new RegexError("option");
  if (flags.literal) flags = { ...flags, expanded: false, newlineStops: false, newlineAnchors: false };
  return { flags, end: start + embedded[0].length };
}
