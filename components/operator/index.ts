import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { OperatorSettings } from "../../config/schema.ts";
import type { KubeObject } from "../../kube/objects.ts";
import { ownedBy, POD_SECURITY_RESTRICTED } from "../namespace.ts";
import { operatorAccount } from "./account.ts";
import { KubernetesObject } from "./kubernetesObject.ts";
import { adjusted, releaseObjects } from "./manifest.ts";
import { OPERATOR_RESOURCES, RELEASE } from "./release.ts";

export interface OperatorArgs extends OperatorSettings {
  /** `organization/project/stack`, noted on the operator's namespace. */
  stack: string;
  /** For the CustomResourceDefinitions: a provider that takes over those an earlier `destroy` left behind. */
  adopting: pulumi.ProviderResource;
  /** The operator that is there already, where one is. */
  found: KubeObject | undefined;
}

/**
 * The CloudNativePG operator: by chart, by release manifest, or somebody else's (then nothing is registered).
 * CustomResourceDefinitions outlive a `destroy`, since deleting one deletes every Cluster there is of it.
 */
export class Operator extends pulumi.ComponentResource {
  /** ServiceAccount that the operator runs as. */
  readonly account: { name: string; namespace: string };

  constructor(name: string, args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:operator:Operator", name, {}, opts);
    this.account = { name: operatorAccount(args.install, args.found), namespace: args.namespace };
    if (args.install === "chart") this.#chart(name, args);
    if (args.install === "manifest") this.#manifest(name, args);
    this.registerOutputs({});
  }

  #chart(name: string, { namespace, stack }: OperatorArgs): void {
    const created = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: namespace, labels: POD_SECURITY_RESTRICTED, annotations: ownedBy(stack) } },
      { parent: this },
    );
    const { name: chart, version, repository: repo } = RELEASE.chart;
    new k8s.helm.v3.Release(
      `${name}-chart`,
      {
        name: chart,
        chart,
        version,
        namespace: created.metadata.name,
        repositoryOpts: { repo },
        values: { resources: OPERATOR_RESOURCES, rbac: { aggregateClusterRoles: false } },
      },
      { parent: this },
    );
  }

  #manifest(name: string, { stack, adopting }: OperatorArgs): void {
    const objects = releaseObjects().map((object) => adjusted(object, stack));
    const register = (object: KubeObject, opts: pulumi.CustomResourceOptions) =>
      new KubernetesObject(`${name}-${object.kind}-${object.metadata.name ?? ""}`, object, { parent: this, ...opts });
    const kinds = (...names: string[]) => objects.filter(({ kind }) => names.includes(kind));

    const namespace = kinds("Namespace").map((object) => register(object, {}));
    const definitions = kinds("CustomResourceDefinition").map((object) =>
      register(object, { provider: adopting, retainOnDelete: true }),
    );
    const rest = objects.filter(
      ({ kind }) => !["Namespace", "CustomResourceDefinition", "Service", "Deployment"].includes(kind),
    );
    for (const object of kinds("Service")) register(object, { dependsOn: namespace });
    const needed = rest.map((object) => register(object, { dependsOn: namespace }));
    // The operator puts its CA into the webhook configurations when it starts, and watches its own kinds. Its Service
    // is no part of that: a Service counts as ready only when it leads to the operator's pod.
    for (const object of kinds("Deployment")) register(object, { dependsOn: [...definitions, ...needed] });
  }
}
