import { cel } from "./policy.ts";

/** The verb on a ServiceAccount that running pods as it takes. */
export const USE = "use";

/**
 * Kubernetes' own controllers, which make pods of templates: whoever wrote the template was asked then.
 * The last one stands for all of them where they do not use ServiceAccounts of their own.
 */
const CONTROLLERS = [
  ...["deployment", "replicaset", "replication", "statefulset", "daemon-set", "job", "cronjob"].map(
    (name) => `system:serviceaccount:kube-system:${name}-controller`,
  ),
  "system:kube-controller-manager",
];

/** CEL: the account is none of the guarded ones, or the requester may use it. */
export function mayUse(account: string, guarded: readonly string[]): string {
  const check = `authorizer.group("").resource("serviceaccounts").namespace(request.namespace).name(${account})`;
  return `!(${account} in ${cel(guarded)}) || ${check}.check("${USE}").allowed()`;
}

/** CEL: the requester is a controller of Kubernetes. */
export const IS_CONTROLLER = `request.userInfo.username in ${cel(CONTROLLERS)}`;

/** CEL: what to tell whoever may not. */
export function mayNotUse(account: string, doing: string): string {
  return `request.userInfo.username + " may not ${doing} ServiceAccount " + ${account} + ": that takes the verb ${USE} on it, which deployers of the client have"`;
}
