import { credentialProblems } from "./credentials.ts";
import { poolerName } from "./poolerConflicts.ts";
import type { Problem } from "./problems.ts";
import { rangeProblem } from "./ranges.ts";
import type { Client, Config, Workload } from "./schema.ts";
import { namespaceOf } from "./workloads.ts";

const RESERVED_ROLES = /^(postgres|streaming_replica|public|all|none|cnpg_.*|pg_.*)$/;
const RESERVED_DATABASES = /^(postgres|template0|template1|all|sameuser|samerole|samegroup|replication)$/;

/** Users and groups that stand for all who get to the API server, or for all ServiceAccounts of a namespace. */
const EVERYBODY = /^system:(anonymous|authenticated|unauthenticated|serviceaccounts(:[^:]*)?)$/;

/** The group of a database's readers; no client may be it. */
export function readerRole(database: string): string {
  return `${database}_reader`;
}

/** What is wrong with the clients, each by itself and among each other. */
export function clientConflicts(config: Config): Problem[] {
  const { clients } = config;
  return [
    ...duplicates(config),
    ...sharedPods(config),
    ...unowned(clients),
    ...clients.flatMap((client, index) => {
      const key = `clients[${String(index)}]`;
      return [
        ...nobody(client, key),
        ...namespaceProblems(client, config, key),
        ...reserved(client, clients, key),
        ...credentialProblems(client, config, key),
        ...client.workloads.flatMap((one, at) => workloadProblems(one, config, `${key}.workloads[${String(at)}]`)),
        ...client.cidrs.flatMap(({ cidr }, at) => rangeProblem(cidr, `${key}.cidrs[${String(at)}].cidr`)),
        ...client.deployers.flatMap((one, at) => deployerProblems(one, `${key}.deployers[${String(at)}]`)),
      ];
    }),
  ];
}

function duplicates({ clients, namespace }: Config): Problem[] {
  const identities = clients.flatMap((client, i) => [
    { key: `clients[${String(i)}].name`, kind: "client name", value: client.name },
    { key: `clients[${String(i)}].role`, kind: "role", value: client.role },
    ...(client.existingSecret === undefined
      ? []
      : [{ key: `clients[${String(i)}].existingSecret`, kind: "Secret", value: client.existingSecret }]),
    ...client.workloads.flatMap((workload, j) => [
      {
        key: `clients[${String(i)}].workloads[${String(j)}].serviceAccount.name`,
        kind: `ServiceAccount of ${namespaceOf(workload, namespace.name)}`,
        value: workload.serviceAccount.name,
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

/** A pod that two sets of labels select would be two clients at once; it cannot be where they differ in one label. */
function sharedPods({ clients, namespace }: Config): Problem[] {
  const all = clients.flatMap((client, i) =>
    client.workloads.map((workload, j) => ({
      podLabels: workload.podLabels,
      own: namespaceOf(workload, namespace.name),
      key: `clients[${String(i)}].workloads[${String(j)}].podLabels`,
    })),
  );
  return all.flatMap(({ podLabels, own, key }, index) => {
    const earlier = all
      .slice(0, index)
      .find((other) => other.own === own && canBeWornTogether(podLabels, other.podLabels));
    if (!earlier) return [];
    const expected = `labels that no pod can wear together with those of ${earlier.key}`;
    const fix = "give both a label of the same key with different values";
    return [{ key, got: podLabels, expected, fix }];
  });
}

function canBeWornTogether(a: Workload["podLabels"], b: Workload["podLabels"]): boolean {
  return Object.entries(a).every(([key, value]) => (b[key] ?? value) === value);
}

function unowned(clients: readonly Client[]): Problem[] {
  const owned = new Set(clients.filter(({ access }) => access === "readWrite").map(({ database }) => database));
  return clients.flatMap(({ database }, index) => {
    if (owned.has(database) || clients.findIndex((client) => client.database === database) !== index) return [];
    const expected = "a database that some client with access readWrite owns";
    return [
      { key: `clients[${String(index)}].database`, got: database, expected, fix: `let a client of ${database} write` },
    ];
  });
}

function nobody({ workloads, cidrs }: Client, key: string): Problem[] {
  if (workloads.length + cidrs.length > 0) return [];
  const expected = "at least one workload, or one range of addresses: nobody could use this identity";
  return [{ key: `${key}.workloads`, got: workloads, expected, fix: `add to ${key}.workloads or ${key}.cidrs` }];
}

function reserved({ role, database }: Client, clients: readonly Client[], key: string): Problem[] {
  const problems: Problem[] = [];
  const group = clients.find((client) => readerRole(client.database) === role);
  if (RESERVED_ROLES.test(role)) {
    const expected = "a role that neither PostgreSQL nor CloudNativePG keeps for itself";
    problems.push({ key: `${key}.role`, got: role, expected, fix: "choose another role name" });
  }
  if (group) {
    const expected = `a role of its own: ${role} is the group of those who read database ${group.database}`;
    problems.push({ key: `${key}.role`, got: role, expected, fix: "choose another role name" });
  }
  if (RESERVED_DATABASES.test(database)) {
    const expected = "a database that PostgreSQL does not keep for itself";
    problems.push({ key: `${key}.database`, got: database, expected, fix: "choose another database name" });
  }
  return problems;
}

function workloadProblems(workload: Workload, { clients, database, namespace }: Config, key: string): Problem[] {
  const { podLabels, serviceAccount } = workload;
  const theirs = Object.keys(podLabels).filter((name) => name.split("/")[0]?.endsWith("cnpg.io"));
  const problems = theirs.map((label): Problem => {
    const expected = "a label that is the workload's own; cnpg.io/ ones mark the database's pods";
    return { key: `${key}.podLabels`, got: label, expected, fix: `select by another label than ${label}` };
  });
  const poolers = clients.flatMap(({ pooler }) => (pooler ? [poolerName(database.name, pooler.name)] : []));
  const ours = namespaceOf(workload, namespace.name) === namespace.name ? [database.name, ...poolers] : [];
  if (["default", ...ours].includes(serviceAccount.name)) {
    const expected = `a ServiceAccount of the workload's own, not "default" and not the database's own`;
    const fix = "give the workload a ServiceAccount of its own";
    problems.push({ key: `${key}.serviceAccount.name`, got: serviceAccount.name, expected, fix });
  }
  return problems;
}

/** pg_hba knows pods by selectors, and those never leave the database's namespace: from others, only its poolers are. */
function namespaceProblems({ workloads, pooler }: Client, { namespace }: Config, key: string): Problem[] {
  if (pooler) return [];
  return workloads.flatMap((workload, index) => {
    const got = namespaceOf(workload, namespace.name);
    if (got === namespace.name) return [];
    const expected = `${JSON.stringify(namespace.name)}, where the database is: its pg_hba knows no pods of other namespaces`;
    const fix = `let the client come by a pooler (${key}.pooler: {}), or move the workload`;
    return [{ key: `${key}.workloads[${String(index)}].namespace`, got, expected, fix }];
  });
}

function deployerProblems(deployer: Client["deployers"][number], key: string): Problem[] {
  const { kind, name, namespace } = deployer;
  const problem = (expected: string, fix: string): Problem[] => [{ key, got: deployer, expected, fix }];
  if (kind === "ServiceAccount" && namespace === undefined)
    return problem("the namespace of the ServiceAccount", `add ${key}.namespace`);
  if (kind !== "ServiceAccount" && namespace !== undefined)
    return problem(`no namespace: a ${kind} has none`, `remove ${key}.namespace, or set kind to ServiceAccount`);
  if (EVERYBODY.test(name))
    return problem("somebody in particular: this is everybody", "name those who deploy the client");
  return [];
}
