import type { AccessRow } from "../../analysis/access/index.ts";
import type { StackRule } from "../rule.ts";
import { accessRows, doubtOf, findingsByPort, viewParameters } from "./access-rows.ts";

/** Cut off from its operator, a cluster goes on until its primary is lost, and is then never mended. */
export const lifelinesOpen: StackRule = {
  scope: "stack",
  name: "lifelines-open",
  level: "mandatory",
  severity: "critical",
  description: "NetworkPolicies and pg_hba must leave open what a Cluster cannot live without.",
  fix: "admit the operator to 8000, the cluster's own pods (label cnpg.io/cluster alone) to 5432 and 8000, and give a Pooler's pods a line of pg_hba",
  url: "https://cloudnative-pg.io/documentation/current/networking/",
  parameters: viewParameters,
  judge(stack, parameters) {
    const rows = accessRows(stack, parameters).filter(
      (row) => (row.verdict === "lifeline-cut" || row.verdict === "undecided") && isLifeline(row),
    );
    return findingsByPort(stack, rows, ({ where, who, row }) => {
      if (row.verdict === "undecided") {
        const { reason, ...doubt } = doubtOf(stack, row);
        return { message: `whether ${where} is open to ${who} cannot be told: ${reason}`, ...doubt };
      }
      const by = row.network.allowed === false ? row.network.by.join(", ") : "pg_hba";
      return { message: `${where} is closed to ${who} by ${by}` };
    });
  },
};

/**
 * Each kind of insider with the ports that it cannot do without. A scraper that a policy names has the ports which that one
 * gives it; where none names any, the metrics that somebody is meant to read are closed.
 */
function isLifeline({ source: { kind, name }, port }: AccessRow): boolean {
  switch (kind) {
    case "operator":
      return port === 8000;
    case "peer":
      return port === 5432 || (port === 8000 && name === "instances");
    case "pooler":
      return port === 5432;
    case "scraper":
      return port === 9187 && name !== undefined;
    default:
      return false;
  }
}
