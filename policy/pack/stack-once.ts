import type { Resource } from "../analysis/resources.ts";
import { stackOf, type Stack } from "../rules/stack.ts";

let last: { readonly fingerprint: string; readonly stack: Stack } | undefined;

/** The engine sends everything anew to each stack rule in turn: what one of them worked out serves the next. */
export function stackOnce(resources: readonly Resource[]): Stack {
  const fingerprint = JSON.stringify(
    resources.map(({ urn, protect, references, properties }) => [urn, protect, references, properties]),
  );
  if (last?.fingerprint !== fingerprint) last = { fingerprint, stack: stackOf(resources) };
  return last.stack;
}
