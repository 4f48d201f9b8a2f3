import type { Stack } from "./stack.ts";

/** One change to a stack, and everything that the judges must say is different then. */
export interface Mutant {
  readonly name: string;
  readonly change: (stack: Stack) => void;
  /** As `findings` tells them. */
  readonly finding: readonly string[];
}
