import type { JsonObject } from "../../../policy/analysis/index.ts";

/** Objects as a program renders them, open to change. */
export interface Stack {
  readonly namespace: string;
  readonly objects: Rendered[];
  readonly policies: readonly Policy[];
  readonly cluster: Cluster;
  /** What lets a client read its Secret. */
  readonly role: Role;
  readonly binding: Binding;
}

export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Peer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Rule {
  from?: Peer[];
  ports?: { port?: number | string; endPort?: number; protocol?: string }[];
}

export interface Policy extends Rendered {
  spec: { podSelector: LabelSelector; policyTypes?: string[]; ingress?: Rule[]; egress?: JsonObject[] };
}

export interface Cluster extends Rendered {
  spec: {
    podSelectorRefs: { name: string; selector: LabelSelector }[];
    postgresql: { pg_hba: string[] };
  };
}

export interface Role extends Rendered {
  rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

export interface Binding extends Rendered {
  roleRef: { apiGroup: string; kind: string; name: string };
  subjects: { kind: string; name: string; namespace?: string }[];
}

/** A copy of rendered objects, with what the access to the database rests on at hand. */
export function stackOf(rendered: readonly object[]): Stack {
  const objects = structuredClone(rendered) as Rendered[];
  const all = <T extends Rendered>(kind: string) => objects.filter((one): one is T => one.kind === kind);
  const [cluster] = all<Cluster>("Cluster");
  const namespace = cluster?.metadata.namespace;
  const ofClient = ({ metadata }: Rendered) => metadata.namespace === namespace && metadata.name.startsWith("read-");
  const role = all<Role>("Role").find(ofClient);
  const binding = all<Binding>("RoleBinding").find(ofClient);
  if (cluster === undefined || namespace === undefined || role === undefined || binding === undefined) {
    throw new Error("a stack has a Cluster, and in its namespace a client's Role and RoleBinding");
  }
  return { namespace, objects, policies: all<Policy>("NetworkPolicy"), cluster, role, binding };
}

/** The one rule for a port that names these pods by a label. */
export function ruleFor({ policies }: Stack, port: number, label: string): Rule {
  const found = policies
    .flatMap(({ spec }) => spec.ingress ?? [])
    .filter(({ from = [], ports = [] }) => ports.some((one) => one.port === port) && from.some(names(label)));
  const [rule] = found;
  if (rule === undefined || found.length > 1)
    throw new Error(`${String(found.length)} rules for ${label} on ${String(port)}`);
  return rule;
}

/** The one peer of that rule. */
export function peerFor(stack: Stack, port: number, label: string): Peer {
  const [peer] = ruleFor(stack, port, label).from?.filter(names(label)) ?? [];
  if (peer === undefined) throw new Error(`no peer ${label}`);
  return peer;
}

/** Whether a peer asks for a label, given as `key=value`. */
export function names(label: string): (peer: Peer) => boolean {
  return ({ podSelector }) =>
    Object.entries(podSelector?.matchLabels ?? {}).some(([key, value]) => `${key}=${value}` === label);
}

/** The policies that hold a rule. */
export function policiesWith({ policies }: Stack, rule: Rule): readonly Policy[] {
  return policies.filter(({ spec }) => spec.ingress?.includes(rule));
}

/** Takes a rule out of the policy it stands in; a policy without rules goes, too. */
export function removeRule(stack: Stack, rule: Rule): void {
  for (const policy of policiesWith(stack, rule)) {
    policy.spec.ingress = policy.spec.ingress?.filter((other) => other !== rule) ?? [];
  }
}

/** Adds a NetworkPolicy beside the others. */
export function addPolicy({ objects, namespace }: Stack, spec: JsonObject, name = "added"): void {
  objects.push({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec });
}
