import { expect, test } from "vitest";
import { runStack } from "../../program/stack.ts";

export const server = { name: "control-plane", serverType: "cx33", location: "fsn1", count: 3 };
export const workers = { name: "workers", serverType: "cx33", location: "fsn1", count: 2 };
/** The least that a cluster asks for. */
export const valid = {
  firewallKubeApiSource: ["203.0.113.0/24"],
  controlPlaneNodepools: [server],
  agentNodepools: [workers],
};

type Settings = Readonly<Record<string, unknown>>;
/** What they are, settings of the cluster over valid ones, and what the one error must say of them. */
export type Refused = readonly [string, Settings, readonly string[]];
/** What they are, and settings of the cluster over valid ones. */
export type Accepted = readonly [string, Settings];

const run = (settings: Settings) =>
  runStack("production", { config: { cluster: { hetzner: { ...valid, ...settings } } } });

export function refuses(refused: readonly Refused[]): void {
  test.each(refused)("%s is refused", async (_name, settings, said) => {
    const refusal = run(settings);
    for (const text of said) await expect(refusal).rejects.toThrow(text);
  });
}

export function accepts(accepted: readonly Accepted[]): void {
  test.each(accepted)("%s is accepted", async (_name, settings) => {
    const resources = await run(settings);
    expect(resources.filter(({ type }) => type === "hcloud:index/server:Server")).toHaveLength(5);
  });
}
