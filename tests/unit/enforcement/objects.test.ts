import { describe, expect, it } from "vitest";
import { leftovers, renderStage } from "../../../components/enforcement/objects.ts";

const stage = renderStage({
  namespace: "enforcement-1",
  owner: "organization/hcloud-postgres/production",
  image: "example.org/postgresql:17",
  nodes: ["node-a", "node-b.example.org"],
  tolerations: [{ key: "database", operator: "Exists" }],
  lifetimeSeconds: 240,
});
const pods = [...stage.canaries, stage.clients.allowed, stage.clients.denied];

interface PodSpec {
  affinity: unknown;
  tolerations: unknown;
  activeDeadlineSeconds: number;
  automountServiceAccountToken: boolean;
  securityContext: unknown;
  containers: { image: string; imagePullPolicy: string; securityContext: unknown; command: string[] }[];
}
const specOf = (pod: unknown) => (pod as { spec: PodSpec }).spec;

describe("the stage of an enforcement proof", () => {
  it("is a namespace under the restricted standard that its owner finds again, and nobody else", () => {
    const { labels = {}, annotations } = stage.namespace.metadata;
    expect(annotations).toEqual({ "hcloud-postgres/enforcement-proof": "organization/hcloud-postgres/production" });
    expect(labels["pod-security.kubernetes.io/enforce"]).toBe("restricted");
    const own = leftovers("organization/hcloud-postgres/production");
    expect(own).toBe(`hcloud-postgres/enforcement-proof=${String(labels["hcloud-postgres/enforcement-proof"])}`);
    expect(own).toMatch(/=[a-z0-9]+$/);
    expect(leftovers("organization/hcloud-postgres/staging")).not.toBe(own);
  });

  it("pins one canary to each node", () => {
    const term = (name: string) => ({ matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] });
    expect(stage.canaries.map((pod) => specOf(pod).affinity)).toEqual(
      ["node-a", "node-b.example.org"].map((name) => ({
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term(name)] } },
      })),
    );
  });

  it.each(pods.map((pod) => [pod.metadata.name, pod]))(
    "%s may run where the database does, restricted and not for ever",
    (_, pod) => {
      const spec = specOf(pod);
      expect(spec).toMatchObject({
        tolerations: [{ key: "database", operator: "Exists" }],
        activeDeadlineSeconds: 240,
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      expect(spec.containers).toHaveLength(1);
      expect(spec.containers[0]).toMatchObject({
        image: "example.org/postgresql:17",
        imagePullPolicy: "IfNotPresent",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      });
    },
  );

  it("admits to the canaries exactly the client that is not denied", () => {
    const policy = stage.policy["spec"] as {
      podSelector: { matchLabels: Record<string, string> };
      ingress: { from: { podSelector: { matchLabels: Record<string, string> } }[]; ports: unknown }[];
    };
    expect(stage.canaries.map(({ metadata }) => metadata.labels)).toEqual([
      policy.podSelector.matchLabels,
      policy.podSelector.matchLabels,
    ]);
    expect(policy.ingress).toHaveLength(1);
    const admitted = policy.ingress[0]?.from.map(({ podSelector }) => podSelector.matchLabels);
    expect(admitted).toEqual([stage.clients.allowed.metadata.labels]);
    expect(admitted).not.toContainEqual(stage.clients.denied.metadata.labels);
  });
});
