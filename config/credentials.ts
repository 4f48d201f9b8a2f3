import { bootstrapOf } from "./conflicts.ts";
import type { Problem } from "./problems.ts";
import type { Client, Config } from "./schema.ts";
import { namespaceOf } from "./workloads.ts";

/** What is wrong with how a client logs in. */
export function credentialProblems(client: Client, config: Config, key: string): Problem[] {
  return [...certificateProblems(client, config, key), ...existingSecretProblems(client, config, key)];
}

/** CloudNativePG gives the owner of the bootstrap a password, whether it is asked to or not. */
function certificateProblems(client: Client, config: Config, key: string): Problem[] {
  const { auth, existingSecret, passwordVersion, pooler, role } = client;
  if (auth !== "cert") return [];
  const problem = (expected: string, fix: string): Problem => ({ key: `${key}.auth`, got: auth, expected, fix });
  const isOwner = config.clients.some(({ access }) => access === "readWrite") && bootstrapOf(config).owner === role;
  const password = Object.entries({ existingSecret, passwordVersion: passwordVersion > 1 || undefined })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  return [
    ...(isOwner
      ? [
          problem(
            "password: the owner of the database made at the first start has one",
            `remove ${key}.auth, or let another client own it: database.bootstrap`,
          ),
        ]
      : []),
    ...(pooler
      ? [
          problem(
            "password for a client that comes by a pooler: PgBouncer has no certificate of the role to show",
            `remove ${key}.auth, or ${key}.pooler`,
          ),
        ]
      : []),
    ...password.map((name) =>
      problem(`no ${name} beside it: there is no password`, `remove ${key}.${name}, or ${key}.auth`),
    ),
  ];
}

/** What follows a Cluster's name in the Secrets with which it would be CloudNativePG that its reader is. */
const AUTHORITIES = ["ca", "server", "replication", "pooler", "superuser"];

function existingSecretProblems(
  { existingSecret, passwordVersion, workloads }: Client,
  config: Config,
  key: string,
): Problem[] {
  if (existingSecret === undefined) return [];
  const { clients, database, namespace } = config;
  const elsewhere = workloads.filter((workload) => namespaceOf(workload, namespace.name) !== namespace.name);
  const problem = (expected: string, fix: string): Problem => {
    return { key: `${key}.existingSecret`, got: existingSecret, expected, fix };
  };
  const others = clients.filter((one) => one.existingSecret === undefined);
  return [
    ...(passwordVersion > 1
      ? [
          problem(
            `no passwordVersion (${String(passwordVersion)}) beside it: that is for generated passwords`,
            `remove ${key}.passwordVersion and change the password in the Secret, or remove ${key}.existingSecret`,
          ),
        ]
      : []),
    ...(elsewhere.length > 0
      ? [
          problem(
            "a generated password, since workloads of other namespaces get a copy of it: one that is there is not copied",
            `remove ${key}.existingSecret, or let ${key}.workloads be of namespace ${namespace.name}`,
          ),
        ]
      : []),
    ...(AUTHORITIES.some((name) => existingSecret === `${database.name}-${name}`)
      ? [problem("a Secret of the client's: that one is the database's own", "name the client's Secret")]
      : []),
    ...others
      .filter(({ name }) =>
        ["credentials", "client-cert"].some((what) => existingSecret === `${database.name}-${name}-${what}`),
      )
      .map(({ name }) => problem(`a Secret of its own: that is the name of client ${name}'s`, "name another Secret")),
  ];
}
