import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AccessRow } from "../../../policy/analysis/index.ts";
import { describe } from "../access/lab.ts";
import { printed, repaired } from "../stacks/chapter.ts";
import { policyUnderTest } from "../under-test.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
  for (const [name, manifests] of Object.entries({ printed, repaired })) {
    writeFileSync(join(folder, `${name}.yaml`), Object.values(manifests).join("---"));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly rows: readonly AccessRow[];
  readonly gained: readonly AccessRow[];
  readonly lost: readonly AccessRow[];
  readonly changed: readonly { readonly before: AccessRow; readonly after: AccessRow }[];
}

function guard(...args: readonly string[]): { status: number | null; answer: Answer } {
  const command = [join(policyUnderTest, "cli.ts"), "access", ...args, "--format", "json"];
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
  return { status, answer: JSON.parse(stdout) as Answer };
}

const told = (rows: readonly AccessRow[]) => rows.filter(({ verdict }) => verdict !== "closed").map(describe);

test("as printed, PostgreSQL lets anybody try, and the operator is cut off", () => {
  const { status, answer } = guard("printed.yaml");
  expect(status).toBe(1);
  expect(told(answer.rows)).toEqual([
    "operator in cnpg-system 8000: lifeline-cut",
    "peer instances (cnpg.io/cluster=pg) in production 5432: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline-cut",
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 5432: lifeline",
    "pods (app=myapp) in production 5432: open",
    "any other pod in production 5432: postgres-only",
    "any other namespace 5432: postgres-only",
    "anyone outside the cluster 5432: postgres-only",
  ]);
  const anyone = answer.rows.find(({ source, port }) => source.kind === "anyone" && port === 5432);
  // Its own line refers to nothing: what catches everybody is the one that the operator adds.
  expect(anyone?.postgres).toEqual([
    { line: null, type: "host", databases: ["all"], roles: ["all"], method: "scram-sha-256", tls: "any" },
  ]);
});

test("repaired, the client is the only one to get in, and nothing is cut", () => {
  const { status, answer } = guard("repaired.yaml");
  expect(status).toBe(0);
  expect(told(answer.rows)).toEqual([
    "client app (app=myapp) in production 5432: declared",
    "operator in cnpg-system 8000: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 5432: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline",
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 5432: lifeline",
  ]);
});

test("against what was printed, the repair gains the lifelines and closes PostgreSQL to strangers", () => {
  const { status, answer } = guard("repaired.yaml", "--against", "printed.yaml");
  expect(status).toBe(1);
  expect(told(answer.gained)).toEqual([
    "operator in cnpg-system 8000: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline",
  ]);
  expect(answer.lost).toEqual([]);
  expect(answer.changed.map(({ before, after }) => `${describe(before)} -> ${after.verdict}`)).toEqual([
    "pods (app=myapp) in production 5432: open -> declared",
    "operator in cnpg-system 5432: closed -> closed",
    "any other pod in production 5432: postgres-only -> closed",
    "any other namespace 5432: postgres-only -> closed",
    "anyone outside the cluster 5432: postgres-only -> closed",
  ]);
});

test("the printed manifests against the repair lose the lifelines", () => {
  const { answer } = guard("printed.yaml", "--against", "repaired.yaml");
  expect(told(answer.lost)).toEqual([
    "operator in cnpg-system 8000: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline",
  ]);
  expect(answer.gained).toEqual([]);
});
