import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closed, cluster, sound } from "../access/lab.ts";
import { policyUnderTest } from "../under-test.ts";

let folder = "";
const patience = 30_000;

function guard(...args: readonly string[]) {
  const command = [join(policyUnderTest, "cli.ts"), ...args];
  const { status, signal, stderr } = spawnSync(process.execPath, command, {
    cwd: folder,
    input: "",
    encoding: "utf8",
    timeout: patience,
  });
  return { status, signal, stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guard-"));
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
  };
  file(
    "bytes",
    Uint8Array.from({ length: 2000 }, (_, index) => (index * 7919) % 256),
  );
  file("deep.yaml", `a: ${"[".repeat(200_000)}`);
  file("deep.json", `${"[".repeat(2_000_000)}${"]".repeat(2_000_000)}`);
  file("large.yaml", `kind: Pod\napiVersion: v1\nmetadata: { name: p }\ntext: |\n${"  some text\n".repeat(4_500_000)}`);
  file("probes.json", "[{]");
  file("loop.conf", "include loop.conf\n".repeat(50));
  file("device.conf", "include /dev/zero\nlocal all all trust\n");
  mkdirSync(join(folder, "manifests"));
  file("manifests/sound.yaml", cluster(closed) + sound);
  execFileSync("mkfifo", [join(folder, "manifests", "pipe.yaml")]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ["any bytes as manifests", ["access", "bytes"], 2, /^bytes:\d+: not readable as YAML/],
  ["any bytes as pg_hba", ["hba", "bytes", "--major", "17"], 1, /^$/],
  ["any bytes as questions", ["can", "manifests", "--questions", "bytes"], 2, /bytes is not JSON/],
  ["broken probes", ["hba", "device.conf", "--major", "17", "--probes", "probes.json"], 2, /probes.json is not JSON/],
  ["deep YAML", ["access", "deep.yaml"], 2, /^deep\.yaml:1: not readable as YAML/],
  ["deep JSON", ["powers", "deep.json"], 2, /^deep\.json:1: /],
  ["54 MB of YAML", ["access", "large.yaml"], 0, /^$/],
  ["54 MB of pg_hba", ["hba", "large.yaml", "--major", "17"], 2, /more than 2097152 bytes/],
  ["nothing", ["reach", "-"], 2, /no Kubernetes object/],
  ["a device that never ends", ["access", "/dev/zero"], 2, /\/dev\/zero is larger than 64 MiB/],
  ["a pipe in a directory", ["access", "manifests"], 0, /^$/],
  ["a directory as pg_hba", ["hba", "manifests", "--major", "17"], 2, /^guard: manifests is a directory, not a file$/m],
  ["a directory as questions", ["can", "manifests", "--questions", "manifests"], 2, /manifests is a directory, not a/],
  [
    "a host name as a pod's address",
    ["hba", "loop.conf", "--major", "17", "--cnpg", "--selectors", "app=10.0.0.5,notanip"],
    2,
    /^guard: --selectors app=10\.0\.0\.5,notanip: notanip is no IP address$/m,
  ],
  [
    "addresses of pods for lines that nobody expands",
    ["hba", "loop.conf", "--major", "17", "--selectors", "app=10.0.0.5"],
    2,
    /^guard: --selectors needs --cnpg: without it pod selectors are not expanded$/m,
  ],
  ["a pg_hba that includes itself", ["hba", "loop.conf", "--major", "17"], 2, /more than 2097152 bytes/],
  ["a pg_hba that includes a device", ["hba", "device.conf", "--major", "17"], 1, /^$/],
] as const)(
  "%s",
  (_name, args, status, said) => {
    const outcome = guard(...args);
    expect(outcome).toMatchObject({ status, signal: null });
    expect(outcome.stderr).toMatch(said);
  },
  patience + 5000,
);
