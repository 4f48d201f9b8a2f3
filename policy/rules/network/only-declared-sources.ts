import ipaddr from "ipaddr.js";
import type { AccessRow } from "../../analysis/access/index.ts";
import { readRange } from "../../analysis/network/cidr.ts";
import { overlap } from "../../analysis/network/pod-addresses.ts";
import type { StackRule } from "../rule.ts";
import { accessRows, doubtOf, findingsByPort, podCidrsOf, viewParameters } from "./access-rows.ts";
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
    const podCidrs = podCidrsOf(parameters);
    const strangers = accessRows(stack, parameters)
      .filter((row) => isStranger(row) || isVague(row, podCidrs))
      .filter((row) => !isAllowed(row, parameters));
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

/** Whether a range that policies name besides pg_hba is too wide to say who is meant. */
function isVague({ verdict, source: { cidr }, pooler, port }: AccessRow, podCidrs: readonly string[]): boolean {
  const isNamedByPgHba = port === 5432 && pooler === undefined;
  if (cidr === undefined || isNamedByPgHba || (verdict !== "lifeline" && verdict !== "declared")) return false;
  return podCidrs.some((pods) => overlap(pods, cidr)) || isPublicRange(cidr);
}

function isPublicRange(cidr: string): boolean {
  const range = readRange(cidr);
  if (range === undefined) return true;
  const isSingle = range.prefix === range.bytes.length * 8;
  return !isSingle && ipaddr.fromByteArray([...range.bytes]).range() === "unicast";
}
