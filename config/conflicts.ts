import { clientConflicts } from "./clientConflicts.ts";
import { overlap } from "../policy/analysis/network/cidr.ts";
import { clusterConflicts } from "./hetzner/conflicts.ts";
import { METADATA_SERVICE, podRangeProblems, rangeProblem } from "./ranges.ts";
import { poolerConflicts } from "./poolerConflicts.ts";
import type { Config } from "./schema.ts";
import type { Problem } from "./problems.ts";

/** Parameters that guard the connection: what each has to stay. */
const GUARDED_PARAMETERS: Record<string, string> = {
  ssl_min_protocol_version: "TLSv1.3",
  password_encryption: "scram-sha-256",
};

/** What is wrong between keys that are each well formed. */
export function conflicts(config: Config): Problem[] {
  return [
    ...clientConflicts(config),
    ...poolerConflicts(config),
    ...bootstrapConflicts(config),
    ...replicationConflicts(config),
    ...egressConflicts(config),
    ...podRangeConflicts(config),
    ...namespaceConflicts(config),
    ...parameterConflicts(config),
    ...operatorConflicts(config),
    ...clusterConflicts(config),
  ];
}

/** The database and owner made at the first start. */
export function bootstrapOf(config: Pick<Config, "clients" | "database">): { database: string; owner: string } {
  const first = config.clients.find(({ access }) => access === "readWrite");
  if (!first) throw new Error("a valid configuration has a client that may write");
  return config.database.bootstrap ?? { database: first.database, owner: first.role };
}

function bootstrapConflicts(config: Config): Problem[] {
  const { bootstrap } = config.database;
  if (!bootstrap) return [];
  const known = config.clients.some(
    ({ role, database, access }) =>
      role === bootstrap.owner && database === bootstrap.database && access === "readWrite",
  );
  if (known) return [];
  const expected = "database and role of a client that may write, whose password the owner gets";
  return [{ key: "database.bootstrap", got: bootstrap, expected, fix: "name a client's database and role" }];
}

function replicationConflicts({ database }: Config): Problem[] {
  const { instances, synchronous } = database;
  if (!synchronous || synchronous.number < instances) return [];
  return [
    {
      key: "database.synchronous.number",
      got: synchronous.number,
      expected: `fewer standbys than database.instances (${String(instances)})`,
      fix: instances === 1 ? "set database.synchronous to null" : "lower it, or raise database.instances",
    },
  ];
}

function egressConflicts({ database }: Config): Problem[] {
  return database.egress.to.flatMap(({ cidr }, index) => {
    const key = `database.egress.to[${String(index)}].cidr`;
    if (!overlap(cidr, METADATA_SERVICE)) return rangeProblem(cidr, key);
    const expected = `a range outside ${METADATA_SERVICE}, where the cloud's metadata service is`;
    return [{ key, got: cidr, expected, fix: "name the addresses themselves" }];
  });
}

/** Of a cluster of our own it is known beforehand where its pods are. */
function podRangeConflicts({ clients, cluster: { hetzner } }: Config): Problem[] {
  return hetzner ? podRangeProblems(clients, [{ pods: "its pods", cidrs: [hetzner.clusterIpv4Cidr] }]) : [];
}

/** Who may run pods there is asked of others than those of a database. */
function namespaceConflicts({ namespace, operator }: Config): Problem[] {
  const taken = [operator.namespace, "kube-system", "kube-public", "kube-node-lease"];
  if (!taken.includes(namespace.name)) return [];
  const expected = `a namespace for the database, beside the operator's (${operator.namespace}) and Kubernetes' own`;
  return [{ key: "namespace.name", got: namespace.name, expected, fix: "choose another name" }];
}

function parameterConflicts({ database }: Config): Problem[] {
  return Object.entries(GUARDED_PARAMETERS).flatMap(([name, value]) => {
    const got = database.parameters[name];
    if (got === undefined || got === value) return [];
    return [{ key: `database.parameters.${name}`, got, expected: `"${value}"`, fix: "remove it: it is the default" }];
  });
}

function operatorConflicts({ operator }: Config): Problem[] {
  if (operator.install !== "manifest" || operator.namespace === "cnpg-system") return [];
  return [
    {
      key: "operator.namespace",
      got: operator.namespace,
      expected: '"cnpg-system", the namespace that the release manifest is written for',
      fix: "remove it, or set operator.install to chart",
    },
  ];
}
