import type { KubeObject } from "../../../kube/objects.ts";
import type { Json, JsonObject } from "../../../policy/analysis/json.ts";
import type { Random } from "../../policy/random.ts";
import { namespacesOf, served } from "./pods.ts";

/** A NetworkPolicy with its spec as plain JSON. */
export interface PolicyManifest extends KubeObject {
  readonly spec: JsonObject;
}

export function policyManifest(namespace: string, name: string, spec: JsonObject): PolicyManifest {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace, name }, spec };
}

/** What random policies are made of. */
export interface Ingredients {
  readonly random: Random;
  /** The lab whose namespaces the policies are in. */
  readonly lab: string;
  /** Addresses of the pods, so that blocks hit some of them. */
  readonly addresses: readonly string[];
}

function namesIn(lab: string): readonly string[] {
  return namespacesOf(lab).map(({ metadata }) => metadata.name ?? "");
}

/** One random set of policies that the API server accepts. */
export function policySet(from: Ingredients): PolicyManifest[] {
  const { random, lab } = from;
  const names = namesIn(lab);
  const set = Array.from({ length: random.between(2, 6) }, (_, index) =>
    policyManifest(random.pick(names), `p${String(index)}`, spec(from)),
  );
  if (!random.chance(0.03)) return set;
  const [first = "", second = ""] = names;
  // What the second namespace's name has more than the first one's.
  const tail = second.slice(first.length);
  return [...set, policyManifest(first, `${tail}x`, spec(from)), policyManifest(second, "x", spec(from))];
}

function spec(from: Ingredients): JsonObject {
  const { random } = from;
  const types = random.pick<readonly string[] | undefined>([
    undefined,
    ["Ingress"],
    ["Ingress"],
    ["Egress"],
    ["Ingress", "Egress"],
  ]);
  const ingress = random.chance(0.8);
  const egress = types?.includes("Egress") ?? random.chance(0.3);
  return {
    podSelector: selector(random, 0.3),
    ...(types === undefined ? {} : { policyTypes: types }),
    ...(ingress ? { ingress: rules(from, "from") } : {}),
    ...(egress ? { egress: [...rules(from, "to"), ...rareRules(from)] } : {}),
  };
}

function rules(from: Ingredients, peersField: "from" | "to"): Json[] {
  const { random } = from;
  return Array.from({ length: random.pick([0, 1, 1, 2, 2, 3]) }).flatMap((): Json[] => {
    const peers = random.chance(0.15) ? undefined : list(random, 0.05, () => peer(from));
    const ports = random.chance(0.4) ? undefined : list(random, 0.05, () => port(random));
    const peersPart = peers === undefined ? {} : { [peersField]: peers };
    const portsPart = ports === undefined ? {} : { ports };
    const split = peers !== undefined && ports !== undefined && random.chance(0.15);
    return split ? [peersPart, portsPart] : [{ ...peersPart, ...portsPart }];
  });
}

/** Named ports beside a block: rare enough among random rules to be added on purpose. */
function rareRules(from: Ingredients): Json[] {
  return from.random.chance(0.15) ? [{ to: [{ ipBlock: block(from) }], ports: [{ port: "db" }] }] : [];
}

function list(random: Random, emptyChance: number, item: () => Json): Json[] {
  return random.chance(emptyChance) ? [] : Array.from({ length: random.pick([1, 1, 2, 3]) }, item);
}

function peer(from: Ingredients): Json {
  const { random } = from;
  if (random.chance(0.35)) return { ipBlock: block(from) };
  const kind = random.pick(["pods", "pods", "namespaces", "both"]);
  return {
    ...(kind === "namespaces" ? {} : { podSelector: selector(random, 0.15) }),
    ...(kind === "pods" ? {} : { namespaceSelector: namespaceSelector(from) }),
  };
}

const labels: readonly (readonly [string, string])[] = [
  ["cluster", "pg"],
  ["cluster", "pg"],
  ["app", "myapp"],
  ["app", "myapp"],
  ["app", "other"],
  ["tier", "web"],
  ["role", "replica"],
  ["app", "MyApp"],
];

function selector(random: Random, emptyChance: number): Json {
  if (random.chance(emptyChance)) return {};
  if (random.chance(0.35)) return { matchExpressions: [expression(random)] };
  const [key, value] = random.pick(labels);
  const second = random.chance(0.2) ? { matchExpressions: [expression(random)] } : {};
  return { matchLabels: { [key]: value }, ...second };
}

function expression(random: Random): Json {
  const [key, value] = random.pick(labels);
  const operator = random.pick(["In", "NotIn", "NotIn", "Exists", "DoesNotExist"]);
  const values = random.chance(0.3) ? [value, "nothing"] : [value];
  return operator === "In" || operator === "NotIn" ? { key, operator, values } : { key, operator };
}

function namespaceSelector({ random, lab }: Ingredients): Json {
  return random.pick<Json>([
    {},
    { matchLabels: { team: "data" } },
    { matchLabels: { team: "apps" } },
    { matchLabels: { "kubernetes.io/metadata.name": random.pick(namesIn(lab)) } },
    { matchExpressions: [{ key: "team", operator: "NotIn", values: ["data"] }] },
    { matchExpressions: [{ key: "stage", operator: "DoesNotExist" }] },
  ]);
}

/** A block around the address of some pod, with holes around the addresses of others. */
function block({ random, addresses }: Ingredients): Json {
  if (random.chance(0.15)) return { cidr: "0.0.0.0/0" };
  const prefix = random.pick([16, 24, 26, 28, 30, 32]);
  const address = random.pick(addresses);
  const network = networkOf(address, prefix);
  const inside = addresses.filter((other) => prefix < 32 && networkOf(other, prefix) === network);
  const except = random
    .some(inside, 0, 3)
    .map((other) => ({ other, length: random.between(prefix + 1, 32) }))
    .map(({ other, length }) => `${networkOf(other, length)}/${String(length)}`);
  return { cidr: `${network}/${String(prefix)}`, ...(except.length === 0 ? {} : { except }) };
}

function networkOf(address: string, prefix: number): string {
  const value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  const network = Math.floor(value / size) * size;
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".");
}

function port(random: Random): Json {
  const protocol = random.pick([undefined, undefined, undefined, "TCP", "UDP", "SCTP"]);
  const number = random.pick(served);
  const what = random.pick<JsonObject>([
    { port: number },
    { port: number },
    { port: random.pick(["db", "db", "metrics", "side", "side", "typo"]) },
    { port: random.pick(["db", "db", "metrics", "side", "side", "typo"]) },
    { port: number, endPort: random.pick([number, number + 1, 8999, 9187].filter((end) => end >= number)) },
    protocol === undefined ? { port: number } : {},
  ]);
  return { ...what, ...(protocol === undefined ? {} : { protocol }) };
}
