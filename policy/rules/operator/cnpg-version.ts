import { text } from "../../analysis/json.ts";
import type { Finding, ResourceRule } from "../rule.ts";
import { installations, installingTypes } from "./installation.ts";
import { compareVersions } from "./versions.ts";

/** Pod selectors in pg_hba came with 1.29.0; 1.29.2 mended CVE-2026-55769 and CVE-2026-55765. */
const secureSince = "1.29.2";

/** The operator holds the keys of every database: a hole in it is a hole in all of them. */
export const cnpgVersion: ResourceRule = {
  scope: "resource",
  name: "cnpg-version",
  level: "mandatory",
  severity: "high",
  description:
    "The CloudNativePG operator must be of a version that knows pod selectors and has its known holes mended.",
  fix: `install ${secureSince} or newer by an exact version: a release manifest, or the chart from 0.29.0 on`,
  url: "https://cloudnative-pg.io/documentation/current/supported_releases/",
  parameters: {
    minimumVersion: {
      type: "string",
      pattern: "^\\d+\\.\\d+\\.\\d+$",
      default: secureSince,
      description: "The oldest version of the operator that is accepted",
    },
  },
  types: installingTypes,
  judge(resource, { parameters }) {
    const minimum = text(parameters["minimumVersion"]) ?? secureSince;
    const fix = `install ${minimum} or newer by an exact version: a release manifest, or the chart from 0.29.0 on`;
    return installations(resource).flatMap(({ by, version, hidden, path }): readonly Finding[] => {
      if (hidden) return [{ path, message: `which version ${by} is cannot be told`, undecided: true }];
      if (version === undefined) return [{ path, fix, message: `${by} names no exact version of the operator` }];
      if (compareVersions(version, minimum) >= 0) return [];
      return [{ path, fix, message: `${by} is operator ${version}, older than ${minimum}` }];
    });
  },
};
