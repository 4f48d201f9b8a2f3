import { placeLabels } from "../network/controller-labels.ts";
import type { DeclaredPort, Pod } from "../network/model.ts";
import { plainPod } from "../network/plain-pod.ts";
import { exactly } from "../selector.ts";
import type { Cluster, Pooler } from "./cluster.ts";
import type { OwnedPod } from "./own-pods.ts";

/** The label by which every pod of a cluster is known: instances, the Jobs that make them, and poolers. */
export const clusterLabel = "cnpg.io/cluster";
export const poolerLabel = "cnpg.io/poolerName";

/** What the operator's own pods wear, by chart and by manifest. */
export const operatorLabel = { key: "app.kubernetes.io/name", value: "cloudnative-pg" } as const;

const tcp = (name: string, number: number): DeclaredPort => ({ name, number, protocol: "TCP", sidecar: false });

/** The instances of a cluster among these pods or, where there are none yet, one as the operator makes it for each role. */
export function instancePods(cluster: Cluster, owned: readonly OwnedPod[]): readonly Pod[] {
  const present = owned.filter(
    ({ namespace, owner, labels }) =>
      namespace === cluster.namespace &&
      owner.kind === "Cluster" &&
      owner.name === cluster.name &&
      labels.values["cnpg.io/podRole"] === "instance",
  );
  return present.length > 0 ? present : newInstances(cluster);
}

function newInstances(cluster: Cluster): Pod[] {
  const roles = cluster.instances > 1 ? ["primary", "replica"] : ["primary"];
  return roles.map((role, index) => {
    const name = `${cluster.name}-${String(index + 1)}`;
    return pod(
      cluster.namespace,
      name,
      {
        ...commonLabels(cluster.name, "database"),
        ...cluster.inheritedLabels,
        "app.kubernetes.io/version": String(cluster.major),
        "cnpg.io/instanceName": name,
        "cnpg.io/instanceRole": role,
        "cnpg.io/podRole": "instance",
        role,
      },
      [tcp("postgresql", 5432), tcp("metrics", 9187), tcp("status", 8000)],
    );
  });
}

/** The pod of a Job that makes an instance: it has no podRole. */
export function jobPod(cluster: Cluster): Pod {
  const name = `${cluster.name}-2`;
  return pod(cluster.namespace, `${name}-join`, {
    ...commonLabels(cluster.name, "database"),
    ...cluster.inheritedLabels,
    "app.kubernetes.io/version": String(cluster.major),
    "cnpg.io/instanceName": name,
    "cnpg.io/jobRole": "join",
  });
}

export function poolerPod(pooler: Pooler): Pod {
  const made = pod(
    pooler.namespace,
    pooler.name,
    {
      ...pooler.templateLabels,
      ...commonLabels(pooler.cluster, "pooler"),
      "cnpg.io/podRole": "pooler",
      [poolerLabel]: pooler.name,
    },
    [tcp("pgbouncer", 5432), tcp("metrics", 9127)],
  );
  return { ...made, hostNetwork: pooler.hostNetwork };
}

export function operatorPod(namespace: string): Pod {
  return pod(namespace, "cloudnative-pg", { [operatorLabel.key]: operatorLabel.value });
}

function commonLabels(cluster: string, component: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": "postgresql",
    "app.kubernetes.io/instance": cluster,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "cloudnative-pg",
    [clusterLabel]: cluster,
  };
}

function pod(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  ports: readonly DeclaredPort[] = [],
): Pod {
  return { ...plainPod(namespace, name, { ...exactly(labels), possible: placeLabels }), ports };
}
