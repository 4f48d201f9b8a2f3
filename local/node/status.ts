import { existsSync, readFileSync } from "node:fs";
import { KubeClient } from "../../kube/client.ts";
import { logOf, pidOf } from "./daemon.ts";
import { daemonTools, type DaemonName } from "./daemons.ts";
import { paths } from "./layout.ts";
import { leftovers } from "./leftovers.ts";
import { isNodeReady } from "./probes.ts";

/** State of one daemon of the node. */
export interface DaemonStatus {
  name: DaemonName;
  /** Process id; undefined when it does not run. */
  pid: number | undefined;
  /** Path of its log. */
  log: string;
}

/** State of the node on this machine. */
export interface NodeStatus {
  /** `up`: every daemon runs and the node is Ready; `down`: nothing of it is on this machine; `broken`: anything else, which `up` mends. */
  state: "up" | "broken" | "down";
  daemons: DaemonStatus[];
  /** Path of the administrator's kubeconfig; undefined where there is none. */
  kubeconfig: string | undefined;
  /** Everything on this machine that belongs to the node, one line each. */
  parts: string[];
}

/** What of the node is on this machine, and whether it works. Changes nothing. */
export async function status(): Promise<NodeStatus> {
  const names = [...daemonTools, "containerd"] as const;
  const daemons = names.map((name) => ({ name, pid: pidOf(name), log: logOf(name) }));
  const kubeconfig = existsSync(paths.kubeconfig) ? paths.kubeconfig : undefined;
  const parts = leftovers();
  const complete = kubeconfig !== undefined && daemons.every(({ pid }) => pid !== undefined);
  const ready = complete && (await isNodeReady(new KubeClient(readFileSync(kubeconfig, "utf8"))));
  return { state: ready ? "up" : parts.length === 0 ? "down" : "broken", daemons, kubeconfig, parts };
}
