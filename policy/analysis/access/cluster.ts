import { majors, type Major } from "../hba/index.ts";
import { at, isYes, list, object, stringMap, text, texts, type Json } from "../json.ts";
import { isHostNetwork } from "../network/read-pod.ts";
import { groupOf, type KubeObject } from "../objects.ts";
import { readSelector, type Selector } from "../selector.ts";
import { isUnknown } from "../unknown.ts";

/** A pod selector that lines of pg_hba may refer to. */
export interface PodSelectorRef {
  readonly name: string;
  readonly selector: Selector;
  /** Why the API server would refuse the selector, which selects nothing then; undefined where it would not. */
  readonly refusal: string | undefined;
}

/** What a CloudNativePG Cluster says about access. */
export interface Cluster {
  readonly namespace: string;
  readonly name: string;
  readonly instances: number;
  readonly major: Major;
  /** A major that it asks for and nobody knows here: it is judged as {@link major}. */
  readonly unknownMajor: number | undefined;
  /** The items of `spec.postgresql.pg_hba`; undefined where they are not known yet. */
  readonly pgHba: readonly string[] | undefined;
  /** The line that the operator adds for `spec.postgresql.ldap`; empty without it. */
  readonly ldap: string;
  readonly selectors: readonly PodSelectorRef[];
  /** Labels that the operator gives all the cluster's pods. */
  readonly inheritedLabels: Readonly<Record<string, string>>;
  /** Whether something is meant to read its metrics. */
  readonly monitored: boolean;
  /** The specs of the Services that it asks for besides the usual ones. */
  readonly services: readonly (Json | undefined)[];
  readonly source: KubeObject;
}

/** A PgBouncer in front of a cluster, in the same namespace. */
export interface Pooler {
  readonly namespace: string;
  readonly name: string;
  readonly cluster: string;
  /** The items of `spec.pgbouncer.pg_hba`; undefined where they are not known yet. */
  readonly pgHba: readonly string[] | undefined;
  /** Whether it reads them at all: PgBouncer does with `auth_type: hba`, which the operator sets where nobody sets another. */
  readonly readsHba: boolean;
  /** Whether its pods have the addresses of their nodes. */
  readonly hostNetwork: boolean;
  /** What the spec of its Service says besides. */
  readonly service: Json | undefined;
  readonly templateLabels: Readonly<Record<string, string>>;
}

const group = "postgresql.cnpg.io";
const defaultMajor: Major = 18;

/** The Clusters among the objects; a reference whose selector the API server would refuse selects nothing. */
export function readClusters(objects: readonly KubeObject[]): Cluster[] {
  return objects.filter((source) => source.kind === "Cluster" && groupOf(source) === group).map(readCluster);

  function readCluster(source: KubeObject): Cluster {
    const spec = object(source.body["spec"]);
    const postgresql = object(spec["postgresql"]);
    const instances = spec["instances"];
    return {
      namespace: source.namespace,
      name: source.name,
      instances: typeof instances === "number" ? instances : 1,
      ...readMajor(source),
      pgHba: knownLines(postgresql["pg_hba"]),
      ldap: ldapLine(postgresql["ldap"]),
      selectors: list(spec["podSelectorRefs"]).flatMap((ref) => {
        const name = text(at(ref, "name"));
        return name === undefined ? [] : [readRef(name, at(ref, "selector"))];
      }),
      inheritedLabels: stringMap(at(spec, "inheritedMetadata", "labels")),
      monitored: isYes(at(spec, "monitoring", "enablePodMonitor")) || isMonitored(source, objects),
      services: list(at(spec, "managed", "services", "additional")).map((service) =>
        at(service, "serviceTemplate", "spec"),
      ),
      source,
    };
  }
}

/** The Poolers among the objects. */
export function readPoolers(objects: readonly KubeObject[]): Pooler[] {
  return objects
    .filter((source) => source.kind === "Pooler" && groupOf(source) === group)
    .map((source) => ({
      namespace: source.namespace,
      name: source.name,
      cluster: text(at(source.body, "spec", "cluster", "name")) ?? "",
      pgHba: knownLines(at(source.body, "spec", "pgbouncer", "pg_hba")),
      readsHba: (at(source.body, "spec", "pgbouncer", "parameters", "auth_type") ?? "hba") === "hba",
      hostNetwork: isHostNetwork(at(source.body, "spec", "template", "spec")),
      service: at(source.body, "spec", "serviceTemplate", "spec"),
      templateLabels: stringMap(at(source.body, "spec", "template", "metadata", "labels")),
    }));
}

function knownLines(lines: Json | undefined): readonly string[] | undefined {
  return isUnknown(lines) || list(lines).some(isUnknown) ? undefined : texts(lines);
}

function readRef(name: string, value: Json | undefined): PodSelectorRef {
  const complaints: string[] = [];
  const selector = readSelector(value, (message) => complaints.push(message));
  const [refusal] = complaints;
  return { name, selector: refusal === undefined ? selector : nothing, refusal };
}

/** No label is one of no values. */
const nothing: Selector = { requirements: [{ key: "", operator: "In", values: [] }], known: true };

/** The major is what the tag of the image starts with, or what the image catalog is asked for. */
function readMajor({ body }: KubeObject): Pick<Cluster, "major" | "unknownMajor"> {
  const tag = /:(\d+)[^/]*$/.exec(text(at(body, "spec", "imageName"))?.replace(/@.*$/, "") ?? "")?.[1];
  const asked = Number(tag ?? at(body, "spec", "imageCatalogRef", "major"));
  const known = majors.find((major) => major === asked);
  return { major: known ?? defaultMajor, unknownMajor: known === undefined && asked > 0 ? asked : undefined };
}

/**
 * Which server it asks and whom it binds as changes nothing about which connections the line catches; without a way to
 * bind the operator writes none, and with a line that names none PostgreSQL would refuse the file.
 */
function ldapLine(ldap: Json | undefined): string {
  const binds = [at(ldap, "bindAsAuth"), at(ldap, "bindSearchAuth")].some((way) => way !== undefined && way !== null);
  return binds ? "host all all 0.0.0.0/0 ldap ldapserver=directory ldapprefix=any" : "";
}

/** Whether a PodMonitor names the cluster by its label. */
function isMonitored(cluster: KubeObject, objects: readonly KubeObject[]): boolean {
  return objects.some(
    (source) =>
      source.kind === "PodMonitor" &&
      source.namespace === cluster.namespace &&
      text(at(source.body, "spec", "selector", "matchLabels", "cnpg.io/cluster")) === cluster.name,
  );
}
