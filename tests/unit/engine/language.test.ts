import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { optionVariables, runtimeOptions, shellWords } from "../../../local/engine/language/options.ts";
import { directDependencies, requiredPlugins } from "../../../local/engine/language/packages.ts";
import { longKey, programArguments } from "../../../local/engine/language/run.ts";

function info(options: Record<string, string | boolean>) {
  const struct = structs.Struct.fromJavaScript(options);
  return new messages.ProgramInfo().setProgramDirectory("/program").setEntryPoint(".").setOptions(struct);
}

describe("runtime options", () => {
  test("default to the SDK's own TypeScript", () => {
    expect(runtimeOptions(undefined)).toEqual({ typescript: true, tsconfig: undefined, nodeargs: [] });
    expect(optionVariables(runtimeOptions(undefined))).toEqual({ PULUMI_NODEJS_TYPESCRIPT: "true" });
  });

  test("are read and passed on", () => {
    const options = runtimeOptions(info({ typescript: false, tsconfig: "t.json", nodeargs: "--import ./a.ts" }));
    expect(options).toEqual({ typescript: false, tsconfig: "t.json", nodeargs: ["--import", "./a.ts"] });
    expect(optionVariables(options)).toEqual({ PULUMI_NODEJS_TSCONFIG_PATH: "t.json" });
  });

  test("of the wrong type are refused", () => {
    expect(() => runtimeOptions(info({ typescript: "no" }))).toThrow("typescript option must be a boolean");
    expect(() => runtimeOptions(info({ nodeargs: true }))).toThrow("nodeargs option must be a string");
  });

  test("keep quoted words together", () => {
    expect(shellWords(`--title="a b" 'c d' e`)).toEqual(["--title=a b", "c d", "e"]);
    expect(shellWords("  ")).toEqual([]);
  });
});

test("the program's command line says what the engine said", () => {
  const request = new messages.RunRequest()
    .setMonitorAddress("127.0.0.1:1")
    .setProject("p")
    .setStack("s")
    .setParallel(4)
    .setDryrun(true)
    .setInfo(info({}).setRootDirectory("/root"))
    .setArgsList(["one"]);
  expect(programArguments(request, "127.0.0.1:2")).toEqual([
    ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--project", "p", "--root-directory", "/root"],
    ...["--stack", "s", "--pwd", "/program", "--parallel", "4", "--dry-run", ".", "one"],
  ]);
});

test("configuration keys get the form that the SDK reads", () => {
  expect(longKey("aws:region")).toBe("aws:config:region");
  expect(longKey("aws:config:region")).toBe("aws:config:region");
  expect(longKey("a:b:c")).toBe("a:config:b:c");
});

describe("packages", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "packages-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function install(path: string, manifest: unknown): void {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "package.json"), JSON.stringify(manifest));
  }

  test("name the plugins they need, also deep down, scoped and by other people", () => {
    install("node_modules/plain", { name: "plain", version: "1.0.0" });
    install("node_modules/@pulumi/random", { name: "@pulumi/random", version: "4.0.0", pulumi: { resource: true } });
    install("node_modules/plain/node_modules/@pulumi/random", {
      name: "@pulumi/random",
      version: "3.0.0",
      pulumi: { resource: true },
    });
    install("node_modules/third", {
      name: "third",
      version: "0.1.0",
      pulumi: { resource: true, name: "party", version: "v9.9.9", server: "https://plugins.example.com" },
    });
    install("node_modules/nameless", { name: "nameless", version: "1.0.0", pulumi: { resource: true } });
    expect(requiredPlugins(folder).toSorted((a, b) => a.version.localeCompare(b.version))).toEqual([
      { name: "random", version: "v3.0.0", server: "" },
      { name: "random", version: "v4.0.0", server: "" },
      { name: "party", version: "v9.9.9", server: "https://plugins.example.com" },
    ]);
  });

  test("that are not installed need nothing", () => {
    expect(requiredPlugins(folder)).toEqual([]);
    expect(directDependencies(folder)).toEqual([]);
  });

  test("are listed with what is installed", () => {
    install(".", { dependencies: { b: "^1" }, devDependencies: { a: "*" } });
    install("node_modules/b", { name: "b", version: "1.2.3" });
    expect(directDependencies(folder)).toEqual([
      { name: "a", version: "" },
      { name: "b", version: "1.2.3" },
    ]);
  });
});
