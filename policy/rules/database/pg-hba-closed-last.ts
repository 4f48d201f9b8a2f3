import { representatives } from "../../analysis/access/address-space.ts";
import { readClusters } from "../../analysis/access/cluster.ts";
import { cidrOf } from "../../analysis/access/address-lines.ts";
import { postgresLayer } from "../../analysis/access/postgres-layer.ts";
import type { HbaLine } from "../../analysis/access/visible-lines.ts";
import { at } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";
import { pgHbaPath, readHbaLines } from "./hba-lines.ts";

/** CloudNativePG ends every pg_hba.conf with a line that asks anybody for a password: only a refusal before it closes the file. */
export const pgHbaClosedLast: ObjectRule = {
  scope: "object",
  name: "pg-hba-closed-last",
  level: "mandatory",
  severity: "critical",
  description: "The pg_hba lines of a Cluster must end by turning everybody else away.",
  fix: 'end spec.postgresql.pg_hba with "host all all all reject" (in stacks of hcloud-postgres: set mode to enforce)',
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#the-pg_hba-section",
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { resource }) {
    if (resource.patch && at(object.body, ...pgHbaPath) === undefined) return [];
    const { lines, errors } = readHbaLines(object);
    const cidrs = lines.flatMap(({ rule }) => cidrOf(rule) ?? []);
    // Whoever no line names: were one of them turned away by a line for fewer addresses, the others would not be.
    const strangers = ["0.0.0.0/0", "::/0"].map(representatives(cidrs));
    return readClusters([object]).flatMap((cluster) => {
      if (cluster.pgHba === undefined || errors.length > 0) {
        const reason = cluster.pgHba === undefined ? "its lines are not known before up" : "PostgreSQL refuses them";
        return [{ path: pgHbaPath, message: `whether pg_hba is closed cannot be told: ${reason}` }];
      }
      const { linesFor } = postgresLayer(cluster, []);
      const open = strangers
        .flatMap((address) => (address === undefined ? [] : linesFor({ kind: "outsider", address })))
        .find(letsAnybodyTry);
      if (open === undefined && !strangers.includes(undefined)) return [];
      const message =
        open?.origin === "file"
          ? `anybody may authenticate by ${open.method}, from anywhere`
          : "whoever matches no line may try a password, from anywhere, with or without TLS";
      return [{ path: pgHbaPath, message }];
    });
  },
};

/** Whether a line is the operator's last one, or one that hides it by letting everybody in as well. */
function letsAnybodyTry({ origin, method, databases, roles, certain }: HbaLine): boolean {
  if (origin !== "file") return origin === "tail";
  return method !== "reject" && certain && databases.includes("all") && roles.includes("all");
}
