import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { messageOf } from "../../../../policy/pack/message.ts";
import { pgHbaValid } from "../../../../policy/rules/database/pg-hba-valid.ts";
import { judge } from "../../../../policy/rules/judge.ts";
import { stackOf } from "../../../../policy/rules/stack.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch, clusterWithLines } from "./lab.ts";

const judged = (...lines: string[]) => findings(pgHbaValid, [clusterWithLines(...lines)]);
const last = "host all all all reject";

test.each([
  [[]],
  [["hostssl app app_user ${podselector:app} scram-sha-256", last]],
  [["# who may: see the wiki", "", "hostssl app app_user 10.0.0.5/32 cert clientname=DN map=apps", last]],
  // A block scalar of YAML (|) ends in a newline.
  [["hostssl app app_user ${podselector:app} scram-sha-256\n", last]],
  [["hostssl 'app' \"App User\" 10.0.0.5/32 scram-sha-256", `${last} \\`]],
  [['hostssl "ALL" "All" 10.0.0.5/32 scram-sha-256', last]],
  [["# comments may hold\u00a0anything, ${podselector:app} too", last]],
])("lets pass %j", (lines) => {
  expect(judged(...lines)).toEqual([]);
});

describe("finds", () => {
  test.each([
    // Found by no webhook, and fatal at the next start.
    ["hostssl app app_user all", "PostgreSQL 18 refuses it: end-of-line before authentication method"],
    ["hostssl app app_user all scram", 'PostgreSQL 18 refuses it: invalid authentication method "scram"'],
    ["hostssl app app_user 10.0.0.0/33 cert", 'PostgreSQL 18 refuses it: invalid CIDR mask in address "10.0.0.0/33"'],
    [
      "host app app_user all cert",
      "PostgreSQL 18 refuses it: cert authentication is only supported on hostssl connections",
    ],
    ["hostssl app app_user ${podselector:app} cert \\", "ends in a backslash, which swallows the next line"],
    ["# to be removed \\", "ends in a backslash, which swallows the next line"],
    ["hostssl app app_user all cert\nhost all all all trust", "holds a newline, which begins another line"],
    ["hostssl app\u00a0app_user all cert", "holds U+00A0, which PostgreSQL takes for a part of a word"],
    ["\ufeffhostssl app app_user all cert", "holds U+FEFF, which PostgreSQL takes for a part of a word"],
    ["hostssl app app_user ${pods:app} cert", "refers to a pods, which CloudNativePG does not know"],
    ["hostssl app app_user ${APP_CIDR} cert", "has a ${ that CloudNativePG does not expand"],
    ["hostssl app app_user ${podselector:} cert", "has a ${ that CloudNativePG does not expand"],
    ["hostssl app app_user ${podselector:app},${podselector:pooler} cert", "has more than one reference"],
    ["host all ALL all reject", "takes ALL for a name"],
    ["host all all ALL reject", "takes ALL for a name"],
    ["hostssl Replication standby 10.0.0.5/32 cert", "takes Replication for a name"],
  ])("%j", (line, problem) => {
    expect(judged(line, last)).toEqual([`Cluster production/pg: pg_hba[0] ${problem}`]);
  });

  test.each([
    // The form of the tutorial at kube-hetzner--docs.pages.dev/guide/09-security, and what people make of it.
    ["hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256", "myapp", "app: myapp"],
    ["hostssl app app_user podSelectorRefs(app=myapp,tier=web) scram-sha-256", "myapp", "app: myapp, tier: web"],
    ["hostssl app app_user podSelectorRefs(app = My.App) scram-sha-256", "app", "app: My.App"],
  ])("%j and says what to write", (line, name, labels) => {
    const [found] = judge(pgHbaValid, stackOf([clusterWithLines(line, last)]), {});
    expect(found && messageOf(pgHbaValid, found)).toContain(
      "pg_hba[0] has a form that CloudNativePG does not know\n" +
        `Fix: declare in spec.podSelectorRefs {name: ${name}, selector: {matchLabels: {${labels}}}}` +
        ` and write \${podselector:${name}} for the address`,
    );
  });
});

test("reads a line as its major version does", () => {
  const judge = (spec: object) =>
    findings(pgHbaValid, [cluster({ ...spec, postgresql: { pg_hba: ["hostssl /[ app_user all cert", last] } })]);
  expect(judge({ imageName: "ghcr.io/cloudnative-pg/postgresql:15.14-standard-trixie" })).toEqual([]);
  expect(judge({ imageCatalogRef: { kind: "ImageCatalog", name: "postgresql", major: 15 } })).toEqual([]);
  expect(judge({ imageName: "ghcr.io/cloudnative-pg/postgresql:16.10-standard-trixie" })).toHaveLength(1);
  expect(judge({})).toHaveLength(1);
});

test("never shows a part of a line that may be a secret", () => {
  const line = "hostssl app app_user all ldap ldapserver=x ldapbindpasswd hunter2";
  expect(judged(line, last)).toEqual([
    "Cluster production/pg: pg_hba[0] PostgreSQL 18 refuses it: not shown, since the line holds a secret",
  ]);
});

test("finds what is no line at all", () => {
  const judge = (pgHba: never) => findings(pgHbaValid, [cluster({ postgresql: { pg_hba: pgHba } })]);
  expect(judge("host all all all reject" as never)).toEqual([
    'Cluster production/pg: pg_hba is "host all all all reject"',
  ]);
  expect(judge([{ "hostssl app app_user all": "cert" }, null] as never)).toEqual([
    "Cluster production/pg: pg_hba[0] is a mapping",
    "Cluster production/pg: pg_hba[1] is null",
  ]);
  expect(judge(null as never)).toEqual([]);
});

test("fails closed where a line is not known yet, or too much is written", () => {
  expect(judged(unknownValue, last)).toEqual(["Cluster production/pg: pg_hba[0] is not known before up"]);
  expect(judged(`# ${"x".repeat(3_000_000)}`)).toEqual([expect.stringContaining("has more than 2097152 bytes")]);
});

test("a patch is judged by the lines that it sets", () => {
  expect(findings(pgHbaValid, [clusterPatch({ postgresql: { pg_hba: ["nonsense"] } })])).toHaveLength(1);
  expect(findings(pgHbaValid, [clusterPatch({ instances: 3 })])).toEqual([]);
});
