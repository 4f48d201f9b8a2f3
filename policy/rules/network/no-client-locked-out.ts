import type { StackRule } from "../rule.ts";
import { accessRows, doubtOf, findingsByPort, viewParameters } from "./access-rows.ts";

/** A client that only one layer knows fails with a timeout or a refusal that says nothing of the other layer. */
export const noClientLockedOut: StackRule = {
  scope: "stack",
  name: "no-client-locked-out",
  level: "mandatory",
  severity: "high",
  description: "Whom a line of pg_hba names as a client must be able to get in, through the network too.",
  fix: "admit these pods or addresses to 5432 in a NetworkPolicy on the cluster's pods; or drop their line of pg_hba",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section",
  parameters: viewParameters,
  judge(stack, parameters) {
    const rows = accessRows(stack, parameters).filter(
      ({ verdict, source, port, pooler }) =>
        verdict === "locked-out" ||
        (verdict === "undecided" && source.kind === "client" && port === 5432 && pooler === undefined),
    );
    return findingsByPort(stack, rows, ({ where, who, row }) => {
      if (row.verdict === "undecided") {
        const { reason, ...doubt } = doubtOf(stack, row);
        return { message: `whether ${where} is open to ${who} cannot be told: ${reason}`, ...doubt };
      }
      const by = row.network.allowed === false ? row.network.by.join(", ") : "an earlier line of pg_hba";
      return { message: `${where} is closed to ${who} by ${by}` };
    });
  },
};
