import type { ResourceRule } from "../rule.ts";
import { installations, installingTypes } from "./installation.ts";
import { compareVersions } from "./versions.ts";

const guardedSince = "1.30.0";

/** GHSA-7qwx-x8ff-3px9 was never mended in 1.29: there a NetworkPolicy is all that stands before port 8000. */
export const cnpgStatusPort: ResourceRule = {
  scope: "resource",
  name: "cnpg-status-port",
  level: "advisory",
  severity: "medium",
  description: "Port 8000 of a database must take orders from its operator alone.",
  fix: `install ${guardedSince} or newer (chart 0.29.0), and until then admit nobody but the operator and the cluster's own pods to 8000`,
  url: "https://cloudnative-pg.io/documentation/current/security/",
  types: installingTypes,
  judge: (resource) =>
    installations(resource).flatMap(({ by, version, path }) => {
      if (version === undefined || compareVersions(version, guardedSince) >= 0) return [];
      const message = `${by} is operator ${version}: below ${guardedSince} whoever reaches port 8000 of an instance may drive its backups and archives`;
      return [{ path, message }];
    }),
};
