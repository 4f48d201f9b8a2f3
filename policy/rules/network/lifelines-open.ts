import { formatSource } from "../../analysis/access/index.ts";
import type { StackRule } from "../rule.ts";
import { clusterOf, engineOf, engineParameter } from "./access-rows.ts";

/** Cut off from its operator, a cluster goes on until its primary is lost, and is then never mended. */
export const lifelinesOpen: StackRule = {
  scope: "stack",
  name: "lifelines-open",
  level: "mandatory",
  severity: "critical",
  description: "NetworkPolicies and pg_hba must leave open what a Cluster cannot live without.",
  fix: "admit the operator to 8000 and the cluster's own pods (label cnpg.io/cluster alone) to 5432 and 8000",
  url: "https://cloudnative-pg.io/documentation/current/networking/",
  parameters: { engine: engineParameter },
  judge(stack, parameters) {
    return stack
      .access(engineOf(parameters))
      .rows.filter(({ verdict }) => verdict === "lifeline-cut")
      .map(({ cluster, source, port, network }) => {
        const subject = clusterOf(stack, cluster);
        const by = network.by.length === 0 ? "pg_hba" : network.by.join(", ");
        return {
          message: `${formatSource(source)} -> ${cluster}:${String(port)} is closed by ${by}`,
          ...(subject && { subject }),
        };
      });
  },
};
