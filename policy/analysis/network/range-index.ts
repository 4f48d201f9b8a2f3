import { getOrAdd } from "../group-by.ts";
import { rangeKey, readRange } from "./cidr.ts";

/** Finds, among many ranges of addresses, those that hold an address: with one look for each length of prefix. */
export interface RangeIndex<T> {
  readonly add: (cidr: string, item: T) => void;
  /** The items of every range that holds the address; none for what is no address. */
  readonly holding: (address: string) => readonly T[];
}

export function rangeIndex<T>(): RangeIndex<T> {
  const byKey = new Map<string, T[]>();
  const lengths = new Set<number>();
  return {
    add(cidr, item) {
      const range = readRange(cidr);
      if (range === undefined) return;
      const key = rangeKey(range);
      lengths.add(key.length);
      getOrAdd(byKey, key, () => []).push(item);
    },
    holding(address) {
      const range = readRange(address);
      if (range === undefined) return [];
      const key = rangeKey(range);
      return [...lengths].flatMap((length) => (length <= key.length ? (byKey.get(key.slice(0, length)) ?? []) : []));
    },
  };
}
