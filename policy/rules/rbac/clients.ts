import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import { readClusters } from "../../analysis/access/cluster.ts";
import { valuesOf } from "../../analysis/access/insiders.ts";
import { poolerLabel } from "../../analysis/access/pods.ts";
import { at, list, object, text, type JsonObject } from "../../analysis/json.ts";
import { selects } from "../../analysis/network/matching.ts";
import type { Peer, Pod } from "../../analysis/network/model.ts";
import { podFinder, type PodFinder } from "../../analysis/network/pod-finder.ts";
import { remember } from "../../analysis/network/remember.ts";
import { groupOf } from "../../analysis/objects.ts";
import { serviceAccountUser } from "../../analysis/rbac/model.ts";
import { asksForNothing, databasesOf, opens, policiesOf } from "../network/database-pods.ts";
import type { Stack } from "../stack.ts";
import { operatorsOf, worldOf } from "../world.ts";
import { clientSecrets } from "./client-secrets.ts";
import { grantsSecret, rbacOf } from "./grants.ts";

/** A ServiceAccount by which a client of a database is known to the API server. */
export interface Client {
  /** `system:serviceaccount:NS:NAME` */
  readonly user: string;
  /** `ServiceAccount ns/name` */
  readonly title: string;
}

export const clientsParameter: PolicyConfigJSONSchema = {
  type: "array",
  description: "ServiceAccounts of clients that neither a Cluster's pod selectors nor a Role on a client's Secret show",
  default: [],
  items: {
    type: "object",
    required: ["namespace", "name"],
    additionalProperties: false,
    properties: { namespace: { type: "string", minLength: 1 }, name: { type: "string", minLength: 1 } },
  },
};

/** The clients of all databases: those that the stack shows, and those that the parameter names. */
export function clientsOf(stack: Stack, parameters: JsonObject): readonly Client[] {
  const named = list(parameters["clients"]).flatMap((item) => {
    const [namespace, name] = [text(object(item)["namespace"]), text(object(item)["name"])];
    return namespace === undefined || name === undefined ? [] : [serviceAccountUser(namespace, name)];
  });
  return [...new Set([...shownClients(stack), ...named])].sort().map((user) => ({ user, title: titleOf(user) }));
}

const shownClients = remember((stack: Stack): readonly string[] => {
  const own = ownAccounts(stack);
  return [...workloadAccounts(stack), ...pooledAccounts(stack), ...secretReaders(stack)].filter(
    (user) => !own.has(user),
  );
});

/** Whom a Cluster's selectors take for a client; a Pooler's pods are none. */
function workloadAccounts(stack: Stack): string[] {
  const find = podFinder(worldOf(stack).pods);
  return readClusters(stack.objects).flatMap(({ namespace, selectors }) =>
    selectors
      .filter(({ selector }) => valuesOf(selector, poolerLabel).length === 0)
      .flatMap(({ selector }) => find(namespace, selector))
      .flatMap(({ serviceAccount }) => accountIn(namespace, serviceAccount)),
  );
}

/** Whom a NetworkPolicy lets through to a Pooler: the Cluster's selectors know none of them. */
function pooledAccounts(stack: Stack): string[] {
  const find = podFinder(worldOf(stack).pods);
  const poolers = [...databasesOf(stack).values()].flat().flatMap((database) => database.poolers);
  return policiesOf(stack)
    .filter(({ policy }) => poolers.some((pod) => selects(policy, pod) !== false))
    .flatMap(({ policy: { namespace, ingress } }) =>
      ingress
        .filter((rule) => opens(rule, 5432, poolers) !== false)
        .flatMap(({ peers }) => (peers === "everyone" ? [] : peers))
        .flatMap((peer) => (peer.kind === "pods" ? podsOfPeer(peer, namespace, find) : [])),
    )
    .flatMap((pod) => accountIn(pod.namespace, pod.serviceAccount));
}

function podsOfPeer({ namespaces, pods }: Extract<Peer, { kind: "pods" }>, own: string, find: PodFinder): Pod[] {
  // Everybody is nobody's client in particular, and a finding of other rules.
  if (asksForNothing(pods)) return [];
  if (namespaces === undefined) return [...find(own, pods)];
  const named = valuesOf(namespaces, "kubernetes.io/metadata.name");
  return named.length > 0 ? named.flatMap((name) => find(name, pods)) : [...find(undefined, pods)];
}

/** Whoever holds a binding of their own in a database's namespace which grants a client's Secret, whether by name or not. */
function secretReaders(stack: Stack): string[] {
  const rbac = rbacOf(stack);
  const secrets = clientSecrets(stack);
  const users = rbac.holders.flatMap((holder) => /^user:(system:serviceaccount:.*)$/.exec(holder)?.[1] ?? []);
  return users.filter((user) =>
    rbac
      .grantsTo({ user, groups: [] })
      .some(({ rule, namespace }) =>
        [...(secrets.get(namespace) ?? [])].some((name) => grantsSecret(rule, namespace, "get", name)),
      ),
  );
}

/** The accounts of what runs the databases: the operator, instances and poolers. */
function ownAccounts(stack: Stack): ReadonlySet<string> {
  const made = stack.objects.filter(
    (source) => groupOf(source) === "postgresql.cnpg.io" && (source.kind === "Cluster" || source.kind === "Pooler"),
  );
  return new Set([
    ...operatorsOf(stack).flatMap(({ namespace, serviceAccount }) => accountIn(namespace, serviceAccount)),
    ...made.flatMap(({ namespace, name, body }) => [
      ...accountIn(namespace, name),
      ...accountIn(namespace, text(at(body, "spec", "serviceAccountName"))),
      ...accountIn(namespace, text(at(body, "spec", "template", "spec", "serviceAccountName"))),
    ]),
  ]);
}

function accountIn(namespace: string, name: string | undefined): string[] {
  return name === undefined ? [] : [serviceAccountUser(namespace, name)];
}

function titleOf(user: string): string {
  return user.replace(/^system:serviceaccount:([^:]*):/, "ServiceAccount $1/");
}
