import type { Problem } from "../../config/problems.ts";
import type { Config, Workload } from "../../config/schema.ts";
import { namespaceOf } from "../../config/workloads.ts";
import { describe, type KubeObject } from "../../kube/objects.ts";
import { insteadOfTutorialForm } from "../../policy/rules/database/tutorial-form.ts";
import { credentialsName } from "../access/names.ts";
import { pgHbaOf } from "../access/hba.ts";
import type { Present } from "./present.ts";
import { adopted, isAdoptable } from "./takeOver.ts";

/** Why what is there under our names must not be touched; empty when it may. */
export function adoptionObjections(
  config: Config,
  found: readonly Present[],
  database: KubeObject | undefined,
): Problem[] {
  const takes = adopted(found, config.adopt);
  const others = found.filter((one) => one.owner !== "made" && !takes.includes(one));
  const cluster = takes.find(({ ref }) => ref.kind === "Cluster");
  return [
    ...others.map((one) => objection(config, one)),
    ...(cluster && database ? ownerObjections(config, database) : []),
    ...(cluster?.owner === "foreign" && database ? lineObjections(config, database) : []),
  ];
}

function objection(config: Config, { ref, owner }: Present): Problem {
  const of = typeof owner === "object" ? `stack ${owner.stack}` : "somebody else";
  const expected = `no ${describe(ref)} of ${of}`;
  const remove = "remove that one, or give the client or the Cluster another name";
  if (typeof owner === "object") return { key: "adopt", got: config.adopt, expected, fix: remove };
  const index = config.clients.findIndex((client) => secretOf(config, client) === ref.name);
  if (ref.kind === "Secret" && ref.namespace === config.namespace.name && index >= 0) {
    const key = `clients[${String(index)}].existingSecret`;
    const fix = `set ${key} to ${ref.name ?? ""}, so that its password is kept; or ${remove}`;
    return { key, got: undefined, expected, fix };
  }
  if (ref.kind === "ServiceAccount") {
    const isIt = (workload: Workload) =>
      workload.serviceAccount.name === ref.name && namespaceOf(workload, config.namespace.name) === ref.namespace;
    const client = config.clients.findIndex(({ workloads }) => workloads.some(isIt));
    const workload = config.clients[client]?.workloads.findIndex(isIt) ?? 0;
    const key = `clients[${String(client)}].workloads[${String(workload)}].serviceAccount.create`;
    return { key, got: true, expected, fix: `set ${key} to false` };
  }
  if (!isAdoptable(ref.kind)) return { key: "clients", got: ref.name, expected, fix: remove };
  return {
    key: "adopt",
    got: config.adopt,
    expected,
    fix: `set adopt to true, so that it is taken over; or ${remove}`,
  };
}

interface ClusterSpec {
  bootstrap?: Record<string, { owner?: string; secret?: { name: string } } | undefined>;
  postgresql?: { pg_hba?: string[] };
}

/** CloudNativePG sets the owner's password from the Secret of the bootstrap whenever an instance starts. */
function ownerObjections(config: Config, database: KubeObject): Problem[] {
  const { bootstrap = {} } = database["spec"] as ClusterSpec;
  const [method] = Object.values(bootstrap);
  const secret = method?.secret?.name ?? `${config.database.name}-app`;
  return config.clients.flatMap((client, index) => {
    if (client.role !== method?.owner || secretOf(config, client) === secret) return [];
    const key = `clients[${String(index)}].existingSecret`;
    const expected = `${secret}, from which CloudNativePG sets the password of ${client.role}, who owns the database`;
    return [{ key, got: client.existingSecret, expected, fix: `set ${key} to ${secret}` }];
  });
}

/** Whom such a line lets in now may be let in by no other; the form that tutorials show lets nobody in. */
function lineObjections(config: Config, database: KubeObject): Problem[] {
  if (config.mode === "enforce") return [];
  const { presentLines } = config.database;
  const lines = (database["spec"] as ClusterSpec).postgresql?.pg_hba ?? [];
  const kept = pgHbaOf({ ...config, presentLines });
  const lost = lines.filter((line) => !kept.includes(line) && insteadOfTutorialForm(line) === undefined);
  if (lost.length === 0) return [];
  const expected = `also the lines that Cluster ${config.database.name} has now: ${JSON.stringify(lost)}`;
  return [{ key: "database.presentLines", got: presentLines, expected, fix: "add them; they go with mode enforce" }];
}

function secretOf({ database, namespace }: Config, client: Config["clients"][number]): string {
  return credentialsName({ name: database.name, namespace: namespace.name }, client);
}
