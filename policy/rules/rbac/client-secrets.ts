import { readClusters } from "../../analysis/access/cluster.ts";
import { at, list, text, type Json } from "../../analysis/json.ts";
import { remember } from "../../analysis/network/remember.ts";
import { groupOf, type KubeObject } from "../../analysis/objects.ts";
import type { Stack } from "../stack.ts";

/** The Secrets that hold clients' credentials, by their namespaces: every namespace with a Cluster has an entry. */
export const clientSecrets = remember((stack: Stack): ReadonlyMap<string, ReadonlySet<string>> => {
  const secrets = new Map<string, Set<string>>();
  for (const { namespace, source } of readClusters(stack.objects)) {
    secrets.set(namespace, new Set([...(secrets.get(namespace) ?? []), ...secretsOfCluster(source)]));
  }
  for (const role of stack.objects.filter(isDatabaseRole)) {
    for (const name of secretsOfRole(role.body["spec"])) secrets.get(role.namespace)?.add(name);
  }
  return secrets;
});

function secretsOfCluster({ name, body }: KubeObject): string[] {
  const bootstrap = ["initdb", "recovery", "pg_basebackup"].map((way) => at(body, "spec", "bootstrap", way, "secret"));
  return [
    `${name}-app`,
    ...bootstrap.flatMap((secret) => text(at(secret, "name")) ?? []),
    ...list(at(body, "spec", "managed", "roles")).flatMap(secretsOfRole),
  ];
}

/** A superuser's password is no client's. */
function secretsOfRole(role: Json | undefined): string[] {
  const name = text(at(role, "passwordSecret", "name"));
  return name === undefined || at(role, "superuser") === true ? [] : [name];
}

function isDatabaseRole(source: KubeObject): boolean {
  return source.kind === "DatabaseRole" && groupOf(source) === "postgresql.cnpg.io";
}
