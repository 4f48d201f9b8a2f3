import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../log.ts";
import { tool } from "../toolchain.ts";
import { ensureRunning, stop, untilReady } from "./daemon.ts";
import { daemon } from "./daemons.ts";
import { network } from "./layout.ts";
import { runInside } from "./namespaces.ts";
import { isHealthy } from "./probes.ts";

/** kube-router, the NetworkPolicy engine that k3s embeds, on a node that is up. */
export const networkPolicyEngine = {
  /** Enforces NetworkPolicies; resolves when kube-router is healthy. The node must be registered, or kube-router ends. */
  async start(): Promise<void> {
    await ensureRunning(daemon("kube-router", await tool("kube-router")));
    await untilReady("kube-router", "healthy", 30, () => isHealthy(`http://${network.node}:20244/healthz`));
  },

  /** Leaves a cluster that accepts NetworkPolicies and enforces none: kube-router ended, its chains and sets flushed. */
  async stop(): Promise<void> {
    await stop("kube-router");
    let left = await cleanUp();
    // kube-proxy writes into the same table: what it changes meanwhile makes a cleanup fail.
    for (let again = 0; left.length > 0 && again < 5; again += 1) {
      await sleep(1000);
      left = await cleanUp();
    }
    if (left.length > 0) throw new Refusal(`kube-router: chains left after its cleanup: ${left.join(", ")}`);
  },
};

/** Has kube-router remove its rules, and answers the chains that are left. */
async function cleanUp(): Promise<string[]> {
  await runInside(await tool("kube-router"), ["--cleanup-config"]);
  return engineChains(await runInside("iptables-save", ["-t", "filter"]));
}

/** The chains of kube-router that an `iptables-save` lists. */
export function engineChains(rules: string): string[] {
  return [...rules.matchAll(/^:(KUBE-(?:ROUTER|NWPLCY|POD-FW)-\S+)/gm)].map(([, chain = ""]) => chain);
}
