import { createHash } from "node:crypto";
import { globSync, existsSync, readFileSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { outcome, run } from "./exec.ts";
import { Refusal, step } from "./log.ts";
import { cacheDir } from "./paths.ts";

/** How one binary is built from the Go module that pins it. */
interface Build {
  /** Folder under local/tools. */
  module: string;
  /** Main package. */
  package: string;
  /** Version variables stamped in by the linker. */
  stamp?: Record<string, string>;
  tags?: string;
}

const kubernetesVersion = "k8s.io/component-base/version";
const kubernetes = (command: string): Build => ({
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${command}`,
  stamp: {
    [`${kubernetesVersion}.gitVersion`]: "v1.36.3",
    [`${kubernetesVersion}.gitMajor`]: "1",
    [`${kubernetesVersion}.gitMinor`]: "36",
    [`${kubernetesVersion}.gitTreeState`]: "clean",
  },
});

const builds = {
  etcd: { module: "etcd", package: "go.etcd.io/etcd/server/v3" },
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kubelet: kubernetes("kubelet"),
  "kube-proxy": kubernetes("kube-proxy"),
  kubectl: kubernetes("kubectl"),
  "kube-router": { module: "kube-router", package: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router" },
  coredns: { module: "coredns", package: "." },
  "local-path-provisioner": {
    module: "local-path-provisioner",
    package: "github.com/rancher/local-path-provisioner",
    stamp: { "main.VERSION": "v0.0.30" },
  },
  manager: {
    module: "cloudnative-pg",
    package: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
    stamp: { "github.com/cloudnative-pg/cloudnative-pg/pkg/versions.buildVersion": "1.30.0" },
  },
  pulumi: {
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    stamp: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.250.0" },
    tags: "osusergo,grpcnotrace",
  },
} satisfies Record<string, Build>;

/** A binary of the local cluster or its engine, built from local/tools. */
export type ToolName = keyof typeof builds;

/** Every tool that can be built. */
export const toolNames = Object.keys(builds) as ToolName[];

const environment = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "", GOOS: "linux", GOARCH: "amd64" };
const pending = new Map<ToolName, Promise<string>>();
let lastBuild: Promise<unknown> = Promise.resolve();

/**
 * Path of a tool's binary: built once from its pinned module and kept in the cache under a hash of everything that shapes it.
 * Builds run one after another, since each uses every core. A missing or too old Go, or a build that fails, is a {@link Refusal}.
 */
export function tool(name: ToolName): Promise<string> {
  const known = pending.get(name);
  if (known !== undefined) return known;
  const path = lastBuild.then(() => build(name));
  pending.set(name, path);
  lastBuild = path.catch(() => undefined);
  return path;
}

/** The tools that are not in the cache yet. */
export async function unbuiltTools(): Promise<ToolName[]> {
  const go = await goVersion();
  return toolNames.filter((name) => !existsSync(binaryPath(name, go)));
}

/** The version of the installed Go, such as `1.26.8`. A Go that is missing or older than a tool's module asks for is a {@link Refusal}. */
export async function goVersion(): Promise<string> {
  const wanted = requiredGo();
  const found = await outcome("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } }).catch(() => undefined);
  const version = found?.stdout.trim().replace(/^go/, "") ?? "";
  if (version === "")
    throw new Refusal(`go: not found on PATH; install Go ${wanted} or newer, it builds the local tools`);
  if (compareVersions(version, wanted) < 0) {
    throw new Refusal(`go: version ${version} is too old; install Go ${wanted} or newer, it builds the local tools`);
  }
  return version;
}

/** Negative, zero or positive as the dotted version `a` is older than, the same as or newer than `b`; a release candidate counts as its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split(/[.a-z]/).map(Number);
  const [left, right] = [parts(a), parts(b)];
  const at = [0, 1, 2].find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return at === undefined ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The arguments of `go` that build a tool into `output`. */
export function goArguments(name: ToolName, output: string): string[] {
  const { package: main, stamp = {}, tags }: Build = builds[name];
  const stamps = Object.entries(stamp).map(([variable, value]) => `-X ${variable}=${value}`);
  return [
    ...["build", "-mod=readonly", "-trimpath", "-buildvcs=false"],
    ...(tags === undefined ? [] : ["-tags", tags]),
    ...["-ldflags", ["-s", "-w", ...stamps].join(" "), "-o", output, main],
  ];
}

async function build(name: ToolName): Promise<string> {
  const binary = binaryPath(name, await goVersion());
  if (existsSync(binary)) return binary;

  await mkdir(dirname(binary), { recursive: true });
  const unfinished = `${binary}.${String(process.pid)}`;
  const started = process.uptime();
  step(`building ${name}`);
  await run("go", goArguments(name, unfinished), { cwd: source(name), env: environment, timeoutSeconds: 1800 });
  await rename(unfinished, binary);
  step(`built ${name} in ${(process.uptime() - started).toFixed(0)} s`);
  return binary;
}

function binaryPath(name: ToolName, go: string): string {
  return join(cacheDir, "tools", `${name}-${fingerprint(name, go)}`, name);
}

function fingerprint(name: ToolName, go: string): string {
  const hash = createHash("sha256").update(JSON.stringify([go, environment, goArguments(name, "")]));
  for (const file of globSync(["go.mod", "go.sum", "*.go"], { cwd: source(name) }).sort()) {
    hash.update(`\n${basename(file)}\n`).update(readFileSync(join(source(name), file)));
  }
  return hash.digest("hex").slice(0, 16);
}

function source(name: ToolName): string {
  return join(import.meta.dirname, "tools", builds[name].module);
}

function requiredGo(): string {
  const versions = Object.values(builds).map(({ module }) => {
    const text = readFileSync(join(import.meta.dirname, "tools", module, "go.mod"), "utf8");
    return /^go (\S+)$/m.exec(text)?.[1] ?? "";
  });
  return versions.sort(compareVersions).at(-1) ?? "";
}
