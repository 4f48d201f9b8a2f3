import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files in the order of their names: on one cluster the order decides what has to be brought up again. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1)));
  }
}

// A copy of policy/ with a fault, which the tests must notice: tests/policy/mutations.
const mutant = process.env["POLICY_UNDER_TEST"];
const alias = mutant === undefined ? [] : [{ find: /^(?:\.\.\/)+policy\//, replacement: `${mutant}/` }];

// Takes minutes and every core: npm run test:packets.
const packets = "tests/cluster/policy-network.test.ts";
// Minutes each: npm run test:roles asks as every kind of client, npm run test:adoption takes over a database made by hand,
// npm run test:poolers goes through poolers, npm run test:rollout changes the image and closes the way out,
// npm run test:mutants applies changed stacks.
const roles = "tests/cluster/roles.test.ts";
const adoption = "tests/cluster/adoption.test.ts";
const mutants = "tests/cluster/proof-mutants.test.ts";
const poolers = "tests/cluster/poolers.test.ts";
const rollout = "tests/cluster/rollout.test.ts";

export default defineConfig({
  test: {
    sequence: { sequencer: ByName },
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
        },
      },
      {
        resolve: { alias },
        test: {
          name: "node",
          include: ["tests/**/*.node-test.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "mutations",
          include: ["tests/policy/mutations/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "plugins",
          include: ["tests/cluster/plugins/*.test.ts"],
          globalSetup: ["tests/cluster/teardown.ts", "tests/cluster/plugins/node.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // Much of their time they wait.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias },
        test: {
          name: "cluster",
          include: ["tests/cluster/*.test.ts"],
          exclude: [packets, roles, adoption, mutants, poolers, rollout],
          globalSetup: "tests/cluster/teardown.ts",
          testTimeout: 600_000,
          hookTimeout: 1_200_000,
          fileParallelism: false,
          // After the plugins' files, which run side by side, each in a namespace of its own.
          sequence: { groupOrder: 2 },
        },
      },
      ...Object.entries({ roles, adoption, mutants, poolers, rollout }).map(([name, file]) => ({
        test: {
          name,
          include: [file],
          globalSetup: "tests/cluster/teardown.ts",
          testTimeout: 600_000,
          hookTimeout: 1_200_000,
        },
      })),
      {
        resolve: { alias },
        test: {
          name: "packets",
          include: [packets],
          globalSetup: "tests/cluster/teardown.ts",
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
