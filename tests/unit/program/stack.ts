import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import { vi } from "vitest";
import { parse } from "yaml";
import type { Present } from "../../../components/adoption/present.ts";
import type { LiveCluster } from "../../../components/cluster/live.ts";
import { tlsOutputs } from "../../hetzner/tls.ts";

/** A resource as the engine is told of it. */
export interface Registered {
  urn: string;
  type: string;
  name: string;
  parent: string;
  inputs: Record<string, unknown>;
  dependencies: string[];
  /** URNs of the resources that a property's value was made of. */
  references: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  provider: string;
  createTimeout: string;
  /** Names of the hooks before it is created, and before it is updated. */
  hooks: string[];
  updateHooks: string[];
  ignoreChanges: string[];
  deleteBeforeReplace: boolean;
}

export interface StackOptions {
  /** Stack configuration over what Pulumi.<stack>.yaml says, without the project prefix; undefined removes a key. */
  config?: Record<string, unknown>;
  /** The cluster over an empty one with three nodes. */
  live?: Partial<LiveCluster>;
  /** What is there under names of ours. */
  present?: readonly Present[];
  /** What an earlier `up` left as stack outputs. */
  outputs?: Record<string, unknown>;
  /** A first preview: neither ids nor outputs are known. */
  preview?: boolean;
}

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const PROJECT = "hcloud-postgres";
const PASSWORD = "random:index/randomPassword:RandomPassword";

export const STACK = (name: string) => `organization/${PROJECT}/${name}`;

/** A kubeconfig that is well formed and leads nowhere. */
export const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
  "current-context": "x",
});

/** Tokens of the right shape that no project has; each is found again wherever it leaks to. */
export const HCLOUD_TOKEN = "a".repeat(64);
export const CLUSTER_TOKEN = "b".repeat(64);

/** What stands for the database's CA, once there is one. */
export const AUTHORITY = "-----BEGIN CERTIFICATE-----";

export const EMPTY_CLUSTER: LiveCluster = {
  uid: "11111111-2222-3333-4444-555555555555",
  nodes: ["node1", "node2", "node3"].map((name) => ({ name, labels: {}, taints: [], podCidrs: [] })),
  operators: [],
  operatorWebhook: false,
  clientNamespaces: [],
  networkPolicies: [],
  apiServers: [{ cidr: "10.77.0.1/32", port: 6443 }],
};

/** Runs the whole program for a stack file under Pulumi's mocks and answers everything it registered. */
export async function runStack(name: string, options: StackOptions = {}): Promise<Registered[]> {
  const { preview = false } = options;
  vi.resetModules();
  vi.doMock(import("../../../components/cluster/live.ts"), async (original) => ({
    ...(await original()),
    readLive: () => Promise.resolve({ ...EMPTY_CLUSTER, ...options.live }),
    readAuthority: () => Promise.resolve(AUTHORITY),
    readUid: () => Promise.resolve(options.live?.uid ?? EMPTY_CLUSTER.uid),
  }));
  vi.doMock(import("../../../components/adoption/present.ts"), async (original) => ({
    ...(await original()),
    present: () => Promise.resolve([...(options.present ?? [])]),
  }));
  vi.doMock(import("../../../components/adoption/secrets.ts"), () => ({ secretObjections: () => Promise.resolve([]) }));
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name: resource, inputs }) => ({
        id: preview ? undefined : type.startsWith("hcloud:") ? numericId(resource) : `${resource}-id`,
        state: {
          ...(inputs as Record<string, unknown>),
          ...(type === "pulumi:pulumi:StackReference" && { outputs: options.outputs ?? {} }),
          ...(!preview && (await outputsOf(type, resource, inputs as Record<string, unknown>))),
        },
      }),
      call: () => ({}),
    },
    PROJECT,
    name,
    preview,
    "organization",
  );
  const secretKeys = ["kubeconfig", "hcloudToken", "clusterHcloudToken", "etcdS3AccessKey", "etcdS3SecretKey"];
  pulumi.runtime.setAllConfig(
    stackConfig(name, options.config),
    secretKeys.map((key) => `${PROJECT}:${key}`),
  );
  const registered = record();
  await import("../../../index.ts");
  await pulumi.runtime.disconnect();
  const twice = registered.find(({ urn }, index) => registered.findIndex((other) => other.urn === urn) !== index);
  if (twice) throw new Error(`the engine would refuse two resources ${twice.urn}`);
  return registered.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Hetzner's ids are numbers. */
function numericId(name: string): string {
  return String(Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 1_000_000, 7));
}

/** The secrets that a cluster like this one's needs. */
function secretsFor(cluster: { hetzner?: { etcdS3Backup?: unknown } } = {}): Record<string, string> {
  if (!cluster.hetzner) return { kubeconfig: KUBECONFIG };
  const tokens = { hcloudToken: HCLOUD_TOKEN, clusterHcloudToken: CLUSTER_TOKEN };
  return cluster.hetzner.etcdS3Backup === undefined
    ? tokens
    : { ...tokens, etcdS3AccessKey: "s3-access-key", etcdS3SecretKey: "s3-secret-key" };
}

/** What a provider adds to the inputs of a resource that is made. */
async function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Promise<object> {
  return {
    ...(type === PASSWORD && { result: `Pa55w0rd-of-${name}` }),
    ...(type === "hcloud:index/primaryIp:PrimaryIp" && { ipAddress: `198.51.100.${name.slice(-1)}` }),
    ...(await tlsOutputs(type, inputs)),
  };
}

/**
 * Stack configuration as the CLI hands it over: defaults of Pulumi.yaml under the stack file, all values as text. The
 * placeholders of the examples become networks: an `up` refuses them.
 */
function stackConfig(stack: string, overrides: Record<string, unknown> = {}): Record<string, string> {
  const project = yaml("Pulumi.yaml") as { config: Record<string, { default?: unknown }> };
  const file = yaml(stack.includes("/") ? `${stack}.yaml` : `Pulumi.${stack}.yaml`) as {
    config: Record<string, unknown>;
  };
  const cluster = "cluster" in overrides ? overrides["cluster"] : file.config[`${PROJECT}:cluster`];
  const prefixed = Object.entries({ ...secretsFor(cluster as object | undefined), ...overrides }).map(
    ([key, value]) => [`${PROJECT}:${key}`, value],
  );
  const defaults = Object.entries(project.config).map(([key, { default: value }]) => [`${PROJECT}:${key}`, value]);
  const merged = { ...Object.fromEntries(defaults), ...file.config, ...Object.fromEntries(prefixed) } as Record<
    string,
    unknown
  >;
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)] as const)
      .map(([key, value]) => [key, value.replaceAll("203.0.113.", "100.64.7.").replaceAll("2001:db8:", "2a01:4f8:")]),
  );
}

function yaml(file: string): unknown {
  return parse(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8"));
}

/** The few getters of the registration request that the tests ask. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getCustomtimeouts(): { getCreate(): string } | undefined;
  getHooks(): { getBeforeCreateList(): string[]; getBeforeUpdateList(): string[] } | undefined;
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
}
type Callback = (error: Error | null, response: { getUrn(): string }) => void;
interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
  registerResourceHook?(request: unknown, callback: (error: null, response: object) => void): void;
}

/** The mocks' monitor forgets what is not a property; this notes parents, dependencies, protection and hooks too. */
function record(): Registered[] {
  const monitor = getMonitor() as unknown as Monitor;
  const registered: Registered[] = [];
  const original = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    original(request, (error, response) => {
      if (!error) registered.push({ urn: response.getUrn(), ...noted(request) });
      callback(error, response);
    });
  monitor.registerResourceHook = (_request, callback) => {
    callback(null, {});
  };
  return registered;
}

function noted(request: Request): Omit<Registered, "urn"> {
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    dependencies: request.getDependenciesList(),
    references: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([property, urns]) => [property, urns.getUrnsList()]),
    ),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    provider: request.getProvider(),
    createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
    hooks: request.getHooks()?.getBeforeCreateList() ?? [],
    updateHooks: request.getHooks()?.getBeforeUpdateList() ?? [],
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
  };
}

/** True for a value the engine keeps encrypted. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && SECRET_MARK in value;
}

/** The value without its secret envelopes, each secret as "[secret]". */
export function masked(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
