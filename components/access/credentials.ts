import type { Client } from "../../config/schema.ts";
import type { ClusterName } from "./names.ts";
import { poolerHost } from "./poolers.ts";

/** Makes CloudNativePG watch the Secret, so that a new password reaches the role without a restart. */
export const RELOAD_LABEL = { "cnpg.io/reload": "true" };

/** Everything a client needs to connect, except for the CA certificate: that is `ca.crt` of Secret `<cluster>-ca`. */
export function connection(cluster: ClusterName, client: Client): Record<string, string> {
  return {
    username: client.role,
    host: client.pooler ? poolerHost(cluster, client.pooler.name) : `${cluster.name}-rw.${cluster.namespace}.svc`,
    port: "5432",
    dbname: client.database,
    sslmode: "verify-full",
  };
}
