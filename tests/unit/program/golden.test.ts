import { expect, test } from "vitest";
import { masked, runStack } from "./stack.ts";

// A reviewer reads the change of these files; `npx vitest -u` writes them.
test.each(["production", "staging", "local"])("every resource of stack %s", async (stack) => {
  const resources = await runStack(stack);
  const golden = resources
    .filter(({ type }) => !type.startsWith("pulumi:pulumi:"))
    .map(({ type, name, parent, inputs, protect, retainOnDelete }) => ({
      type,
      name,
      parent: parent.split("::").at(-1),
      ...(protect && { protect }),
      ...(retainOnDelete && { retainOnDelete }),
      // The release manifest is judged by its own checksum; its definitions alone are 25,000 lines.
      ...(!retainOnDelete && { inputs: masked(inputs) }),
    }));
  await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(`../golden/${stack}.json`);
});
