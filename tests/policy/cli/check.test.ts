import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckFinding, CheckResult } from "../../../policy/cli/check.ts";
import type { Log } from "sarif";
import { sarifLog } from "../../../policy/cli/sarif.ts";
import { rules } from "../../../policy/rules/index.ts";
import { closed, cluster } from "../access/lab.ts";
import { sarifErrors } from "./sarif-schema.ts";

const entry = fileURLToPath(new URL("../../../policy/cli.ts", import.meta.url));
let folder = "";

function check(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, "check", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function answer(...args: readonly string[]): CheckResult {
  return JSON.parse(check(...args, "--format", "json").stdout) as CheckResult;
}

const file = (name: string, content: string | object) => {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content, null, 2));
};

const worldOpen = {
  urn: "urn:pulumi:dev::p::hcloud:index/firewall:Firewall::outer",
  type: "hcloud:index/firewall:Firewall",
  inputs: { rules: [{ direction: "in", protocol: "tcp", port: "6443", sourceIps: ["0.0.0.0/0"] }] },
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-check-"));
  file("open.yaml", cluster([]));
  file("sound.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\n");
  file("state.json", { version: 3, deployment: { resources: [worldOpen] } });
  file("preview.json", { steps: [{ op: "create", urn: worldOpen.urn, newState: worldOpen }] });
  file("failed.json", {
    steps: [
      { op: "same", newState: { type: "pulumi:pulumi:Stack", urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev" } },
    ],
    diagnostics: [{ severity: "error", message: "TypeError: no\n    at index.ts:1" }],
  });
  file("broken.yaml", "kind: Cluster\nmetadata: { name: pg\n");
  file("empty.json", {});
  file("off.json", { all: { enforcementLevel: "disabled" } });
  file("pg-hba.json", { all: "disabled", "pg-hba-closed-last": "mandatory" });
  file("firewall.json", { all: "disabled", "firewall-not-world-open": { enforcementLevel: "mandatory" } });
  file("advice.json", { all: "advisory" });
  file("exempt.json", {
    all: "disabled",
    "firewall-not-world-open": {
      enforcementLevel: "mandatory",
      exemptions: [{ urn: "*::outer", reason: "a honeypot, on purpose" }],
    },
  });
  file("list.json", "[]");
  file("text.json", "all: mandatory");
  file("broken.json", {
    al: "mandatory",
    all: "remediate",
    "pg-hba-close-last": "advisory",
    "lifelines-open": { engine: "calico", exemption: [], exemptions: [{ namespace: "n" }] },
    "firewall-not-world-open": 3,
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("exit codes", () => {
  test.each([
    [["sound.yaml"], 0],
    [["open.yaml"], 1],
    [["open.yaml", "--config", "off.json"], 0],
    [["open.yaml", "--config", "pg-hba.json"], 1],
    [["open.yaml", "--config", "firewall.json"], 0],
    [["open.yaml", "--config", "advice.json"], 0],
    [["open.yaml", "--config", "advice.json", "--fail-on", "advisory"], 1],
    [["state.json"], 1],
    [["state.json", "--config", "exempt.json"], 0],
    [["preview.json"], 1],
    [["none.yaml"], 2],
    // What is not read is not judged: to say that nothing was found would be a lie.
    [["sound.yaml", "none.yaml"], 2],
    [["sound.yaml", "broken.yaml"], 2],
    [["failed.json"], 2],
    [["empty.json"], 2],
    [["open.yaml", "--config", "none.json"], 2],
    [["open.yaml", "--config", "list.json"], 2],
    [["open.yaml", "--config", "text.json"], 2],
    [["open.yaml", "--config", "broken.json"], 2],
    [["open.yaml", "--fail-on", "disabled"], 2],
  ] as const)("%j: %i", (args, expected) => {
    const { status, stderr } = check(...args);
    expect({ status, trace: /\n\s+at /.test(stderr) }).toEqual({ status: expected, trace: false });
  });
});

test("a finding says which rule, where, and what to write instead", () => {
  const { findings, undecided, checked } = answer("open.yaml", "--config", "pg-hba.json");
  expect({ undecided, checked }).toEqual({ undecided: [], checked: 1 });
  expect(findings).toContainEqual({
    rule: "pg-hba-closed-last",
    level: "mandatory",
    object: "Cluster production/pg",
    file: "open.yaml",
    line: 13,
    message: "whoever matches no line may try a password, from anywhere, with or without TLS",
    fix: 'end spec.postgresql.pg_hba with "host all all all reject" (in stacks of hcloud-postgres: set mode to enforce)',
  });
});

test.each(["state.json", "preview.json"])("resources of other providers in %s are judged", (name) => {
  expect(answer(name, "--config", "firewall.json").findings).toMatchObject([
    { rule: "firewall-not-world-open", object: "outer (hcloud:index/firewall:Firewall)", file: name },
  ]);
});

test("what could not be read is told in every format", () => {
  const told = [
    { file: "broken.yaml", line: 3, message: expect.stringContaining("not readable as YAML") as string },
    { file: "failed.json", line: 1, message: "the preview failed, and shows only a part: TypeError: no" },
  ];
  const files = ["sound.yaml", "broken.yaml", "failed.json"];
  expect(answer(...files)).toMatchObject({ findings: [], unread: told });
  expect(check(...files).stdout).toContain("Not read: broken.yaml:3: not readable as YAML");
  const log = JSON.parse(check(...files, "--format", "sarif").stdout) as Log;
  expect(sarifErrors(log)).toBeUndefined();
  const [invocation] = log.runs[0]?.invocations ?? [];
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications).toHaveLength(2);
});

test("an exemption names an object of a manifest by kind, namespace and name", () => {
  const exempting = (urn: string) => {
    file("one.json", {
      all: "disabled",
      "pg-hba-closed-last": { enforcementLevel: "mandatory", exemptions: [{ urn, reason: "is only a test" }] },
    });
    return answer("open.yaml", "--config", "one.json").findings.length;
  };
  expect(exempting("Cluster production/pg")).toBe(0);
  expect(exempting("Cluster production/*")).toBe(0);
  expect(exempting("Cluster staging/*")).toBe(1);
});

test("everything that is wrong with a configuration is said at once", () => {
  expect(check("open.yaml", "--config", "broken.json").stderr.split("\n")).toEqual([
    "guard: broken.json configures the rules wrongly:",
    "  al: there is no such rule; did you mean all?",
    "  pg-hba-close-last: there is no such rule; did you mean pg-hba-closed-last?",
    "  lifelines-open.exemption: there is no such parameter; did you mean exemptions?",
    '  all: got "remediate", expected "mandatory" or "advisory" or "disabled"',
    '  lifelines-open.engine: got "calico", expected "k3s" or "standard"',
    "  lifelines-open.exemptions.0: got a mapping, expected at least 2 fields",
    "  lifelines-open.exemptions.0: got a mapping, must have required property 'reason'",
    '  firewall-not-world-open: got 3, expected a level or an object such as {"enforcementLevel": "advisory"}',
    "",
  ]);
});

test("people read a line a finding, and a table in Markdown", () => {
  expect(check("open.yaml", "--config", "pg-hba.json").stdout).toMatch(
    /^open\.yaml:13: mandatory: pg-hba-closed-last\n {2}Cluster production\/pg: /m,
  );
  expect(check("open.yaml", "--format", "markdown").stdout).toMatch(/^\| LEVEL \| RULE \|/);
});

describe("SARIF", () => {
  test("is valid, and has a result a finding", () => {
    const log = JSON.parse(check("state.json", "--config", "firewall.json", "--format", "sarif").stdout) as {
      runs: { results: unknown[] }[];
    };
    expect(sarifErrors(log)).toBeUndefined();
    expect(log.runs[0]?.results).toMatchObject([
      {
        ruleId: "firewall-not-world-open",
        kind: "fail",
        level: "error",
        locations: [{ physicalLocation: { artifactLocation: { uri: "state.json" }, region: { startLine: 14 } } }],
      },
    ]);
  });

  test("leaves open what only up will tell", () => {
    const finding: CheckFinding = {
      ...{ rule: "lifelines-open", level: "advisory", object: "stack", message: "?", fix: "!" },
      ...{ file: "a b.yaml", line: 1 },
    };
    const log = sarifLog({ findings: [finding], undecided: [finding], checked: 1, unread: [] }, rules);
    expect(sarifErrors(log)).toBeUndefined();
    expect(log.runs[0]?.results).toMatchObject([
      { kind: "fail", level: "warning" },
      { kind: "open", level: "none" },
    ]);
  });

  test("would not be valid with a level that there is not", () => {
    const log = sarifLog({ findings: [], undecided: [], checked: 0, unread: [] }, rules);
    expect(sarifErrors({ ...log, version: "2.2.0" })).toBeDefined();
  });
});

test("closed pg_hba alone makes no finding of its rule", () => {
  file("closed.yaml", cluster(closed));
  expect(answer("closed.yaml").findings.map(({ rule }) => rule)).not.toContain("pg-hba-closed-last");
});
