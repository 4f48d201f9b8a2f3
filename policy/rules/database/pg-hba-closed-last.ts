import { readClusters } from "../../analysis/access/cluster.ts";
import { postgresLayer } from "../../analysis/access/postgres-layer.ts";
import type { Endpoint } from "../../analysis/network/model.ts";
import type { ObjectRule } from "../rule.ts";

const strangers: readonly Endpoint[] = [
  { kind: "outsider", address: "192.0.2.1" },
  { kind: "outsider", address: "2001:db8::1" },
];

/** CloudNativePG ends every pg_hba.conf with a line that asks anybody for a password: only a refusal before it closes the file. */
export const pgHbaClosedLast: ObjectRule = {
  scope: "object",
  name: "pg-hba-closed-last",
  level: "mandatory",
  severity: "critical",
  description: "The pg_hba lines of a Cluster must end by turning everybody else away.",
  fix: 'end spec.postgresql.pg_hba with "host all all all reject"',
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object) {
    return readClusters([object]).flatMap((cluster) => {
      const path = ["spec", "postgresql", "pg_hba"];
      const layer = postgresLayer(cluster, []);
      if (!layer.known) {
        const reason = cluster.pgHba === undefined ? "its lines are not known before up" : "PostgreSQL refuses them";
        return [{ path, message: `whether pg_hba is closed cannot be told: ${reason}` }];
      }
      const open = strangers.some((stranger) => layer.linesFor(stranger).some(({ origin }) => origin === "tail"));
      if (!open) return [];
      return [{ path, message: "whoever matches no line may try a password, from anywhere, with or without TLS" }];
    });
  },
};
