import { at, isObject, isYes, list, object, text, type Json } from "../../json.ts";
import { groupOf, type KubeObject } from "../../objects.ts";

/** Whether a Secret, in a namespace or (empty) in whichever, gives more than one client's access to a database. */
export type IsDatabaseSecret = (namespace: string, name: string) => boolean;

const suffixes = ["superuser", "ca", "server", "replication", "pooler"];

/**
 * The Secrets that CloudNativePG and its backups keep for themselves: by the Clusters and ObjectStores of the input, and by
 * their usual endings in a namespace of which the input shows no Cluster.
 */
export function databaseSecrets(objects: readonly KubeObject[]): IsDatabaseSecret {
  const known = new Map<string, Set<string>>();
  const add = (namespace: string, names: readonly string[]) => {
    const before = known.get(namespace) ?? new Set();
    known.set(namespace, new Set([...before, ...names]));
  };
  const withClusters = new Set<string>();
  for (const item of objects) {
    if (groupOf(item) === "postgresql.cnpg.io" && item.kind === "Cluster") {
      withClusters.add(item.namespace);
      add(item.namespace, secretsOfCluster(item));
    }
    if (groupOf(item) === "barmancloud.cnpg.io" && item.kind === "ObjectStore") {
      add(item.namespace, secretReferences(at(item.body, "spec", "configuration")));
    }
  }
  const everywhere = new Set([...known.values()].flatMap((names) => [...names]));
  const looksLikeOne = (name: string) => suffixes.some((suffix) => name.endsWith(`-${suffix}`));

  return (namespace, name) => {
    if (namespace === "") return everywhere.has(name) || looksLikeOne(name);
    return known.get(namespace)?.has(name) === true || (!withClusters.has(namespace) && looksLikeOne(name));
  };
}

function secretsOfCluster({ name, body }: KubeObject): string[] {
  const spec = object(body["spec"]);
  const certificates = object(spec["certificates"]);
  const roles = list(at(spec, "managed", "roles")).filter((role) => isYes(at(role, "superuser")));
  const named = [
    at(spec, "superuserSecret", "name"),
    ...["serverCASecret", "serverTLSSecret", "clientCASecret", "replicationTLSSecret"].map((key) => certificates[key]),
    ...roles.map((role) => at(role, "passwordSecret", "name")),
  ];
  return [
    ...suffixes.map((suffix) => `${name}-${suffix}`),
    ...named.flatMap((value) => text(value) ?? []),
    ...secretReferences(at(spec, "backup", "barmanObjectStore")),
  ];
}

/** The Secrets that credentials of an object store refer to: `{name, key}` somewhere below `s3Credentials` and its like. */
function secretReferences(store: Json | undefined): string[] {
  const credentials = Object.entries(object(store)).filter(([key]) => key.endsWith("Credentials"));
  return credentials
    .flatMap(([, value]) => Object.values(object(value)))
    .filter(isObject)
    .flatMap((reference) => text(reference["name"]) ?? []);
}
