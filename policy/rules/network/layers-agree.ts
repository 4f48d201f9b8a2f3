import type { AccessRow } from "../../analysis/access/index.ts";
import type { StackRule } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { accessRows, dependsOnUnknown, findingsByPort, viewParameters } from "./access-rows.ts";
import { allowedSourcesParameter, isAllowed } from "./allowed-sources.ts";

/** Where the layers disagree only one of them guards, and the next change to that one opens the database. */
export const layersAgree: StackRule = {
  scope: "stack",
  name: "layers-agree",
  level: "mandatory",
  severity: "high",
  description: "NetworkPolicies and pg_hba must let in the same clients: each layer holds where the other one fails.",
  fix: "name the same pods in both: peers of the policy on 5432, and podSelectorRefs of the lines before the closing reject",
  url: "https://cloudnative-pg.io/documentation/current/security/#network-policies",
  parameters: { ...viewParameters, allowedSources: allowedSourcesParameter },
  judge(stack, parameters) {
    const rows = accessRows(stack, parameters).filter((row) => disagrees(stack, row) && !isAllowed(row, parameters));
    return findingsByPort(stack, rows, ({ where, who, row }) => {
      if (row.verdict === "postgres-only") {
        const lines = row.postgres.map(({ type, databases, roles }) => `${type} ${databases.join()} ${roles.join()}`);
        return { message: `pg_hba lets in ${who} (${lines.join("; ")}), and only the network keeps them out` };
      }
      const by = row.network.by.length === 0 ? "no NetworkPolicy isolates it" : row.network.by.join(", ");
      return { message: `the network opens ${where} to ${who} (${by}), and only pg_hba keeps them out` };
    });
  },
};

/** A pg_hba that nobody can read admits by no line; that a node may reach its own pods is no policy's doing. */
function disagrees(stack: Stack, { verdict, postgres, network }: AccessRow): boolean {
  if (verdict === "postgres-only") return postgres.length > 0;
  return verdict === "network-only" && (network.allowed === true || dependsOnUnknown(stack, network.by));
}
