import type { Problem } from "./problems.ts";
import type { Client, Config } from "./schema.ts";

/** What follows a Cluster's name in the Secrets with which it would be CloudNativePG that its reader is. */
const AUTHORITIES = ["ca", "server", "replication", "pooler", "superuser"];

/** What is wrong with the Secret that a client brings along. */
export function existingSecretProblems(
  { existingSecret, passwordVersion }: Client,
  config: Config,
  key: string,
): Problem[] {
  if (existingSecret === undefined) return [];
  const { clients, database } = config;
  const problem = (expected: string, fix: string): Problem => {
    return { key: `${key}.existingSecret`, got: existingSecret, expected, fix };
  };
  const generated = clients.filter((one) => one.existingSecret === undefined);
  return [
    ...(passwordVersion > 1
      ? [
          problem(
            `no passwordVersion (${String(passwordVersion)}) beside it: that is for generated passwords`,
            `remove ${key}.passwordVersion and change the password in the Secret, or remove ${key}.existingSecret`,
          ),
        ]
      : []),
    ...(AUTHORITIES.some((name) => existingSecret === `${database.name}-${name}`)
      ? [problem("a Secret of the client's: that one is the database's own", "name the client's Secret")]
      : []),
    ...generated
      .filter(({ name }) => existingSecret === `${database.name}-${name}-credentials`)
      .map(({ name }) => problem(`a Secret of its own: that is the name of client ${name}'s`, "name another Secret")),
  ];
}
