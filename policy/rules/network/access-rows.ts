import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import type { JsonObject } from "../../analysis/json.ts";
import type { EngineName } from "../../analysis/network/reach.ts";
import { groupOf, type KubeObject } from "../../analysis/objects.ts";
import type { Stack } from "../stack.ts";

/** The rules that judge reachability do so for the engine that enforces it. */
export const engineParameter: PolicyConfigJSONSchema = {
  type: "string",
  enum: ["k3s", "standard"],
  default: "k3s",
  description: "The network policy engine of the cluster: that of k3s lets more in than some policies say",
};

export function engineOf(parameters: JsonObject): EngineName {
  return parameters["engine"] === "standard" ? "standard" : "k3s";
}

/** The Cluster that a row of the access table names as `namespace/name`. */
export function clusterOf(stack: Stack, title: string): KubeObject | undefined {
  return stack.objects.find(
    (object) =>
      object.kind === "Cluster" &&
      groupOf(object) === "postgresql.cnpg.io" &&
      `${object.namespace}/${object.name}` === title,
  );
}
