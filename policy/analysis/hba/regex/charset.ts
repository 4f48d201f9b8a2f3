/** A set of bytes: 1 for those that it holds, 0 for all others. */
export type Charset = Uint8Array;

type Range = readonly [from: number, to: number];

const digit: Range = [0x30, 0x39];
const upper: Range = [0x41, 0x5a];
const lower: Range = [0x61, 0x7a];

/** The character classes as they are in the C locale, which is in force while pg_hba.conf is matched. */
const classes = {
  alnum: [digit, upper, lower],
  alpha: [upper, lower],
  ascii: [[0x00, 0x7f]],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x9f],
  ],
  digit: [digit],
  graph: [[0x21, 0x7e]],
  lower: [lower],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [upper],
  xdigit: [digit, [0x41, 0x46], [0x61, 0x66]],
  word: [digit, upper, lower, [0x5f, 0x5f]],
} as const satisfies Readonly<Record<string, readonly Range[]>>;
export type ClassName = keyof typeof classes;

export function isClassName(name: string): name is ClassName {
  return Object.hasOwn(classes, name);
}

/** The bytes of a named class; without regard to case, `upper` and `lower` are all letters. */
export function classSet(name: ClassName, ignoreCase: boolean): Charset {
  return rangeSet(classes[ignoreCase && (name === "upper" || name === "lower") ? "alpha" : name], false);
}

/** The bytes in any of some ranges. What lies beyond a byte is never met. */
export function rangeSet(ranges: readonly Range[], ignoreCase: boolean): Charset {
  const set = new Uint8Array(256);
  for (const [from, to] of ranges) set.fill(1, from, to + 1);
  return ignoreCase ? charset((code) => set[code] === 1 || set[otherCase(code)] === 1) : set;
}

export function complement(set: Charset): Charset {
  return charset((code) => set[code] === 0);
}

export function union(sets: readonly Charset[]): Charset {
  return charset((code) => sets.some((set) => set[code] === 1));
}

export function without(set: Charset, code: number): Charset {
  return charset((each) => each !== code && set[each] === 1);
}

function charset(holds: (code: number) => boolean): Charset {
  const set = new Uint8Array(256);
  for (let code = 0; code < set.length; code++) if (holds(code)) set[code] = 1;
  return set;
}

/** The ASCII letter in the other case; any other byte is its own. */
export function otherCase(code: number): number {
  const letter = (code | 0x20) >= lower[0] && (code | 0x20) <= lower[1];
  return letter ? code ^ 0x20 : code;
}
