import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";
import { formatSource, type AccessRow } from "../../analysis/access/index.ts";
import { groupBy } from "../../analysis/group-by.ts";
import { texts, type JsonObject } from "../../analysis/json.ts";
import type { EngineName } from "../../analysis/network/reach.ts";
import { remember } from "../../analysis/network/remember.ts";
import { groupOf, type KubeObject } from "../../analysis/objects.ts";
import { holdsUnknown } from "../../analysis/unknown.ts";
import type { StackFinding } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { cidrPattern } from "./allowed-sources.ts";

/** The rules that judge reachability do so for the engine that enforces it, and for the addresses that pods have. */
export const viewParameters: Readonly<Record<"engine" | "podCidrs", PolicyConfigJSONSchema>> = {
  engine: {
    type: "string",
    enum: ["k3s", "standard"],
    default: "k3s",
    description: "The network policy engine of the cluster: that of k3s lets more in than some policies say",
  },
  podCidrs: {
    type: "array",
    items: { type: "string", pattern: cidrPattern },
    default: ["10.42.0.0/16"],
    description: "The ranges that pods get their addresses from, which CIDRs in policies and pg_hba may hold",
  },
};

export function engineOf(parameters: JsonObject): EngineName {
  return parameters["engine"] === "standard" ? "standard" : "k3s";
}

export function podCidrsOf(parameters: JsonObject): readonly string[] {
  return texts(parameters["podCidrs"]);
}

export function accessRows(stack: Stack, parameters: JsonObject): readonly AccessRow[] {
  return stack.access(engineOf(parameters), podCidrsOf(parameters)).rows;
}

/** One finding for all rows that differ in nothing but the source, so that a database without policies gives a few. */
export function findingsByPort(
  stack: Stack,
  rows: readonly AccessRow[],
  describe: (group: { where: string; who: string; row: AccessRow }) => Omit<StackFinding, "subject">,
): readonly StackFinding[] {
  const keyOf = ({ cluster, pooler = "", port, verdict, network }: AccessRow) =>
    [cluster, pooler, port, verdict, network.allowed, ...network.by].join("\n");
  return [...groupBy(rows, keyOf).values()].flatMap((same) =>
    same.slice(0, 1).map((row) => {
      const subject = clustersOf(stack).get(row.cluster);
      const where = `${String(row.port)}${row.pooler === undefined ? "" : ` of pooler ${row.pooler}`}`;
      return { ...describe({ where, who: nameAll(same), row }), ...(subject && { subject }) };
    }),
  );
}

/** Why a row is undecided. What a value that is not known yet leaves open is wrong; what the stack does not show is not. */
export function doubtOf(stack: Stack, { network, postgres }: AccessRow): { reason: string; undecided?: true } {
  if (network.allowed !== null) {
    return {
      reason: postgres.length === 0 ? "what pg_hba says is not known" : "addresses or memberships decide at pg_hba",
    };
  }
  const by = network.by.join(", ");
  if (dependsOnUnknown(stack, network.by)) return { reason: `${by} holds values that are not known before up` };
  return { reason: `${by} decides by what the stack does not show`, undecided: true };
}

/** Whether one of these NetworkPolicies, named as `namespace/name`, holds values that are not known. */
export function dependsOnUnknown(stack: Stack, policies: readonly string[]): boolean {
  return policies.some((title) => holdsUnknown(policiesByTitle(stack).get(title)?.body["spec"]));
}

const clustersOf = remember((stack: Stack) => byTitle(stack, "postgresql.cnpg.io", "Cluster"));
const policiesByTitle = remember((stack: Stack) => byTitle(stack, "networking.k8s.io", "NetworkPolicy"));

function byTitle(stack: Stack, group: string, kind: string): ReadonlyMap<string, KubeObject> {
  const own = stack.objects.filter((object) => object.kind === kind && groupOf(object) === group);
  return new Map(own.map((object) => [`${object.namespace}/${object.name}`, object]));
}

const shown = 5;

function nameAll(rows: readonly AccessRow[]): string {
  const names = [...new Set(rows.map(({ source }) => formatSource(source)))];
  const more = names.length > shown ? [`${String(names.length - shown)} more`] : [];
  return [...names.slice(0, shown), ...more].join(", ");
}
