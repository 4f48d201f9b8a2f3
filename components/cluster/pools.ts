import { overlap } from "../../config/hetzner/cidr.ts";
import { keyedPools } from "../../config/hetzner/pools.ts";
import type { HetznerSettings } from "../../config/hetzner/schema.ts";
import type { Problem } from "../../config/problems.ts";
import { plan, POOL_LABEL } from "./hetzner/plan.ts";
import type { LiveNode } from "./live.ts";

const ANOTHER = "add another pool, move what runs there, then set this one's count to 0";

/**
 * Changes of a pool that would make other servers of those that run: its place in the list, which gives the addresses, its
 * architecture, its location. The nodes themselves say what they are.
 */
export function poolObjections(settings: HetznerSettings, nodes: readonly LiveNode[]): Problem[] {
  const planned = plan(settings);
  const keys = new Map(keyedPools(settings).map(({ key, pool }) => [pool.name, `cluster.hetzner.${key}`]));
  return planned.subnets.flatMap(({ pool, ipRange }) => {
    const key = keys.get(pool) ?? "";
    const [then] = planned.nodes.filter((node) => node.pool === pool);
    const [now] = nodes.filter(({ labels }) => labels[POOL_LABEL] === pool);
    if (!now) return [];
    const problems: Problem[] = [];
    const { address, labels } = now;
    if (address !== undefined && !overlap(`${address}/32`, ipRange)) {
      const expected = `${pool} in the place that it had: its servers' addresses (${address}) follow from that`;
      const fix = "put it back there: new pools come last, and one that is gone keeps its place with count 0";
      problems.push({ key, got: pool, expected, fix });
    }
    const architecture = labels["kubernetes.io/arch"];
    if (then && architecture !== undefined && architecture !== then.architecture) {
      const expected = `a type for ${architecture}, as its servers are`;
      problems.push({ key: `${key}.serverType`, got: then.serverType, expected, fix: ANOTHER });
    }
    const location = labels["topology.kubernetes.io/region"];
    if (then && location !== undefined && location !== then.location) {
      const expected = `${location}, where its servers are`;
      problems.push({ key: `${key}.location`, got: then.location, expected, fix: ANOTHER });
    }
    return problems;
  });
}
