import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backendVariables, breakStaleLocks } from "../../../local/engine/backend.ts";
import { homeVariables } from "../../../local/engine/home.ts";
import { installedPulumi } from "../../../local/engine/installed.ts";
import { pulumiCommand } from "../../../local/engine/pulumi.ts";
import { cacheDir } from "../../../local/paths.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function executable(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

function path(...folders: string[]): string {
  return folders.map((name) => join(folder, name)).join(delimiter);
}

describe("the user's Pulumi", () => {
  test("counts with its language host beside it", () => {
    const pulumi = executable("bin", "pulumi");
    executable("bin", "pulumi-language-nodejs");
    expect(installedPulumi(path("nothing", "bin"))).toBe(pulumi);
  });

  test("counts with its language host elsewhere on PATH", () => {
    const pulumi = executable("bin", "pulumi");
    executable("other", "pulumi-language-nodejs");
    expect(installedPulumi(path("bin", "other"))).toBe(pulumi);
  });

  test("counts as a link to where its language host is", () => {
    const real = executable("versions", "3", "pulumi");
    executable("versions", "3", "pulumi-language-nodejs");
    mkdirSync(join(folder, "bin"));
    symlinkSync(real, join(folder, "bin", "pulumi"));
    expect(installedPulumi(path("bin"))).toBe(join(folder, "bin", "pulumi"));
  });

  test("does not count without a language host, without the right to run it, or inside node_modules", () => {
    executable("alone", "pulumi");
    executable("host", "pulumi-language-nodejs");
    chmodSync(executable("forbidden", "pulumi"), 0o644);
    executable("node_modules", ".bin", "pulumi");
    expect(installedPulumi(path("alone"))).toBeUndefined();
    expect(installedPulumi(path("forbidden", "host"))).toBeUndefined();
    expect(installedPulumi(path("node_modules/.bin", "host"))).toBeUndefined();
    expect(installedPulumi("")).toBeUndefined();
  });
});

test("the user's Pulumi is run as it is, with the project's Node first on PATH", async () => {
  const pulumi = executable("bin", "pulumi");
  executable("bin", "pulumi-language-nodejs");
  writeFileSync(pulumi, '#!/bin/sh\necho "$@" "$EXTRA" "$(node --version)"\nexit 3\n');
  const user = { PATH: `${path("bin")}${delimiter}/usr/bin${delimiter}/bin`, EXTRA: "mine" };
  const command = await pulumiCommand(["up", "--yes"], user);
  expect({ ...command, env: { ...command.env, PATH: "" } }).toEqual({
    file: pulumi,
    args: ["up", "--yes"],
    env: { PATH: "", EXTRA: "mine", NODE_COMPILE_CACHE: join(cacheDir, "compiled") },
  });
  const main = join(import.meta.dirname, "..", "..", "..", "local", "engine", "main.ts");
  const run = spawnSync(process.execPath, [main, "up", "--yes"], { env: user, encoding: "utf8" });
  expect(run.stdout).toBe(`up --yes mine ${process.version}\n`);
  expect(run.status).toBe(3);
});

describe("the embedded backend", () => {
  test("is a folder with a passphrase that only its owner reads, the same each time", () => {
    const variables = backendVariables({}, folder);
    expect(variables["PULUMI_BACKEND_URL"]).toBe(`file://${folder}/backend`);
    const file = variables["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase.length).toBeGreaterThan(30);
    backendVariables({}, folder);
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  test("leaves a passphrase of the user alone", () => {
    const variables = backendVariables({ PULUMI_CONFIG_PASSPHRASE: "" }, folder);
    expect(Object.keys(variables)).toEqual(["PULUMI_BACKEND_URL"]);
  });

  test("stays away where the user has a backend", () => {
    expect(backendVariables({ PULUMI_BACKEND_URL: "s3://states" }, folder)).toEqual({});
  });

  test("loses the locks of a stack whose process on this machine is gone, and no other", () => {
    const locks = join(folder, "backend", ".pulumi", "locks", "organization", "hcloud-postgres");
    const lock = (stack: string, name: string, pid: number | undefined, host: string) => {
      mkdirSync(join(locks, stack), { recursive: true });
      writeFileSync(join(locks, stack, `${name}.json`), JSON.stringify({ pid, username: "root", hostname: host }));
      writeFileSync(join(locks, stack, `${name}.json.attrs`), "{}");
    };
    breakStaleLocks("local", folder);
    const { pid: gone } = spawnSync("true");
    lock("local", "gone", gone, hostname());
    lock("local", "elsewhere", gone, "another-machine");
    lock("local", "running", process.pid, hostname());
    lock("staging", "gone", gone, hostname());
    breakStaleLocks("local", folder);
    const left = (stack: string) => readdirSync(join(locks, stack)).filter((file) => !file.endsWith(".attrs"));
    expect(left("local").sort()).toEqual(["elsewhere.json", "running.json"]);
    expect(readdirSync(join(locks, "local"))).toHaveLength(4);
    expect(left("staging")).toEqual(["gone.json"]);
  });
});

describe("the home of the engine built here", () => {
  test("is a folder of ours in which no folder for logs can be made", () => {
    const home = join(folder, "home");
    expect(homeVariables({}, home)).toEqual({ PULUMI_HOME: home });
    expect(homeVariables({}, home)).toEqual({ PULUMI_HOME: home });
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, "logs")).isFile()).toBe(true);
  });

  test("is the user's where he names one", () => {
    expect(homeVariables({ PULUMI_HOME: "/mine" }, join(folder, "home"))).toEqual({});
  });
});
