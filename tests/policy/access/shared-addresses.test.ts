import { expect, test } from "vitest";
import { closed, cluster, rowsOf } from "./lab.ts";

interface Settings {
  readonly address?: string;
  readonly hostNetwork?: true;
  readonly phase?: string;
  readonly deleted?: true;
}

const pod = (namespace: string, name: string, app: string, { address, hostNetwork, phase, deleted }: Settings) => {
  const deletionTimestamp = deleted === true ? ', deletionTimestamp: "2026-01-01T00:00:00Z"' : "";
  const status = [...(address === undefined ? [] : [`podIP: ${address}`]), ...(phase ? [`phase: ${phase}`] : [])];
  return `
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${app} }${deletionTimestamp} }
spec: { containers: [{ name: main }]${hostNetwork === true ? ", hostNetwork: true" : ""} }
status: { ${status.join(", ")} }
`;
};

/** What pg_hba says to a stranger of another namespace beside a pod that the app's selector selects. */
function stranger(selected: Settings, other: Settings): string | undefined {
  const manifests =
    cluster(closed) + pod("production", "app", "myapp", selected) + pod("monitoring", "agent", "agent", other);
  return rowsOf(manifests).find(({ source, port }) => source.name === "agent" && port === 5432)?.verdict;
}

const [here, there] = ["10.0.0.7", "10.0.0.8"];

// CloudNativePG 1.30, pkg/reconciler/podselector/reconciler.go: every address of every pod that is not being deleted.
test.each<[string, Settings, Settings, string]>([
  ["of another address", { address: here }, { address: there }, "network-only"],
  ["of the same node's network", { address: here, hostNetwork: true }, { address: here, hostNetwork: true }, "open"],
  ["of another node's", { address: here, hostNetwork: true }, { address: there, hostNetwork: true }, "network-only"],
  ["of some node's network, beside one of some node's", { hostNetwork: true }, { hostNetwork: true }, "undecided"],
  ["of a node's, beside one of some node's", { hostNetwork: true }, { address: here, hostNetwork: true }, "undecided"],
  ["of some node's, beside a pod of its own address", { address: here }, { hostNetwork: true }, "network-only"],
  ["that got the address of a finished one", { address: here, phase: "Succeeded" }, { address: here }, "open"],
  [
    "of a finished one that is deleted",
    { address: here, phase: "Failed", deleted: true },
    { address: here },
    "network-only",
  ],
])("a pod %s", (_, selected, other, verdict) => {
  expect(stranger(selected, other)).toBe(verdict);
});
