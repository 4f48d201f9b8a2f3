const group = "rbac.authorization.k8s.io";

/** The ServiceAccount of the sound stack's client, as a subject. */
export const myapp = "{ kind: ServiceAccount, name: myapp, namespace: production }";

/** The rule of the sound stack's Role as it is written there, and with more rules after it. */
export const secretRule =
  '  - { apiGroups: [""], resources: [secrets], resourceNames: [pg-app-credentials], verbs: [get] }\n';
export function secretRuleAnd(rule: string): string {
  return `${secretRule}  - ${rule}\n`;
}

/** A RoleBinding in production to `Role NAME` or `ClusterRole NAME`. */
export function roleBinding(to: string, ...subjects: readonly string[]): string {
  return binding("RoleBinding", "metadata: { name: more, namespace: production }", to, subjects);
}

export function clusterRoleBinding(to: string, ...subjects: readonly string[]): string {
  return binding("ClusterRoleBinding", "metadata: { name: more }", to, subjects);
}

/** A ClusterRole; rules and labels in flow style. */
export function clusterRole(name: string, rules: string, labels = "{}"): string {
  return `apiVersion: ${group}/v1
kind: ClusterRole
metadata: { name: ${name}, labels: ${labels} }
rules: ${rules}
`;
}

/** A Role in production; rules in flow style. */
export function role(name: string, rules: string, namespace = "production"): string {
  return `apiVersion: ${group}/v1
kind: Role
metadata: { name: ${name}, namespace: ${namespace} }
rules: ${rules}
`;
}

function binding(kind: string, metadata: string, to: string, subjects: readonly string[]): string {
  const [roleKind = "", name = ""] = to.split(" ");
  return `apiVersion: ${group}/v1
kind: ${kind}
${metadata}
roleRef: { apiGroup: ${group}, kind: ${roleKind}, name: ${name} }
subjects: [${subjects.join(", ")}]
`;
}
