import { basename } from "node:path";
import { expect, test } from "vitest";
import { masked, runStack } from "./stack.ts";

// A reviewer reads the change of these files; `npx vitest -u` writes them.
const stacks = ["production", "staging", "local", "examples/hetzner-small", "examples/hetzner-arm64"];
test.each(stacks)("every resource of stack %s", async (stack) => {
  const resources = await runStack(stack);
  const golden = resources
    .filter(({ type }) => !type.startsWith("pulumi:pulumi:"))
    .map(({ type, name, parent, inputs, protect, retainOnDelete, ignoreChanges, deleteBeforeReplace }) => ({
      type,
      name,
      parent: parent.split("::").at(-1),
      ...(protect && { protect }),
      ...(retainOnDelete && { retainOnDelete }),
      ...(deleteBeforeReplace && { deleteBeforeReplace }),
      ...(ignoreChanges.length > 0 && { ignoreChanges }),
      // The release manifest is judged by its own checksum; its definitions alone are 25,000 lines.
      ...(!retainOnDelete && { inputs: steady(masked(inputs)) }),
    }));
  await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(`../golden/${basename(stack)}.json`);
});

/** The value with what is made anew on every run, certificates and what is derived from them, by its kind only. */
function steady(value: unknown): unknown {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "string") return inner;
    if (inner.startsWith("-----BEGIN ")) return `[${inner.slice(11, inner.indexOf("-----", 11)).toLowerCase()}]`;
    return inner;
  });
  return JSON.parse(text.replace(/("clusterIdentifier":)"[0-9a-f]{64}"/, '$1"[hash of the root CA]"'));
}
