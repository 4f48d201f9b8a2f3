import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { EnforcementProof, receiptData } from "../../../components/enforcement/index.ts";
import type { Gate } from "../../../components/gate.ts";

const cluster = { uid: "0b9c", nodes: ["node-b", "node-a"] };
const settings = { image: "example.org/postgresql:17", tolerations: [] };

describe("receiptData", () => {
  it("says what was proved, for people too", () => {
    expect(receiptData(cluster, settings)).toEqual({
      proof: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      cluster: "0b9c",
      nodes: "node-a\nnode-b",
      settings: '{"image":"example.org/postgresql:17","tolerations":[]}',
    });
  });

  it("asks for a new proof when the cluster, the nodes or the settings change, and not for another order of nodes", () => {
    const hash = (...args: Parameters<typeof receiptData>) => receiptData(...args)["proof"];
    const proven = hash(cluster, settings);
    expect(hash({ ...cluster, nodes: ["node-a", "node-b"] }, settings)).toBe(proven);
    const others = [
      hash({ ...cluster, uid: "1c8d" }, settings),
      hash({ ...cluster, nodes: ["node-a", "node-b", "node-c"] }, settings),
      hash({ ...cluster, nodes: ["node-a"] }, settings),
      hash(cluster, { ...settings, image: "example.org/postgresql:18" }),
    ];
    expect(new Set([proven, ...others]).size).toBe(5);
  });
});

describe("EnforcementProof", () => {
  beforeAll(() =>
    pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as Record<string, unknown> }),
      call: () => ({}),
    }),
  );

  it("writes its receipt beside the database, behind the gate", async () => {
    const gate: Gate = { beforeCreate: [], beforeUpdate: [] };
    const hooks: unknown[] = [];
    const watch: pulumi.ResourceTransformation = ({ type, opts }) => {
      if (type === "kubernetes:core/v1:ConfigMap") hooks.push(opts.hooks);
      return undefined;
    };
    const proof = new EnforcementProof(
      "enforcement",
      { namespace: "production", cluster, settings, gate },
      { transformations: [watch] },
    );
    await pulumi.runtime.disconnect();
    const seen = await new Promise((resolve) => {
      const { metadata, data } = proof.receipt;
      pulumi.all([metadata.name, metadata.namespace, data]).apply(resolve);
    });
    expect(seen).toEqual(["networkpolicy-enforcement", "production", receiptData(cluster, settings)]);
    expect(hooks).toEqual([gate]);
  });
});
