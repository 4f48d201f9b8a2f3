import type { HetznerSettings, Nodepool } from "./schema.ts";

/** All pools with the key of each, the control plane's first. */
export function keyedPools(settings: HetznerSettings): { key: string; pool: Nodepool }[] {
  const keyed = (name: "controlPlaneNodepools" | "agentNodepools") =>
    settings[name].map((pool, index) => ({ key: `${name}[${String(index)}]`, pool }));
  return [...keyed("controlPlaneNodepools"), ...keyed("agentNodepools")];
}

/** Servers of some pools. */
export function total(list: readonly Nodepool[]): number {
  return list.reduce((sum, { count }) => sum + count, 0);
}

/** Whether workloads run on the control plane: where that is allowed, or where nothing else is. */
export function schedulesOnControlPlane({ allowSchedulingOnControlPlane, agentNodepools }: HetznerSettings): boolean {
  return allowSchedulingOnControlPlane || total(agentNodepools) === 0;
}

/** Pools with servers that take workloads that tolerate nothing. */
export function openPools(settings: HetznerSettings): Nodepool[] {
  const { agentNodepools, controlPlaneNodepools } = settings;
  const taking = [...(schedulesOnControlPlane(settings) ? controlPlaneNodepools : []), ...agentNodepools];
  return taking.filter(
    ({ count, taints }) => count > 0 && taints.every((taint) => taint.endsWith(":PreferNoSchedule")),
  );
}

/** Pools that the database can run on. */
export function databasePools(settings: HetznerSettings): Nodepool[] {
  const { databaseNodepool } = settings;
  if (databaseNodepool === undefined) return openPools(settings);
  return keyedPools(settings).flatMap(({ pool }) => (pool.name === databaseNodepool ? [pool] : []));
}
