import { overlap } from "../../policy/analysis/network/cidr.ts";
import { keyedPools } from "../../config/hetzner/pools.ts";
import type { HetznerSettings } from "../../config/hetzner/schema.ts";
import type { Problem } from "../../config/problems.ts";
import { plan, POOL_LABEL, type Plan } from "./hetzner/plan.ts";
import type { LiveNode } from "./live.ts";

const ANOTHER = "add another pool, move what runs there, then set this one's count to 0";
const STAYS = "set it back: the control plane stays where it is and what it is, for others make another stack";
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

/**
 * Changes of a pool that would make other servers of those that run: its place in the list, which gives the addresses, its
 * architecture, its location; and a smaller control plane, while etcd counts on the larger. The nodes say what they are.
 */
export function poolObjections(settings: HetznerSettings, nodes: readonly LiveNode[]): Problem[] {
  const planned = plan(settings);
  return [...changedPools(settings, planned, nodes), ...membersLost(planned, nodes)];
}

function changedPools(settings: HetznerSettings, planned: Plan, nodes: readonly LiveNode[]): Problem[] {
  const keys = new Map(keyedPools(settings).map(({ key, pool }) => [pool.name, `cluster.hetzner.${key}`]));
  return planned.subnets.flatMap(({ pool, ipRange }) => {
    const key = keys.get(pool) ?? "";
    const [then] = planned.nodes.filter((node) => node.pool === pool);
    const [now] = nodes.filter(({ labels }) => labels[POOL_LABEL] === pool);
    if (!now) return [];
    const problems: Problem[] = [];
    const elsewhere = then?.role === "server" ? STAYS : ANOTHER;
    const { address, labels } = now;
    if (address !== undefined && !overlap(`${address}/32`, ipRange)) {
      const expected = `${pool} in the place that it had: its servers' addresses (${address}) follow from that`;
      const fix = "put it back there: new pools come last, and one that is gone keeps its place with count 0";
      problems.push({ key, got: pool, expected, fix });
    }
    const architecture = labels["kubernetes.io/arch"];
    if (then && architecture !== undefined && architecture !== then.architecture) {
      const expected = `a type for ${architecture}, as its servers are`;
      problems.push({ key: `${key}.serverType`, got: then.serverType, expected, fix: elsewhere });
    }
    const location = labels["topology.kubernetes.io/region"];
    if (then && location !== undefined && location !== then.location) {
      const expected = `${location}, where its servers are`;
      problems.push({ key: `${key}.location`, got: then.location, expected, fix: elsewhere });
    }
    return problems;
  });
}

/** A control-plane server that is deleted as a member of etcd counts on among those that have to agree. */
function membersLost(planned: Plan, nodes: readonly LiveNode[]): Problem[] {
  return nodes
    .filter(({ labels }) => CONTROL_PLANE in labels && POOL_LABEL in labels)
    .filter(({ name }) => !planned.nodes.some((node) => node.name === name))
    .map(({ name, labels }) => {
      const expected = `${name} to have left the control plane before its server goes: etcd counts it as a member`;
      const fix = `kubectl drain ${name} and kubectl delete node ${name}, one server after the other (docs/hetzner.md)`;
      return { key: "cluster.hetzner.controlPlaneNodepools", got: labels[POOL_LABEL], expected, fix };
    });
}
