import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { standInFolders } from "../../../local/engine/plugins.ts";

let folder: string;
let env: Record<string, string>;
let announced: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plugins-"));
  mkdirSync(join(folder, "path"));
  env = { PATH: join(folder, "path"), PULUMI_HOME: join(folder, "home") };
  announced = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    announced += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A Pulumi that can or cannot download plugins, and writes down what it was asked. */
function pulumi(code: number): string {
  const file = join(folder, "pulumi");
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/asked\nexit ${String(code)}\n`, { mode: 0o755 });
  return file;
}

function chosen(file: string, ...args: string[]): Promise<string[]> {
  return standInFolders(args, file, env, join(folder, "memory")).then((folders) => folders.map((one) => basename(one)));
}

function asked(): number {
  return readFileSync(join(folder, "asked"), "utf8").trim().split("\n").length;
}

test("the real plugins are taken where they can be downloaded", async () => {
  expect(await chosen(pulumi(0), "up")).toEqual([]);
  expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(/^plugin install resource kubernetes \d+\.\d+\.\d+$/m);
  expect(announced).toBe("");
});

test("stand-ins are announced where the real plugins cannot be had, and a refusal is remembered for an hour", async () => {
  expect(await chosen(pulumi(1), "preview", "--json")).toEqual(["kubernetes", "random", "hcloud", "tls"]);
  expect(announced).toMatch(
    /^stand-in for pulumi-resource-kubernetes \d+\.\d+\.\d+: the real plugin could not be downloaded\n/,
  );
  expect(announced).toMatch(/^check-only stand-in for pulumi-resource-hcloud \d+\.\d+\.\d+: /m);
  expect(announced.trim().split("\n")).toHaveLength(4);
  expect(await chosen(pulumi(1), "up")).toEqual(["kubernetes", "random", "hcloud", "tls"]);
  expect(asked()).toBe(4);

  const earlier = Date.now() / 1000 - 3700;
  for (const line of readFileSync(join(folder, "asked"), "utf8").trim().split("\n")) {
    utimesSync(join(folder, "memory", line.split(" ").slice(-2).join("-")), earlier, earlier);
  }
  expect(await chosen(pulumi(0), "up")).toEqual([]);
});

test("a plugin that the user has installed, or has on PATH, is left to him", async () => {
  const kubernetes = JSON.parse(readFileSync("node_modules/@pulumi/kubernetes/package.json", "utf8")) as {
    version: string;
  };
  mkdirSync(join(folder, "home", "plugins", `resource-kubernetes-v${kubernetes.version}`), { recursive: true });
  expect(await chosen(pulumi(1), "up")).toEqual(["random", "hcloud", "tls"]);
  writeFileSync(join(folder, "path", "pulumi-resource-random"), "", { mode: 0o755 });
  expect(await chosen(pulumi(1), "destroy")).toEqual(["hcloud", "tls"]);
});

test("commands that need no plugin ask for none", async () => {
  expect(await chosen(pulumi(1), "config", "get", "x")).toEqual([]);
  expect(() => asked()).toThrow();
});
