import { existsSync, readFileSync } from "node:fs";
import { run } from "./exec.ts";
import { Refusal } from "./log.ts";
import * as node from "./node/index.ts";
import { operandImage } from "./node/operand.ts";
import { pgbouncerImage } from "./node/pgbouncer.ts";
import type { Options } from "./options.ts";

/** The cluster that the stack is brought up on. */
export interface Target {
  /** Content of its kubeconfig. */
  kubeconfig: string;
  /** Made by us for this purpose: it goes with `down`, and the proof may break things in it. */
  ours: boolean;
  /** Settings that this cluster asks for, over those of Pulumi.local.yaml. */
  config: Readonly<Record<string, unknown>>;
}

const K3D_CLUSTER = "hcloud-postgres";

/** Makes the cluster where it is ours to make, and says how to reach it. */
export async function bringUp({ on, kubeconfig }: Options): Promise<Target> {
  if (kubeconfig !== undefined) return { kubeconfig: content(kubeconfig), ours: false, config: {} };
  if (on === "k3d") {
    await run("k3d", ["cluster", "create", K3D_CLUSTER, "--wait"], { timeoutSeconds: 600 });
    return { kubeconfig: await run("k3d", ["kubeconfig", "get", K3D_CLUSTER]), ours: true, config: {} };
  }
  const { kubeconfig: file } = await node.up();
  // No image registry can be reached from the bare node.
  return {
    kubeconfig: content(file),
    ours: true,
    config: { database: { image: operandImage }, pgbouncer: { image: pgbouncerImage } },
  };
}

/** Removes the cluster where it was ours to make. */
export async function takeDown({ on }: Options): Promise<void> {
  if (on === "k3d") await run("k3d", ["cluster", "delete", K3D_CLUSTER], { timeoutSeconds: 300 });
  else await node.down();
}

function content(file: string): string {
  if (!existsSync(file)) throw new Refusal(`--kubeconfig: no file ${file}`);
  return readFileSync(file, "utf8");
}
