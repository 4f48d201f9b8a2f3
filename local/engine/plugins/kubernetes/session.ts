import { Cluster } from "./cluster.ts";
import type { Settings } from "./settings.ts";
import type { EngineLog } from "../log.ts";

/** What a configured provider works with. */
export interface Session {
  settings: Settings;
  cluster: Cluster;
  /** Why the cluster cannot be used; previews go on without it. */
  unusable: string | undefined;
  cancelled: AbortSignal;
  log: EngineLog;
}

/** The cluster, for what cannot be done without it. */
export function usable({ cluster, unusable }: Session): Cluster {
  if (unusable === undefined) return cluster;
  throw new Error(`configured Kubernetes cluster is unreachable: ${unusable}`);
}
