import { clusterLabel } from "../../analysis/access/pods.ts";
import { valuesOf } from "../../analysis/access/insiders.ts";
import { groupBy } from "../../analysis/group-by.ts";
import { selects } from "../../analysis/network/matching.ts";
import type { Pod, Policy } from "../../analysis/network/model.ts";
import { remember } from "../../analysis/network/remember.ts";
import type { Selector } from "../../analysis/selector.ts";
import type { StackRule } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { worldOf } from "../world.ts";
import { asksForDatabase, databasesOf, podsOf, policiesOf } from "./database-pods.ts";

/** A typo in a label isolates nothing and opens nothing, and no tool says a word. */
export const noPolicySelectsNothing: StackRule = {
  scope: "stack",
  name: "no-policy-selects-nothing",
  level: "mandatory",
  severity: "high",
  description: "A NetworkPolicy that is meant for a database must select pods of it.",
  fix: "put it into the Cluster's namespace, and select cnpg.io/cluster with the Cluster's name, or cnpg.io/poolerName with the Pooler's",
  url: "https://cloudnative-pg.io/documentation/current/labels_annotations/",
  judge(stack) {
    return policiesOf(stack).flatMap(({ object, policy }) => {
      const fault = faultOf(stack, policy);
      return fault === undefined ? [] : [{ subject: object, path: ["spec", "podSelector"], message: fault }];
    });
  },
};

function faultOf(stack: Stack, policy: Policy): string | undefined {
  const databases = databasesOf(stack).get(policy.namespace) ?? [];
  if (databases.length === 0) return misplaced(stack, policy);
  if (!policy.selector.known) return "what it selects is not known before up";
  if (!asksForDatabase(policy.selector) && !opensPostgres(policy)) return undefined;
  const fixed = { ...policy, selector: withoutVarying(policy.selector) };
  const pods = [...databases.flatMap(podsOf), ...(podsByNamespace(stack).get(policy.namespace) ?? [])];
  return pods.some((pod) => selects(fixed, pod) !== false) ? undefined : "it selects no pod of this stack";
}

/** A policy for a Cluster of the stack which lives in another namespace. */
function misplaced(stack: Stack, { namespace, selector }: Policy): string | undefined {
  const asked = valuesOf(selector, clusterLabel);
  const found = [...databasesOf(stack).values()].flat().find(({ cluster: { name } }) => asked.includes(name));
  return found && `it selects nothing in ${namespace}: Cluster ${found.cluster.name} is in ${found.namespace}`;
}

function opensPostgres({ ingress }: Policy): boolean {
  return ingress.some(
    ({ ports }) =>
      ports !== "all" && ports.some((match) => match.kind === "numbers" && match.first === 5432 && match.last === 5432),
  );
}

/** Labels whose values come and go with the pods of a Cluster. */
const varying = new Set(["instanceName", "instanceRole", "jobRole", "majorVersion"].map((name) => `cnpg.io/${name}`));

function withoutVarying({ requirements, known }: Selector): Selector {
  return { requirements: requirements.filter(({ key }) => !varying.has(key) && key !== "role"), known };
}

const podsByNamespace = remember((stack: Stack): ReadonlyMap<string, readonly Pod[]> =>
  groupBy(worldOf(stack).pods, ({ namespace }) => namespace),
);
