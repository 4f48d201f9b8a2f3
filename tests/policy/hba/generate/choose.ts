import type { Random } from "../../random.ts";

/** One of the choices, each as often as its weight says. */
export function weighted<T>(random: Random, choices: readonly (readonly [weight: number, choice: T])[]): T {
  let left = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, choice] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new RangeError("nothing to choose from");
}

/** So many results of a function, both limits included. */
export function many<T>(random: Random, least: number, most: number, make: () => T): T[] {
  return Array.from({ length: random.between(least, most) }, make);
}

/** The seed of one part of a run. */
export function derivedSeed(seed: number, ...parts: readonly number[]): number {
  return parts.reduce((mixed, part) => Math.imul(mixed ^ (part + 0x9e3779b9), 0x85ebca6b) ^ (mixed >>> 13), seed) >>> 0;
}
