import { at, text, type JsonObject } from "../json.ts";
import type { KubeObject } from "../objects.ts";
import { readSelector, type Selector } from "../selector.ts";
import { object, objects, string, stringMap, strings, type Refuse } from "./fields.ts";
import { groupKey, serviceAccountUser, userKey, type Binding, type Role, type Rule } from "./model.ts";
import { unknownFields } from "./unknown.ts";

/** What is read of an object; the parts of a KubeObject that say what it grants. */
export type Source = Pick<KubeObject, "apiVersion" | "kind" | "name" | "namespace" | "body">;

/**
 * A role, a binding, why the API server refuses the object (what it refuses grants nothing), or which of its fields hold
 * values that are not known before `up`.
 */
export type Reading =
  | { readonly role: Role }
  | { readonly binding: Binding }
  | { readonly refused: readonly string[] }
  | { readonly unknown: readonly string[] };

const apiGroup = "rbac.authorization.k8s.io";
const readers: Readonly<Record<string, (source: Source, refuse: Refuse) => Reading>> = {
  Role: (source, refuse) => ({ role: readRole(source, refuse) }),
  ClusterRole: (source, refuse) => ({ role: readRole(source, refuse) }),
  RoleBinding: (source, refuse) => ({ binding: readBinding(source, refuse) }),
  ClusterRoleBinding: (source, refuse) => ({ binding: readBinding(source, refuse) }),
};

/** `Kind ns/name`, or `Kind name` outside of namespaces. */
export function idOf(kind: string, namespace: string, name: string): string {
  return kind.startsWith("Cluster") ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Reads an object as the API server does, with its validation; undefined where it is not of RBAC. */
export function read(source: Source): Reading | undefined {
  const [group, version] = source.apiVersion.split("/");
  const reader = Object.hasOwn(readers, source.kind) ? readers[source.kind] : undefined;
  if (group !== apiGroup || reader === undefined) return undefined;
  if (version !== "v1") return { refused: [`apiVersion is ${source.apiVersion}; only ${apiGroup}/v1 is served`] };
  const unknown = unknownFields(source);
  if (unknown.length > 0) return { unknown };
  const refused: string[] = [];
  const reading = reader(source, (reason) => refused.push(reason));
  return refused.length === 0 ? reading : { refused };
}

function readRole({ kind, namespace, name, body }: Source, refuse: Refuse): Role {
  requireName(writtenName(body, name), "metadata.name", refuse);
  const aggregation = body["aggregationRule"];
  return {
    id: idOf(kind, namespace, name),
    labels: stringMap(object(body["metadata"], "metadata", refuse)["labels"], "metadata.labels", refuse),
    rules: objects(body["rules"], "rules", refuse).map((rule, index) =>
      readRule(rule, kind, `rules[${String(index)}]`, refuse),
    ),
    aggregates:
      kind === "ClusterRole" && aggregation !== undefined && aggregation !== null
        ? readAggregation(object(aggregation, "aggregationRule", refuse), refuse)
        : undefined,
  };
}

function readRule(body: JsonObject, kind: string, field: string, refuse: Refuse): Rule {
  const part = (name: string) => strings(body[name], `${field}.${name}`, refuse);
  const rule = {
    verbs: part("verbs"),
    apiGroups: part("apiGroups"),
    resources: part("resources"),
    resourceNames: part("resourceNames"),
    nonResourceURLs: part("nonResourceURLs"),
  };
  const demand = (holds: boolean, reason: string) => {
    if (!holds) refuse(`${field}${reason}`);
  };
  demand(rule.verbs.length > 0, ".verbs is empty");
  if (rule.nonResourceURLs.length > 0) {
    demand(kind === "ClusterRole", ".nonResourceURLs is only for ClusterRoles");
    demand(
      rule.apiGroups.length + rule.resources.length + rule.resourceNames.length === 0,
      " has both resources and nonResourceURLs",
    );
  } else {
    demand(rule.apiGroups.length > 0, '.apiGroups is empty (the core group is "")');
    demand(rule.resources.length > 0, ".resources is empty");
  }
  return rule;
}

function readAggregation(body: JsonObject, refuse: Refuse): readonly Selector[] {
  const field = "aggregationRule.clusterRoleSelectors";
  const selectors = objects(body["clusterRoleSelectors"], field, refuse);
  if (selectors.length === 0) refuse(`${field} is empty`);
  return selectors.map((selector, index) =>
    readSelector(selector, (reason) => {
      refuse(`${field}[${String(index)}]: ${reason}`);
    }),
  );
}

function readBinding({ kind, namespace, name, body }: Source, refuse: Refuse): Binding {
  requireName(writtenName(body, name), "metadata.name", refuse);
  stringMap(object(body["metadata"], "metadata", refuse)["labels"], "metadata.labels", refuse);
  const inside = kind === "RoleBinding" ? namespace : "";
  const reference = object(body["roleRef"], "roleRef", refuse);
  const role = {
    group: string(reference["apiGroup"], "roleRef.apiGroup", refuse) || apiGroup,
    kind: string(reference["kind"], "roleRef.kind", refuse),
    name: string(reference["name"], "roleRef.name", refuse),
  };
  const kinds = kind === "RoleBinding" ? ["Role", "ClusterRole"] : ["ClusterRole"];
  if (role.group !== apiGroup) refuse(`roleRef.apiGroup is "${role.group}", not ${apiGroup}`);
  if (!kinds.includes(role.kind)) refuse(`roleRef.kind is "${role.kind}", not ${kinds.join(" or ")}`);
  requireName(role.name, "roleRef.name", refuse);
  return {
    id: idOf(kind, namespace, name),
    namespace: inside,
    role: idOf(role.kind, namespace, role.name),
    holders: objects(body["subjects"], "subjects", refuse).map((subject, index) =>
      readSubject(subject, inside, `subjects[${String(index)}]`, refuse),
    ),
  };
}

function readSubject(body: JsonObject, inside: string, field: string, refuse: Refuse): string {
  const [kind, group, name, namespace] = ["kind", "apiGroup", "name", "namespace"].map((part) =>
    string(body[part], `${field}.${part}`, refuse),
  ) as [string, string, string, string];
  const expectGroup = (wanted: string) => {
    if (group !== "" && group !== wanted) refuse(`${field}.apiGroup is "${group}", not "${wanted}"`);
  };
  if (name === "") refuse(`${field}.name is empty`);
  switch (kind) {
    case "User":
      expectGroup(apiGroup);
      return userKey(name);
    case "Group":
      expectGroup(apiGroup);
      return groupKey(name);
    case "ServiceAccount":
      expectGroup("");
      if (namespace === "" && inside === "") refuse(`${field}.namespace is empty`);
      if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
        refuse(`${field}.name is "${name}", no name of a ServiceAccount`);
      return userKey(serviceAccountUser(namespace || inside, name));
    default:
      refuse(`${field}.kind is "${kind}", not User, Group or ServiceAccount`);
      return userKey(name);
  }
}

/** Of a name that the API server makes up, it checks what it is to start with. */
function writtenName(body: JsonObject, name: string): string {
  return text(at(body, "metadata", "name")) ?? text(at(body, "metadata", "generateName")) ?? name;
}

function requireName(name: string, field: string, refuse: Refuse): void {
  if (name === "" || name === "." || name === ".." || /[/%]/.test(name)) refuse(`${field} is "${name}", no valid name`);
}
