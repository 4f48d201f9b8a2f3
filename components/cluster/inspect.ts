import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../config.ts";
import { explain, type Problem } from "../../config/problems.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { readLive, type LiveCluster } from "./live.ts";
import { askPrimary, readerWarnings } from "../database/readers.ts";
import { lockOuts } from "./lockouts.ts";
import { objections, warnings } from "./preflight.ts";

/**
 * Looks at the cluster before anything is registered, in previews too.
 * @param render the objects that decide who gets in
 * @throws pulumi.RunError when it cannot be read, or when the configuration must not be applied to it
 */
export async function inspect(
  settings: Settings,
  render: (live: LiveCluster) => readonly KubeObject[],
): Promise<LiveCluster> {
  const { client, database, namespace, operator, stack } = settings;
  const [live, clusterUid] = await Promise.all([
    readLive(client, { namespace: namespace.name, database: database.name, operator }).catch((error: unknown) => {
      throw refusal([unreadable(client.server, error)]);
    }),
    lastClusterUid(stack),
  ]);
  const problems = [...objections(settings, live, { stack, clusterUid }), ...lockOuts(render(live), live)];
  if (problems.length > 0) throw refusal(problems);
  const toDo = await readerWarnings(settings, live.database, askPrimary(client, live.database));
  for (const warning of [...warnings(settings, live), ...toDo]) await pulumi.log.warn(warning);
  return live;
}

/** The stack's own output of the last `up`. */
async function lastClusterUid(stack: string): Promise<string | undefined> {
  const details: { value?: unknown } = await new pulumi.StackReference(stack).getOutputDetails("clusterUid");
  return typeof details.value === "string" ? details.value : undefined;
}

function refusal(problems: readonly Problem[]): pulumi.RunError {
  return new pulumi.RunError(explain(pulumi.getProject(), problems));
}

function unreadable(server: string, error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    key: "kubeconfig",
    got: "[secret]",
    expected: `an API server that answers at ${server} and lets us in (${reason})`,
    fix: "check that the cluster runs and that kubeconfig and cluster.context are the right ones",
  };
}
