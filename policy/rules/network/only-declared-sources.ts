import type { AccessRow } from "../../analysis/access/index.ts";
import type { StackRule } from "../rule.ts";
import { accessRows, doubtOf, findingsByPort, viewParameters } from "./access-rows.ts";
import { allowedSourcesParameter, isAllowed } from "./allowed-sources.ts";

/** Policies add up: one of another stack or chart opens what all the others close, so only all of them together tell. */
export const onlyDeclaredSources: StackRule = {
  scope: "stack",
  name: "only-declared-sources",
  level: "mandatory",
  severity: "critical",
  description:
    "Nobody but the declared may reach a database: whom its pg_hba lines name, its Poolers, its own lifelines.",
  fix: "admit by podSelector and namespaceSelector only pods that a line of pg_hba names, and only to 5432; or name the source in allowedSources, with the reason",
  url: "https://cloudnative-pg.io/documentation/current/security/#network-policies",
  parameters: { ...viewParameters, allowedSources: allowedSourcesParameter },
  judge(stack, parameters) {
    const strangers = accessRows(stack, parameters).filter((row) => isStranger(row) && !isAllowed(row, parameters));
    return findingsByPort(stack, strangers, ({ where, who, row }) => {
      if (row.verdict === "undecided") {
        return { message: `whether ${where} is closed to ${who} cannot be told: ${doubtOf(stack, row).reason}` };
      }
      const by = row.network.by.length === 0 ? "no NetworkPolicy isolates it" : `by ${row.network.by.join(", ")}`;
      return { message: `${where} is open to ${who}: ${by}` };
    });
  },
};

/** Whether somebody who is not declared gets in, or may: what is undecided counts as open for a stranger. */
function isStranger({ verdict, source: { kind }, port, pooler }: AccessRow): boolean {
  if (verdict !== "undecided") return verdict === "open";
  if (kind === "namespace" || kind === "anyone") return true;
  if (port === 5432 && pooler !== undefined) return false;
  return kind === "pods" || kind === "cidr" || (kind === "client" && port !== 5432);
}
