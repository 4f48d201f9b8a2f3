import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type KubeClient } from "../../../kube/client.ts";
import type { KubeObject } from "../../../kube/objects.ts";
import { identityOf, type Question } from "../../../policy/analysis/rbac/index.ts";
import type { Manifest } from "./generate/manifests.ts";

/** What the API server answers to a question. */
export interface Review {
  readonly allowed: boolean;
  /** The binding and the role it names for its answer; undefined where it names none. */
  readonly way: string | undefined;
}

/** Asks the API server by a SubjectAccessReview. */
export async function review(client: KubeClient, question: Question): Promise<Review> {
  const { user, groups } = identityOf(question.subject, question.groups);
  const { verb, url, namespace, group, resource, subresource, name } = question;
  const attributes =
    url === undefined
      ? { resourceAttributes: { verb, namespace, group, resource, subresource, name } }
      : { nonResourceAttributes: { verb, path: url } };
  const answer = (await client.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec: { user, groups, ...attributes } },
  })) as { status: { allowed: boolean; reason?: string } };
  return { allowed: answer.status.allowed, way: wayIn(answer.status.reason ?? "") };
}

/** Creates manifests; those that the API server refuses come back with its reason. */
export async function create(client: KubeClient, manifests: readonly Manifest[]): Promise<Map<Manifest, string>> {
  const refused = new Map<Manifest, string>();
  for (const manifest of manifests) {
    try {
      await client.create(manifest as KubeObject);
    } catch (error) {
      if (!(error instanceof ApiError) || ![400, 422].includes(error.status)) throw error;
      refused.set(manifest, error.message);
    }
  }
  return refused;
}

/** Deletes whatever of the manifests is there, and says whether anything was. */
export async function remove(client: KubeClient, manifests: readonly Manifest[]): Promise<boolean> {
  let removed = false;
  for (const { apiVersion, kind, metadata } of manifests) {
    const { name, namespace } = metadata;
    const ref = { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
    if (await client.delete(ref)) removed = true;
  }
  return removed;
}

/** Waits until the controller has come to rest and the authorizer has seen everything; leaves the objects by which it tells. */
export async function settle(client: KubeClient, round: string): Promise<Manifest[]> {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const rules = [{ verbs: [round], apiGroups: ["sentinel"], resources: ["sentinels"] }];
  const labels = { "example.com/sentinel": round };
  const subjects = [{ kind: "User", name: round }];
  const bound = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const inside = { name: `sentinel-${round}`, namespace: "prod" };
  const sum = { name: `sentinel-sum-${round}` };
  const sentinels: Manifest[] = [
    { apiVersion, kind: "ClusterRole", metadata: { name: `sentinel-${round}`, labels }, rules },
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: sum,
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
    },
    { apiVersion, kind: "ClusterRoleBinding", metadata: sum, roleRef: bound("ClusterRole", sum.name), subjects },
    { apiVersion, kind: "Role", metadata: inside, rules: [{ ...rules[0], resources: ["locals"] }] },
    { apiVersion, kind: "RoleBinding", metadata: inside, roleRef: bound("Role", inside.name), subjects },
  ];
  await create(client, sentinels);
  const sees = async (resource: string) =>
    (await review(client, { subject: round, verb: round, namespace: "prod", group: "sentinel", resource })).allowed;
  await until(() => sees("sentinels"));
  await until(() => sees("locals"));
  let last = "";
  let quiet = 0;
  // Roles that aggregate each other are never at rest: they keep handing on their rules, in an order that changes each time.
  const restlessAfter = Date.now() + 5_000;
  while (quiet < 3 && Date.now() < restlessAfter) {
    await sleep(150);
    const roles = await client.list({ apiVersion, kind: "ClusterRole" });
    const now = JSON.stringify(roles.map(({ metadata, rules }) => [metadata.name, sorted(rules)]));
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
  return sentinels;
}

/** The rules of the default roles that aggregate others, to be compared. */
export async function aggregatedDefaults(client: KubeClient): Promise<string> {
  const roles = await client.list({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" });
  const named = roles.filter(({ metadata }) => ["admin", "edit", "view"].includes(metadata.name ?? ""));
  return JSON.stringify(named.map(({ rules }) => sorted(rules)));
}

/** Waits for something that the control plane does by itself. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("the API server did not settle within 30 s");
    await sleep(20);
  }
}

function sorted(rules: unknown): string[] {
  return Array.isArray(rules) ? rules.map((rule) => JSON.stringify(rule)).sort() : [];
}

/** Two items of the same kind, named as a path of ours does; the API server writes a RoleBinding as "name/namespace". */
function wayIn(reason: string): string | undefined {
  const [, kind = "", binding = "", roleKind = "", role = ""] =
    /allowed by (\w+) "([^"]+)" of (\w+) "([^"]+)"/.exec(reason) ?? [];
  if (kind === "") return undefined;
  const [name = "", namespace = ""] = binding.split("/");
  const prefix = namespace === "" ? "" : `${namespace}/`;
  return `${kind} ${prefix}${name}, ${roleKind} ${roleKind === "Role" ? prefix : ""}${role}`;
}
