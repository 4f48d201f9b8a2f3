import type { Settings } from "../../config.ts";
import type { Problem } from "../../config/problems.ts";
import type { KubeClient } from "../../kube/client.ts";
import { describe, type KubeObject } from "../../kube/objects.ts";
import type { LiveCluster } from "../cluster/live.ts";
import { around } from "../cluster/lockouts.ts";
import { takeoverChanges } from "./changes.ts";
import { adoptionObjections } from "./objections.ts";
import { namedObjects, present, type Present } from "./present.ts";
import { secretObjections } from "./secrets.ts";
import { isOpen, sessionsRefused } from "./sessions.ts";
import { adopted, isAdopted } from "./takeOver.ts";

/** The objects that decide who gets in, as the program would make them. */
export interface Rendered {
  /** In the mode that is set. */
  now: readonly KubeObject[];
  /** In mode `enforce`. */
  enforced: readonly KubeObject[];
}

/** What is there already, as far as it is in our way or of concern to somebody. */
export interface Survey {
  /** Objects of somebody else's that this stack has taken over, or takes over now. */
  adopted: Present[];
  /** Why nothing may be touched; empty when it may. */
  problems: Problem[];
  /** What the next `up` does to others. */
  warnings: string[];
}

/** Looks around before anything is registered; changes nothing. */
export async function survey(
  client: KubeClient,
  settings: Settings,
  live: LiveCluster,
  { now, enforced }: Rendered,
): Promise<Survey> {
  const found = await present(client, namedObjects(settings, now), settings.stack);
  const ours = adopted(found, settings.adopt);
  const news = ours.filter(({ owner }) => owner === "foreign");
  const changed = await changes(client, live, now, news);
  return {
    adopted: ours,
    problems: [
      ...adoptionObjections(settings, found, live.database),
      ...(await secretObjections(settings, client)),
      ...(Array.isArray(changed) ? [] : [changed]),
    ],
    warnings: [
      ...(news.length > 0 && Array.isArray(changed) ? [takeover(news, changed)] : []),
      ...(await connected(client, settings, live, enforced)),
    ],
  };
}

/** What a takeover changes in the Cluster, or why it cannot be. */
async function changes(
  client: KubeClient,
  { database }: LiveCluster,
  rendered: readonly KubeObject[],
  news: readonly Present[],
): Promise<string[] | Problem> {
  const wanted = rendered.find(({ kind }) => kind === "Cluster");
  if (!database || !wanted || !isAdopted("Cluster", news)) return [];
  return takeoverChanges(client, database, wanted).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    const expected = `a Cluster that can be taken over as it is declared (${reason})`;
    return { key: "adopt", got: true, expected, fix: "declare the Cluster as it runs, in database" };
  });
}

function takeover(news: readonly Present[], changed: readonly string[]): string {
  const names = news.map(({ ref }) => describe(ref)).join(", ");
  const explained =
    "In the Cluster it changes what follows. Another image, other resources, affinity or volumes, and parameters that " +
    "PostgreSQL reads at its start only, restart the instances one by one, which ends their sessions:";
  const lines = changed.length > 0 ? [explained, ...changed] : [];
  return [`up takes over, and destroy leaves: ${names}`, ...lines].join("\n  ");
}

/** Who is connected and would be turned away, as long as nobody is. */
async function connected(
  client: KubeClient,
  settings: Settings,
  live: LiveCluster,
  enforced: readonly KubeObject[],
): Promise<string[]> {
  if (!isOpen(live.database)) return [];
  const cluster = { name: settings.database.name, namespace: settings.namespace.name };
  const refused = await sessionsRefused(client, cluster, [...around(enforced, live), ...enforced]).catch(
    (error: unknown) => [`it cannot be told: ${error instanceof Error ? error.message : String(error)}`],
  );
  const [said, ...lines] =
    refused.length > 0
      ? ["connected now, and turned away in mode enforce:", ...refused]
      : ["nobody is connected now who would be turned away in mode enforce"];
  return [[said, ...lines].join("\n  ")];
}
