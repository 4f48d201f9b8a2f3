import { clusterConflicts } from "./hetzner/conflicts.ts";
import type { Client, Config } from "./schema.ts";
import type { Problem } from "./problems.ts";

const RESERVED_ROLES = /^(postgres|streaming_replica|public|all|cnpg_.*|pg_.*)$/;
const RESERVED_DATABASES = /^(postgres|template0|template1|all|sameuser|samerole|samegroup|replication)$/;

/** Parameters that guard the connection: what each has to stay. */
const GUARDED_PARAMETERS: Record<string, string> = {
  ssl_min_protocol_version: "TLSv1.3",
  password_encryption: "scram-sha-256",
};

/** What is wrong between keys that are each well formed. */
export function conflicts(config: Config): Problem[] {
  return [
    ...duplicates(config.clients),
    ...config.clients.flatMap((client, index) => reserved(config, client, `clients[${String(index)}]`)),
    ...bootstrapConflicts(config),
    ...replicationConflicts(config),
    ...parameterConflicts(config),
    ...operatorConflicts(config),
    ...clusterConflicts(config),
  ];
}

/** The database and owner made at the first start. */
export function bootstrapOf(config: Pick<Config, "clients" | "database">): { database: string; owner: string } {
  const [first] = config.clients;
  if (!first) throw new Error("a valid configuration has a client");
  return config.database.bootstrap ?? { database: first.database, owner: first.role };
}

function duplicates(clients: readonly Client[]): Problem[] {
  const identities = clients.flatMap((client, i) => [
    { key: `clients[${String(i)}].name`, kind: "client name", value: client.name },
    { key: `clients[${String(i)}].role`, kind: "role", value: client.role },
    ...client.workloads.flatMap((workload, j) => [
      {
        key: `clients[${String(i)}].workloads[${String(j)}].serviceAccount.name`,
        kind: "ServiceAccount",
        value: workload.serviceAccount.name,
      },
      {
        key: `clients[${String(i)}].workloads[${String(j)}].podLabels`,
        kind: "set of pod labels",
        value: JSON.stringify(Object.entries(workload.podLabels).sort()),
      },
    ]),
  ]);
  const first = new Map<string, string>();
  return identities.flatMap(({ key, kind, value }) => {
    const id = `${kind} ${value}`;
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, key);
      return [];
    }
    return [
      { key, got: value, expected: `a ${kind} that only one entry uses; ${earlier} has it`, fix: `change ${key}` },
    ];
  });
}

function reserved(config: Config, client: Client, key: string): Problem[] {
  const problems: Problem[] = [];
  if (RESERVED_ROLES.test(client.role)) {
    const expected = "a role that neither PostgreSQL nor CloudNativePG keeps for itself";
    problems.push({ key: `${key}.role`, got: client.role, expected, fix: "choose another role name" });
  }
  if (RESERVED_DATABASES.test(client.database)) {
    const expected = "a database that PostgreSQL does not keep for itself";
    problems.push({ key: `${key}.database`, got: client.database, expected, fix: "choose another database name" });
  }
  client.workloads.forEach(({ podLabels, serviceAccount }, index) => {
    const at = `${key}.workloads[${String(index)}]`;
    for (const label of Object.keys(podLabels).filter((name) => name.split("/")[0]?.endsWith("cnpg.io"))) {
      const expected = "a label that is the workload's own; cnpg.io/ ones mark the database's pods";
      problems.push({ key: `${at}.podLabels`, got: label, expected, fix: `select by another label than ${label}` });
    }
    if (["default", config.database.name].includes(serviceAccount.name)) {
      const expected = `a ServiceAccount of the workload's own, not "default" and not the database's own`;
      const fix = "give the workload a ServiceAccount of its own";
      problems.push({ key: `${at}.serviceAccount.name`, got: serviceAccount.name, expected, fix });
    }
  });
  return problems;
}

function bootstrapConflicts(config: Config): Problem[] {
  const { bootstrap } = config.database;
  if (!bootstrap) return [];
  const known = config.clients.some(
    ({ role, database }) => role === bootstrap.owner && database === bootstrap.database,
  );
  if (known) return [];
  const expected = "database and role of one of the clients, whose password the owner gets";
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
