import { stringify } from "yaml";
import { keyedPools } from "../../../config/hetzner/pools.ts";
import type { HetznerSettings } from "../../../config/hetzner/schema.ts";
import type { Problem } from "../../../config/problems.ts";
import { MAXIMUM_BYTES, renderUserData } from "./cloudInit.ts";
import { firewallRules } from "./firewall.ts";
import { placeholderFacts } from "./placeholders.ts";
import { plan, type PlannedNode } from "./plan.ts";

/** Source: docs.hetzner.cloud, "Set Rules" of a firewall: "Rules are limited to 50 entries per Firewall". */
const MAXIMUM_RULES = 50;

/** What the settings come to that is more than Hetzner takes, known before anything is registered. */
export function sizeProblems(settings: HetznerSettings): Problem[] {
  return [...firewallSize(settings), ...userDataSize(settings)];
}

function firewallSize(settings: HetznerSettings): Problem[] {
  const rules = firewallRules(settings).length;
  if (rules <= MAXIMUM_RULES) return [];
  const own = rules - settings.extraFirewallRules.length;
  const expected = `at most ${String(MAXIMUM_RULES - own)} rules: Hetzner takes ${String(MAXIMUM_RULES)} in a firewall, and ${String(own)} follow from other settings`;
  const got = `${String(settings.extraFirewallRules.length)} rules`;
  return [
    { key: "cluster.hetzner.extraFirewallRules", got, expected, fix: "put networks and ports together in a rule" },
  ];
}

function userDataSize(settings: HetznerSettings): Problem[] {
  const planned = plan(settings);
  // Nodes of a pool differ in their number; the first of all has the CAs besides.
  const kinds = planned.nodes.filter(({ first, pool }, index) => first || planned.nodes[index + 1]?.pool !== pool);
  const [largest] = kinds
    .map((node) => ({
      node,
      bytes: byteLength(renderUserData(settings, node, placeholderFacts(settings, planned, node))),
    }))
    .sort((a, b) => b.bytes - a.bytes);
  if (!largest || largest.bytes <= MAXIMUM_BYTES) return [];
  const { node, bytes } = largest;
  const [culprit] = contents(settings, node).sort((a, b) => b.bytes - a.bytes);
  const expected = `user data of ${node.name} of at most ${String(MAXIMUM_BYTES)} bytes, which Hetzner takes, and with this it has ${String(bytes)}`;
  return [
    {
      key: `cluster.hetzner.${culprit?.key ?? "agentNodepools"}`,
      got: `${String(culprit?.bytes ?? 0)} bytes`,
      expected,
      fix: "shorten it",
    },
  ];
}

/** The settings that make user data as long as one likes, with what each adds to a node's. */
function contents(settings: HetznerSettings, node: PlannedNode): { key: string; bytes: number }[] {
  const pool = keyedPools(settings).find((keyed) => keyed.pool.name === node.pool);
  const ofPool = pool ? { [`${pool.key}.labels`]: pool.pool.labels, [`${pool.key}.taints`]: pool.pool.taints } : {};
  const { auditPolicyConfig = "", controlPlanesCustomConfig, controlPlaneExecArgs, additionalTlsSans } = settings;
  const ofServers = { auditPolicyConfig, controlPlanesCustomConfig, controlPlaneExecArgs, additionalTlsSans };
  return Object.entries({ ...ofPool, ...(node.role === "server" && ofServers) }).map(([key, value]) => ({
    key,
    bytes: byteLength(typeof value === "string" ? value : stringify(value)),
  }));
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
