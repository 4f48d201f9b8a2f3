/** A source of random choices that a seed makes repeatable. */
export interface Random {
  /** A number from 0 up to but not including 1. */
  readonly next: () => number;
  /** Whether something happens that has this chance. */
  readonly chance: (probability: number) => boolean;
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** From `least` to `most` different items. */
  readonly some: <Item>(items: readonly Item[], least: number, most: number) => Item[];
}

/** The generator mulberry32: small, and the same on every machine. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const index = between(0, items.length - 1);
    if (!(index in items)) throw new RangeError("nothing to pick from");
    return items[index] as Item;
  };
  const some = <Item>(items: readonly Item[], least: number, most: number): Item[] => {
    const left = [...items];
    return Array.from({ length: Math.min(between(least, most), items.length) }, () => {
      const [item] = left.splice(between(0, left.length - 1), 1);
      return item as Item;
    });
  };
  return { next, between, pick, some, chance: (probability) => next() < probability };
}
