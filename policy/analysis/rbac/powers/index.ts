import type { KubeObject } from "../../objects.ts";
import { authorizer, type Authorizer } from "../authorizer.ts";
import { identityOf } from "../identity.ts";
import { serviceAccountUser } from "../model.ts";
import { catalogue } from "./catalogue.ts";
import { databaseSecrets, type IsDatabaseSecret } from "./database-secrets.ts";
import { holdings } from "./holdings.ts";

export { catalogue } from "./catalogue.ts";

/** One power that somebody has, and how they come by it. */
export interface PowerRow {
  /** A user name, `system:serviceaccount:NS:NAME`, or `group:NAME`. */
  readonly subject: string;
  /** The name of a power of the {@link catalogue}. */
  readonly power: string;
  /** Over what: a namespace or `*` for the whole cluster, followed by `/NAME` where it is over one object. */
  readonly scope: string;
  /** `["RoleBinding ns/a", "Role ns/b"]`; more where the power takes several permissions. */
  readonly path: readonly string[];
}

/**
 * The powers that lead past the layers which guard the database.
 * @param subject of whom; left out: of everybody whom a binding of the input names, and of its ServiceAccounts
 */
export function powers(objects: readonly KubeObject[], subject?: string): readonly PowerRow[] {
  const rbac = authorizer(objects);
  const subjects = subject === undefined ? subjectsOf(objects, rbac) : [subject];
  return subjects.flatMap(powerJudge(objects, rbac));
}

/** The same of one subject after the other, for those who have the authorizer of the objects already. */
export function powerJudge(objects: readonly KubeObject[], rbac: Authorizer): (subject: string) => readonly PowerRow[] {
  const isDatabaseSecret = databaseSecrets(objects);
  return (subject) => powersOf(subject, rbac, isDatabaseSecret);
}

function powersOf(subject: string, rbac: Authorizer, isDatabaseSecret: IsDatabaseSecret): PowerRow[] {
  const grants = rbac.grantsTo(identityOf(subject));
  const rows = new Map<string, PowerRow>();
  for (const { name, ways } of catalogue) {
    for (const { namespace, name: object, path } of ways.flatMap((way) => holdings(way, grants, isDatabaseSecret))) {
      const scope = `${namespace || "*"}${object === undefined ? "" : `/${object}`}`;
      rows.set([name, scope, ...path].join("\n"), { subject, power: name, scope, path });
    }
  }
  return [...rows.values()];
}

function subjectsOf(objects: readonly KubeObject[], rbac: Authorizer): string[] {
  const accounts = objects
    .filter(({ apiVersion, kind }) => apiVersion === "v1" && kind === "ServiceAccount")
    .map(({ namespace, name }) => serviceAccountUser(namespace, name));
  const bound = rbac.holders.map((key) => (key.startsWith("user:") ? key.slice("user:".length) : key));
  return [...new Set([...accounts, ...bound])].sort();
}
