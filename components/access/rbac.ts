import type { types } from "@pulumi/kubernetes";
import type { Client } from "../../config/schema.ts";
import { databaseAccounts } from "./identities/guarded.ts";
import { USE } from "./identities/use.ts";
import { credentialsName, runAsName, secretReaderName, type ClusterName } from "./names.ts";

const RBAC = "rbac.authorization.k8s.io";

type Subject = types.input.rbac.v1.Subject;

/** A Role and the RoleBinding of the same name. */
export interface Grant {
  name: string;
  rules: types.input.rbac.v1.PolicyRule[];
  subjects: Subject[];
}

/**
 * `get` on one Secret by name: `list` and `watch` would show every Secret of the namespace.
 * @param client with its workloads of that namespace alone
 */
export function secretReaderGrant(cluster: ClusterName, client: Client, namespace: string): Grant {
  const resourceNames = [credentialsName(cluster, client)];
  return {
    name: secretReaderName(cluster, client),
    rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames, verbs: ["get"] }],
    subjects: secretReaderSubjects(client, namespace),
  };
}

/** The ServiceAccounts of a client's workloads. */
function secretReaderSubjects(client: Client, namespace: string): Subject[] {
  return client.workloads.map(({ serviceAccount }) => ({
    kind: "ServiceAccount",
    name: serviceAccount.name,
    namespace,
  }));
}

/** The operator may run pods as the database, and as its poolers. */
export function operatorGrant(cluster: ClusterName, clients: readonly Client[], operator: AccountName): Grant {
  return runAs(runAsName(cluster), databaseAccounts(cluster, clients), [{ kind: "ServiceAccount", ...operator }]);
}

/**
 * A client's deployers may run pods as the client.
 * @param client with its workloads of one namespace alone
 */
export function deployersGrant(cluster: ClusterName, client: Client): Grant {
  const accounts = client.workloads.map(({ serviceAccount }) => serviceAccount.name);
  return runAs(runAsName(cluster, client), accounts, client.deployers.map(subject));
}

/** A ServiceAccount. */
export interface AccountName {
  name: string;
  namespace: string;
}

function runAs(name: string, resourceNames: string[], subjects: Subject[]): Grant {
  return { name, rules: [{ apiGroups: [""], resources: ["serviceaccounts"], resourceNames, verbs: [USE] }], subjects };
}

function subject({ kind, name, namespace }: Client["deployers"][number]): Subject {
  return namespace === undefined ? { apiGroup: RBAC, kind, name } : { kind, name, namespace };
}
