import { KubeClient } from "../kube/client.ts";
import { Refusal, step } from "./log.ts";
import * as node from "./node/index.ts";
import { parseOptions, usage, type Options } from "./options.ts";
import { runProof } from "./proof/index.ts";
import { table } from "./proof/rows.ts";
import {
  clusterOfState,
  destroy,
  forget,
  forgetLostCluster,
  kubeconfigOfStack,
  prepareStack,
  preview,
  up,
} from "./stack.ts";
import { bringUp, takeDown, type Target } from "./target.ts";

/** Cluster, preview, up. */
async function bringUpStack(options: Options): Promise<Target> {
  const target = await bringUp(options);
  if (target.ours) await forgetLostCluster(new KubeClient(target.kubeconfig));
  await prepareStack(target);
  await preview();
  await up();
  step("the database is up; look at the stack with: npm run -s pulumi -- stack --stack local");
  step("to change it, change Pulumi.local.yaml, and bring that up with: npm run local -- up");
  return target;
}

async function prove(options: Options, target?: Target): Promise<void> {
  const kubeconfig = target?.kubeconfig ?? (await kubeconfigOfStack());
  if (kubeconfig === undefined) throw new Refusal("nothing to prove: no stack is up; run npm run local -- up first");
  const ours = target?.ours ?? options.kubeconfig === undefined;
  const result = await runProof(new KubeClient(kubeconfig), { destructive: ours || options.destructive, log: step });
  process.stdout.write(`${options.format === "json" ? JSON.stringify(result, null, 2) : table(result)}\n`);
  if (result.failed > 0) process.exitCode = 1;
}

async function down(options: Options): Promise<void> {
  if (options.kubeconfig !== undefined) return destroy();
  await takeDown(options);
  await forget();
}

async function status(options: Options): Promise<void> {
  const { state, kubeconfig, daemons } = await node.status();
  const stack = await clusterOfState();
  if (options.format === "json") {
    process.stdout.write(`${JSON.stringify({ node: state, kubeconfig, daemons, stack }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`node: ${state}${kubeconfig === undefined ? "" : `, KUBECONFIG=${kubeconfig}`}\n`);
  for (const { name, pid, log } of daemons)
    process.stdout.write(`  ${name}: ${pid === undefined ? "-" : String(pid)} ${log}\n`);
  process.stdout.write(`stack local: ${stack === undefined ? "none" : `on cluster ${stack}`}\n`);
}

async function main(options: Options): Promise<void> {
  switch (options.command) {
    case undefined:
      return prove(options, await bringUpStack(options));
    case "up":
      await bringUpStack(options);
      return;
    case "proof":
      return prove(options);
    case "status":
      return status(options);
    case "down":
      return down(options);
  }
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === "help") process.stdout.write(`${usage}\n`);
  else await main(options);
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
