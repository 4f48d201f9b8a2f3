import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../config.ts";
import { placeholders } from "../../config/hetzner/exposure.ts";
import { explain, statement, type Problem } from "../../config/problems.ts";
import type { Config } from "../../config/schema.ts";
import { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { otherNamespaces } from "../access/workloads.ts";
import { askPrimary, readerWarnings } from "../database/readers.ts";
import type { Present } from "../adoption/present.ts";
import { survey } from "../adoption/survey.ts";
import { NOTHING_YET, readLive, type LiveCluster } from "./live.ts";
import { lockOuts } from "./lockouts.ts";
import { remembered, type Memory } from "./memory.ts";
import { namespacesTooEarly, objections, warnings } from "./preflight.ts";

/** The objects that decide who gets in, as the program would make them. */
type Render = (config: Config, live: LiveCluster) => readonly KubeObject[];

/** What was there before anything was registered. */
export interface Found {
  /** The cluster; undefined while there is none, or (on Hetzner) where it cannot be reached. */
  live: LiveCluster | undefined;
  /** kube-system UID of the cluster of the last `up`; undefined before the first. */
  clusterUid: string | undefined;
  /** Objects of somebody else's that this stack has taken over, or takes over now. */
  adopted: readonly Present[];
}

/**
 * Looks at the cluster before anything is registered, in previews too. Before a cluster of our own is made there is nothing
 * to see; where it cannot be reached, the run goes on all the same, since what keeps us out may be what it changes.
 * @param render the objects that decide who gets in
 * @throws pulumi.RunError when a cluster that is there cannot be read, or when the configuration must not be applied to it
 */
export async function inspect(settings: Settings, render: Render): Promise<Found> {
  const { stack } = settings;
  const memory = await remembered(stack);
  const { clusterUid } = memory;
  const client = clientOf(settings, memory);
  if (!client) {
    await pulumi.log.info("the cluster is still to be made: a preview shows inputs only, and checks nothing in it");
  }
  const live = client && (await look(settings, client));
  const seen = live ?? NOTHING_YET;
  const observing = settings.mode === "observe";
  const enforced = render({ ...settings, mode: "enforce" }, seen);
  const now = observing ? render(settings, seen) : enforced;
  const lockedOut = lockOuts(enforced, seen);
  const there = client && live && (await survey(client, settings, live, { now, enforced }));
  const { hetzner } = settings.cluster;
  const toReplace = hetzner ? placeholders(hetzner) : [];
  const isPreview = pulumi.runtime.isDryRun();
  const problems = [
    ...(isPreview ? [] : toReplace),
    ...(live ? objections(settings, live, { stack, clusterUid }) : []),
    ...(observing ? lifelinesCut(now, seen) : lockedOut),
    ...(there?.problems ?? []),
  ];
  if (problems.length > 0) throw refusal(problems);
  const toDo = client && live ? await readerWarnings(settings, live.database, askPrimary(client, live.database)) : [];
  const toCome = live && observing ? lockedOut.map(({ got }) => `mode enforce would be refused: ${String(got)}`) : [];
  const early = client ? [] : namespacesTooEarly(settings);
  const refused = isPreview ? toReplace.map((problem) => `up will be refused: ${statement(problem)}`) : [];
  const said = [...refused, ...warnings(settings, seen), ...early, ...toDo, ...toCome, ...(there?.warnings ?? [])];
  for (const warning of said) await pulumi.log.warn(warning);
  return { live, clusterUid, adopted: there?.adopted ?? [] };
}

/** Observing mends nothing: a database that is cut off from its operator would not even get ready. */
function lifelinesCut(rendered: readonly KubeObject[], live: LiveCluster): Problem[] {
  return lockOuts(rendered, live).filter(({ key }) => key !== "clients");
}

function clientOf({ credentials }: Settings, { kubeconfig }: Memory): KubeClient | undefined {
  if (credentials.kind === "existing") return credentials.client;
  return kubeconfig === undefined ? undefined : new KubeClient(kubeconfig);
}

async function look(settings: Settings, client: KubeClient): Promise<LiveCluster | undefined> {
  const { clients, credentials, database, namespace, operator } = settings;
  const clientNamespaces = otherNamespaces({ name: database.name, namespace: namespace.name }, clients);
  try {
    return await readLive(client, { namespace: namespace.name, database: database.name, clientNamespaces, operator });
  } catch (error) {
    const problem = unreadable(client.server, error);
    if (credentials.kind === "existing") throw refusal([problem]);
    const { expected } = problem;
    await pulumi.log.warn(`the cluster cannot be read, so nothing in it was checked: expected ${expected}`);
    return undefined;
  }
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
