import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../../policy/build.ts";
import { rules } from "../../../policy/rules/index.ts";
import { cluster } from "../access/lab.ts";
import { PackProcess } from "./process.ts";

const source = join(import.meta.dirname, "..", "..", "..", "policy");
const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as {
  version: string;
  main: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
};

let folder = "";
let installed = "";
let files: string[] = [];

/** What `pulumi policy publish` uploads, unpacked where nothing is installed but what its package.json asks for. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-package-"));
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
      cwd: source,
      encoding: "utf8",
    }),
  ) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map(({ path }) => path).sort();
  execFileSync("tar", ["xzf", basename(packed.filename)], { cwd: folder });
  installed = join(folder, "package");
  for (const name of Object.keys(manifest.dependencies)) link(name);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function link(name: string): void {
  const target = join(installed, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  const file = createRequire(join(source, "package.json")).resolve(`${name}/package.json`);
  symlinkSync(realpathSync(dirname(file)), target);
}

test("the bundle in dist is that of the sources (npm run build)", async () => {
  const { outputFiles = [] } = await bundle({ write: false });
  const stale = outputFiles.filter(({ path, text }) => readFileSync(path, "utf8") !== text);
  expect(stale.map(({ path }) => basename(path))).toEqual([]);
  expect(readdirSync(join(source, "dist")).sort()).toEqual(outputFiles.map(({ path }) => basename(path)).sort());
});

test("exactly what is needed is published", () => {
  expect(files).toEqual([
    "PulumiPolicy.yaml",
    "RULES.md",
    "dist/cli.cjs",
    "dist/cli.cjs.LEGAL.txt",
    "dist/index.cjs",
    "dist/index.cjs.LEGAL.txt",
    "package.json",
    "profiles/development.json",
    "profiles/production.json",
  ]);
});

test("the pack starts from there, and judges", async () => {
  const pack = await PackProcess.start(installed);
  try {
    const info = await pack.info();
    expect([info.getName(), info.getVersion()]).toEqual(["hcloud-postgres", manifest.version]);
    expect(info.getPoliciesList().map((policy) => policy.getName())).toEqual(rules.map(({ name }) => name));
    const said = await pack.analyze({
      type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
      urn: "urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::pg",
      name: "pg",
      properties: { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name: "pg" }, spec: {} },
    });
    expect(said).toContainEqual(expect.objectContaining({ policy: "pg-hba-closed-last", level: "MANDATORY" }));
  } finally {
    await pack.stop();
  }
});

test("guard runs from there", () => {
  const [bin = ""] = Object.values(manifest.bin);
  writeFileSync(join(folder, "open.yaml"), cluster([]));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(installed, bin), "check", "open.yaml"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  expect(stdout).toContain("pg-hba-closed-last");
});
