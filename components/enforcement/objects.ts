import { createHash } from "node:crypto";
import type { Toleration } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { probeConfigMap, probePod } from "./pod.ts";
import { probe } from "./probe.ts";

/** What a proof of enforcement puts on the cluster. */
export interface StageArgs {
  /** The namespace it makes for itself. */
  namespace: string;
  /** Whose proof it is, in any words: what a crashed proof of the same owner left behind is this one's to remove. */
  owner: string;
  /** A PostgreSQL image (bash, coreutils, perl). */
  image: string;
  imagePullPolicy?: string;
  /** Names of the nodes to judge. */
  nodes: readonly string[];
  tolerations?: readonly Toleration[];
  /** Pods end by themselves after so many seconds. */
  lifetimeSeconds: number;
}

/** The objects of one proof. */
export interface Stage {
  namespace: KubeObject;
  script: KubeObject;
  /** One server to be reached on each node. */
  canaries: KubeObject[];
  /** The client that the policy admits, and the one it does not. */
  clients: { allowed: KubeObject; denied: KubeObject };
  policy: KubeObject;
}

/** The port the canaries serve: the one that is to be protected. */
export const canaryPort = 5432;

const label = { owner: "hcloud-postgres/enforcement-proof", role: "hcloud-postgres/role" };

/** Selects the namespaces of an owner's proofs. */
export function leftovers(owner: string): string {
  return `${label.owner}=${labelValue(owner)}`;
}

/** Any text as a label's value, which is short and knows no slash. */
function labelValue(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Renders everything that one proof needs, for a namespace of its own under the `restricted` Pod Security Standard. */
export function renderStage(args: StageArgs): Stage {
  const { namespace, owner, nodes } = args;
  const pod = (name: string, role: string, on: readonly string[], command?: string[]) =>
    probePod({
      ...args,
      name,
      labels: { [label.role]: role },
      nodes: on,
      configMap: "probe",
      ...(command && { command }),
    });
  const serve = ["bash", probe.path, "serve", "$(POD_IP)", String(canaryPort)];
  return {
    namespace: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: namespace,
        labels: { [label.owner]: labelValue(owner), "pod-security.kubernetes.io/enforce": "restricted" },
        annotations: { [label.owner]: owner },
      },
    },
    script: probeConfigMap(namespace, "probe"),
    canaries: nodes.map((node, index) => pod(`canary-${String(index)}`, "canary", [node], serve)),
    clients: { allowed: pod("allowed", "allowed", nodes), denied: pod("denied", "denied", nodes) },
    policy: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace, name: "allowed-to-canary" },
      spec: {
        podSelector: { matchLabels: { [label.role]: "canary" } },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { [label.role]: "allowed" } } }],
            ports: [{ protocol: "TCP", port: canaryPort }],
          },
        ],
      },
    },
  };
}
