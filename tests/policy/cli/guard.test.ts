import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closed, cluster, policy, sound } from "../access/lab.ts";
import { pods, policy as networkPolicy } from "../network/lab.ts";

const entry = fileURLToPath(new URL("../../../policy/cli.ts", import.meta.url));
let folder = "";

function guard(args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    cwd: folder,
    input,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const file = (name: string, content: string) => {
  writeFileSync(join(folder, name), content);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
  file("sound.yaml", cluster(closed) + sound);
  file("open.yaml", cluster([]) + policy("[{}]"));
  file("pods.yaml", pods + networkPolicy("ingress: [{ from: [{ podSelector: { matchLabels: { app: myapp } } }] }]"));
  file("pg_hba.conf", "hostssl app app_user ${podselector:app} scram-sha-256\nhost all all all reject\n");
  file("questions.json", '[{"subject": "jane", "verb": "get", "resource": "secrets"}]');
  file("broken.conf", "hostssl app app_user all scram\n");
  file("probes.json", '[{"ssl": true, "database": "app", "user": "app_user", "address": "10.0.0.5"}]');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("hba takes the addresses of a pod selector from all options that name it", () => {
  const addresses = ["--selectors", "app=10.0.0.5", "--selectors", "app=10.0.0.6,fd00::1"];
  const { stdout } = guard(["hba", "pg_hba.conf", "--major", "17", "--cnpg", ...addresses, "--format", "json"]);
  const { rules } = JSON.parse(stdout) as { rules: { line: number | null; address: string }[] };
  expect(rules.filter(({ line }) => line === 1).map(({ address }) => address)).toEqual([
    "10.0.0.5",
    "10.0.0.6",
    "fd00::1",
  ]);
});

describe("exit codes", () => {
  test.each([
    [["access", "sound.yaml"], 0],
    [["access", "open.yaml"], 1],
    [["access", "sound.yaml", "--against", "sound.yaml"], 0],
    [["access", "pods.yaml"], 0],
    [["access", "none.yaml"], 2],
    [["access"], 2],
    [["access", "sound.yaml", "--engine", "other"], 2],
    [["reach", "pods.yaml"], 0],
    [["reach", "pods.yaml", "--port", "70000"], 2],
    [["hba", "pg_hba.conf", "--major", "17", "--cnpg", "--selectors", "app=10.0.0.5"], 0],
    [["hba", "broken.conf", "--major", "17"], 1],
    [["hba", "pg_hba.conf", "--major", "13"], 2],
    [["hba", "pg_hba.conf", "--major", "17", "--probes", "pg_hba.conf"], 2],
    [["can", "sound.yaml", "--subject", "jane", "--verb", "get", "--resource", "secrets"], 1],
    [["can", "sound.yaml", "--subject", "jane"], 2],
    [["can", "sound.yaml", "--subject", "system:anonymous", "--verb", "get", "--resource", "/healthz"], 0],
    [["can", "sound.yaml", "--subject", "jane", "--verb", "get", "--resource", "/logs"], 1],
    [["can", "sound.yaml", "--subject", "jane", "--verb", "get", "--resource", "deployments"], 2],
    [["can", "sound.yaml", "--subject", "jane", "--verb", "get", "--resource", "/logs", "--name", "x"], 2],
    [["can", "sound.yaml", "--subject", "jane", "--verb", "get", "--resource", "/logs", "--namespace", "x"], 2],
    [["can", "sound.yaml", "--questions", "questions.json"], 0],
    [["can", "sound.yaml", "--questions", "questions.json", "--subject", "jane"], 2],
    [["can", "sound.yaml", "--questions", "questions.json", "--namespace", "x"], 2],
    [["powers", "sound.yaml"], 0],
    [["--help"], 0],
    [["unknown"], 2],
  ] as const)("%j: %i", (args, expected) => {
    const { status, stderr } = guard(args);
    expect({ status, trace: /\n\s+at /.test(stderr) }).toEqual({ status: expected, trace: false });
  });
});

describe("access", () => {
  test("answers in JSON with what could not be read beside it", () => {
    const { stdout } = guard(["access", "sound.yaml", "--format", "json"]);
    const answer = JSON.parse(stdout) as { rows: { verdict: string; source: { kind: string }; port: number }[] };
    expect(answer.rows.filter(({ source, port }) => source.kind === "client" && port === 5432)).toMatchObject([
      { cluster: "production/pg", network: { allowed: true }, verdict: "declared" },
    ]);
  });

  test("tells in JSON what was not read, of the older version too", () => {
    const { stdout, status } = guard([
      "access",
      "none.yaml",
      "sound.yaml",
      "--against",
      "gone.yaml",
      "sound.yaml",
      "--format",
      "json",
    ]);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [
        { file: "none.yaml", message: expect.stringContaining("ENOENT") as string, unread: true },
        { file: "gone.yaml", unread: true },
      ],
    });
  });

  test("shows which lines ask for a client certificate besides", () => {
    const asking = closed.map((line) => line.replace(/scram-sha-256$/, "$& clientcert=verify-full"));
    const { stdout } = guard(["access", "-"], cluster(asking) + sound);
    expect(stdout).toContain("scram-sha-256 clientcert=verify-full (line ");
  });

  test("reads standard input", () => {
    expect(guard(["access", "-"], cluster(closed) + sound).stdout).toContain("client app (app=myapp) in production");
  });

  test("says in Markdown what an older version did not let in", () => {
    const { stdout, status } = guard(["access", "open.yaml", "--against", "sound.yaml", "--format", "markdown"]);
    expect(stdout).toMatch(/^### Gained\n\n\| VERDICT \| SOURCE \|/);
    expect(stdout).toContain("| open | any other pod in production | 5432 | yes: production/policy |");
    expect(status).toBe(1);
  });

  test("names the file and line of what it leaves out", () => {
    file("half.yaml", `${cluster(closed)}${sound}\n---\nkind: [\n`);
    const { stderr, status } = guard(["access", "half.yaml"]);
    expect(stderr).toMatch(/^half\.yaml:\d+: not readable as YAML: /);
    expect(status).toBe(2);
  });
});

test("ends quietly, with its own exit code, where nobody reads on", () => {
  file("long.conf", "host all all all scram\n".repeat(10_000));
  const [node, cli] = [process.execPath, entry].map((path) => JSON.stringify(path)) as [string, string];
  const piped = (command: string) => {
    const shell = spawnSync("bash", ["-o", "pipefail", "-c", command], { cwd: folder, encoding: "utf8" });
    return [shell.status, shell.stdout.split("\n").length, shell.stderr];
  };
  expect(piped(`${node} ${cli} hba long.conf --major 17 | head -1`)).toEqual([1, 2, ""]);
  file("twice.yaml", `${pods}\n---\n`.repeat(400));
  expect(piped(`(${node} ${cli} reach twice.yaml 2>&1 >/dev/null) | head -1`)).toEqual([0, 2, ""]);
});

test("reach answers for every pair and port", () => {
  const { stdout } = guard(["reach", "pods.yaml", "--port", "5432/TCP", "--port", "53/UDP", "--format", "json"]);
  const rows = JSON.parse(stdout) as Record<string, unknown>[];
  expect(rows).toHaveLength(4 * 3 * 2);
  expect(rows).toContainEqual({
    from: "production/myapp",
    to: "production/pg",
    port: 5432,
    protocol: "TCP",
    allowed: true,
    by: ["production/policy"],
    differs: false,
  });
});

test("can tells in JSON what was not read, and powers by its exit code", () => {
  file("list.yaml", "apiVersion: v1\nkind: List\nitems: [text]\n");
  const question = ["--subject", "jane", "--verb", "get", "--resource", "secrets"];
  const { stdout, status } = guard(["can", "sound.yaml", "list.yaml", ...question, "--format", "json"]);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    allowed: false,
    path: [],
    problems: [
      { file: "list.yaml", line: 3, message: "items[0] is no Kubernetes object: it is left out", unread: true },
    ],
  });
  expect(guard(["powers", "sound.yaml", "list.yaml"]).status).toBe(2);
});

test("powers ends with 2 where a role is not known yet: what it grants is no row", () => {
  const name = "r";
  const kinds = {
    ClusterRole: { rules: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
    ClusterRoleBinding: {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "User", name: "jane" }],
    },
  };
  const items = Object.entries(kinds).map(([kind, more]) => ({
    ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name } },
    ...more,
  }));
  file("unknown-role.json", JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const { status, stdout, stderr } = guard(["powers", "unknown-role.json"]);
  const told = "unknown-role.json:1: ClusterRole r: rules not known before up: what it grants is undecided\n";
  expect({ status, stderr }).toEqual({ status: 2, stderr: told });
  expect(stdout).toContain(`Not read: ${told}`);
});

test("can and powers say that the input does not know a subject", () => {
  const doubt = "jane: no binding and no ServiceAccount here has this name\n";
  const question = ["--subject", "jane", "--verb", "get", "--resource", "secrets"];
  expect(guard(["can", "sound.yaml", ...question]).stderr).toBe(doubt);
  expect(guard(["powers", "sound.yaml", "--subject", "jane"]).stderr).toBe(doubt);
});

test("hba answers probes in their order", () => {
  const args = [
    "hba",
    "pg_hba.conf",
    "--major",
    "17",
    "--cnpg",
    "--selectors",
    "app=10.0.0.5",
    "--probes",
    "probes.json",
  ];
  expect(JSON.parse(guard([...args, "--format", "json"]).stdout)).toMatchObject({
    accepted: true,
    decisions: [{ line: 1, method: "scram-sha-256" }],
  });
});
