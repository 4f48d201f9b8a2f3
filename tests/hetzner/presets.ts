import { isSecret, runStack, type Registered } from "../unit/program/stack.ts";

/** Stack files that make a cluster on Hetzner. */
export const PRESETS = ["production", "examples/hetzner-small", "examples/hetzner-arm64"];

/** What a whole run of the program with real keys and certificates would give a cluster's servers and its users. */
export interface Rendered {
  /** User data by server. */
  userData: Map<string, string>;
  kubeconfig: string;
}

/** Runs the program for a preset; every call makes another PKI. */
export async function rendered(preset: string): Promise<Rendered> {
  const resources = await runStack(preset);
  const servers = resources.filter(({ type }) => type === "hcloud:index/server:Server");
  return {
    userData: new Map(servers.map(({ inputs }) => [String(inputs["name"]), opened(inputs["userData"])])),
    kubeconfig: opened(provider(resources).inputs["kubeconfig"]),
  };
}

function provider(resources: Registered[]): Registered {
  const found = resources.find(({ name }) => name === "cluster-provider");
  if (!found) throw new Error("the program registered no provider for the cluster");
  return found;
}

function opened(value: unknown): string {
  return String(isSecret(value) ? (value as { value: unknown }).value : value);
}
