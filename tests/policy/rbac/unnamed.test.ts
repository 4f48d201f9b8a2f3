import { expect, test } from "vitest";
import { authorizer, unnamed } from "../../../policy/analysis/rbac/index.ts";
import { account, app, clusterRoleBinding, group, objectsOf, user } from "./lab.ts";

const metadata = { namespace: "prod", name: "app" };
const serviceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata };
const bound = clusterRoleBinding("b", "ClusterRole view", user("jane"), group("admins"), account("job", "prod"));
const objects = objectsOf(serviceAccount, bound);
const rbac = authorizer(objects);

test("whom a binding names, who is a ServiceAccount, and whom Kubernetes names by itself is known", () => {
  const bindings = ["jane", "group:admins", "system:serviceaccount:prod:job"];
  const own = ["system:serviceaccount:any:default", "system:anonymous", "group:system:authenticated", "system:node:n1"];
  expect(unnamed(objects, rbac, [app, ...bindings, ...own])).toEqual([]);
});

test("anybody else is told of once, in the order of the questions", () => {
  const others = ["jan", "admins", "group:jane", "system:serviceaccount:prod:ap", "system:serviceaccount:pro:app"];
  expect(unnamed(objects, rbac, [...others, app, "jan"])).toEqual(others);
});
