import { defineConfig } from "vitest/config";
import { compiled } from "./local/engine/pulumi.ts";

// What the tests start are processes of Node.js, too.
process.env["NODE_COMPILE_CACHE"] ??= compiled.NODE_COMPILE_CACHE;

// A copy of policy/ with a fault, which the tests must notice: tests/policy/mutations.
const mutant = process.env["POLICY_UNDER_TEST"];
const alias = mutant === undefined ? [] : [{ find: /^(?:\.\.\/)+policy\//, replacement: `${mutant}/` }];

/** Files that need a real cluster, in the order in which they run: what is named together runs side by side. */
const onCluster = [
  { name: "packets", files: ["policy-network"], workers: 1 },
  { name: "program", files: ["program", "enforcement", "plugins/*"], workers: 3 },
  { name: "proof", files: ["proof", "layers", "mutants/*"], workers: 4 },
  // While NetworkPolicy is not enforced, what does not ask for it.
  { name: "unenforced", files: ["unenforced", "engine", "pack"], workers: 3 },
  { name: "bare-node", files: ["node"], workers: 1 },
  // Minutes each, and not part of the others: access as every kind of client, a database made by hand that is taken over,
  // poolers, an image that changes and a way out that closes.
  ...["roles", "adoption", "poolers", "rollout"].map((name) => ({ name, files: [name], workers: 1 })),
].map(({ name, files, workers }, groupOrder) => ({
  resolve: { alias },
  test: {
    name,
    include: files.map((file) => `tests/cluster/${file}.test.ts`),
    globalSetup: ["tests/cluster/teardown.ts", ...(name === "program" ? ["tests/cluster/plugins/node.ts"] : [])],
    testTimeout: name === "packets" ? 1_800_000 : 600_000,
    hookTimeout: 1_200_000,
    maxWorkers: workers,
    sequence: { groupOrder: groupOrder + 1 },
  },
}));

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["tests/{unit,policy}/**/*.test.ts"],
          exclude: ["tests/policy/mutations/**"],
          testTimeout: 30_000,
          // Vitest leaves a core alone, which is half of a small machine.
          maxWorkers: "100%",
          // A third of the time would go into loading the same modules for each file.
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "node",
          include: ["tests/**/*.node-test.ts"],
          globalSetup: "tests/tools.ts",
          testTimeout: 900_000,
          hookTimeout: 900_000,
          // Much of their time they wait.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "mutations",
          include: ["tests/policy/mutations/*.test.ts"],
          globalSetup: "tests/tools.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 3,
        },
      },
      ...onCluster,
    ],
  },
});
