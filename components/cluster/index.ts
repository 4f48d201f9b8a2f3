import type { Settings } from "../../config.ts";
import { ExistingCluster } from "./existing.ts";
import { HetznerCluster } from "./hetzner/index.ts";
import type { Found } from "./inspect.ts";
import type { ClusterRoom } from "./room.ts";

/** The cluster that the settings speak of: one that is there, or one that is made on Hetzner. */
export function openCluster(name: string, settings: Settings, { live, clusterUid }: Found): ClusterRoom {
  const { cluster, credentials, database, protect } = settings;
  if (credentials.kind === "hetzner" && cluster.hetzner) {
    const { hetzner } = cluster;
    return new HetznerCluster(name, { settings: hetzner, credentials, database, protect, clusterUid, live });
  }
  if (credentials.kind === "existing" && live) {
    return new ExistingCluster(name, { ...cluster, credentials, database, live });
  }
  throw new Error("valid settings have credentials for the cluster that they describe, and an existing one was read");
}
