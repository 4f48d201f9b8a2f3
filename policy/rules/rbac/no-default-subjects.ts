import { at, list, text, type Json } from "../../analysis/json.ts";
import { defaults } from "../../analysis/rbac/defaults.ts";
import { read } from "../../analysis/rbac/read.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import type { Finding, ObjectRule } from "../rule.ts";

/** Whom such a subject means nobody can list: every pod without an account of its own, or everybody there is. */
export const noDefaultSubjects: ObjectRule = {
  scope: "object",
  name: "no-default-subjects",
  level: "mandatory",
  severity: "high",
  description: "A binding must not name the default ServiceAccount, or a group of the system that many are in.",
  fix: "name a ServiceAccount that one workload runs as",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
  kinds: ["RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io"],
  judge(object) {
    const { subjects } = object.body;
    if (isUnknown(subjects)) return [hidden(["subjects"])];
    if (isDefaultBinding(object)) return [];
    return list(subjects).flatMap((subject, index) => judgeSubject(subject, ["subjects", index]));
  },
};

function judgeSubject(subject: Json, path: readonly (string | number)[]): Finding[] {
  const [kind, name] = [at(subject, "kind"), at(subject, "name")];
  if ([subject, kind, name].some(isUnknown)) return [hidden(path)];
  const meant = meaningOf(text(kind), text(name) ?? "");
  return meant === undefined ? [] : [{ path, message: `grants to ${meant}` }];
}

function meaningOf(kind: string | undefined, name: string): string | undefined {
  if (kind === "ServiceAccount") return name === "default" ? "the default ServiceAccount" : undefined;
  if (kind === "User") {
    if (name === "system:anonymous") return "system:anonymous";
    return /^system:serviceaccount:[^:]*:default$/.test(name) ? "the default ServiceAccount" : undefined;
  }
  if (kind !== "Group") return undefined;
  const isWide = wideGroups.has(name) || name.startsWith("system:serviceaccounts:");
  return isWide ? `the group ${name}` : undefined;
}

const wideGroups = new Set([
  "system:authenticated",
  "system:masters",
  "system:serviceaccounts",
  "system:unauthenticated",
]);

function hidden(path: readonly (string | number)[]): Finding {
  const message = "whom it grants to is not known before up";
  return { path, message, fix: "give kind and name of every subject as plain values" };
}

/** Every cluster comes with some such bindings: the same ones are nobody's choice. */
function isDefaultBinding(object: KubeObject): boolean {
  const reading = read(object);
  if (reading === undefined || !("binding" in reading)) return false;
  const { id, role, holders } = reading.binding;
  const known = defaults.bindings.find((binding) => binding.id === id);
  return known?.role === role && holders.every((holder) => known.holders.includes(holder));
}
