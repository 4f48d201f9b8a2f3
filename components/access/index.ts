import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Client, NamespaceSettings, Workload } from "../../config/schema.ts";
import { ownedBy, POD_SECURITY_RESTRICTED } from "../namespace.ts";
import { connection, RELOAD_LABEL } from "./credentials.ts";
import { pgHbaLines, podSelectorRefs, type PodSelectorRef } from "./hba.ts";
import { guarded } from "./identities/guarded.ts";
import { Identities } from "./identities/index.ts";
import { credentialsName, type ClusterName } from "./names.ts";
import { deployersGrant, operatorGrant, secretReaderGrant, type AccountName, type Grant } from "./rbac.ts";
import { networkPolicies, type NetworkPolicyArgs } from "./rendered.ts";

export interface DatabaseAccessArgs extends NetworkPolicyArgs {
  /** Name of the CloudNativePG Cluster. */
  cluster: string;
  /** ServiceAccount of the operator, which makes the database's pods. */
  operatorAccount: AccountName;
  /** Namespace of the database, and whether this stack makes it. */
  namespace: NamespaceSettings;
  /** `organization/project/stack`, noted on a namespace that this stack makes. */
  stack: string;
  /** Refuse to delete the namespace, the passwords and the Secrets. */
  protect: boolean;
}

/**
 * Who may reach the database, rendered for both layers from one list of clients: NetworkPolicies and pg_hba lines
 * that agree, a generated credential for each client, a Role that grants exactly that one Secret, and admission
 * policies by which nobody else can be the client.
 */
export class DatabaseAccess extends pulumi.ComponentResource {
  /** Name of the namespace; known once the namespace is there. */
  readonly namespace: pulumi.Output<string>;
  /** For the Cluster's `spec.postgresql.pg_hba`. */
  readonly pgHba: readonly string[];
  /** For the Cluster's `spec.podSelectorRefs`. */
  readonly podSelectorRefs: readonly PodSelectorRef[];
  /** Names of the clients' Secrets, in the order of the clients. */
  readonly secretNames: readonly string[];

  constructor(name: string, args: DatabaseAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:access:DatabaseAccess", name, {}, opts);
    const { clients, protect } = args;
    const cluster: ClusterName = { name: args.cluster, namespace: args.namespace.name };

    this.namespace = this.#namespace(name, args);
    this.pgHba = pgHbaLines(clients);
    this.podSelectorRefs = podSelectorRefs(cluster, clients);
    this.secretNames = clients.map((client) => credentialsName(cluster, client));

    const runAs = [this.#grant(`${name}-operator-run-as`, operatorGrant(cluster, clients, args.operatorAccount))];
    for (const { subject, name: objectName, spec } of networkPolicies(cluster, args)) {
      const metadata = this.#metadata(objectName);
      new k8s.networking.v1.NetworkPolicy(`${name}-${subject}`, { metadata, spec }, { parent: this });
    }
    for (const client of clients) {
      const of = `${name}-${client.name}`;
      this.#credentials(of, cluster, client, protect);
      if (client.workloads.length > 0) this.#grant(`${of}-secret-reader`, secretReaderGrant(cluster, client));
      if (client.deployers.length > 0) runAs.push(this.#grant(`${of}-run-as`, deployersGrant(cluster, client)));
      for (const workload of client.workloads) this.#serviceAccount(of, workload);
    }
    // Whoever is granted an exception has it before the rule holds.
    new Identities(`${name}-identities`, { ...guarded(cluster, clients), after: runAs }, { parent: this });
    this.registerOutputs({ namespace: this.namespace });
  }

  #namespace(name: string, { namespace, stack, protect }: DatabaseAccessArgs): pulumi.Output<string> {
    if (namespace.existing) return pulumi.output(namespace.name);
    const created = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: namespace.name, labels: POD_SECURITY_RESTRICTED, annotations: ownedBy(stack) } },
      { parent: this, protect },
    );
    return created.metadata.name;
  }

  #credentials(name: string, cluster: ClusterName, client: Client, protect: boolean): void {
    const password = this.#password(name, client, protect);
    new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: this.#metadata(credentialsName(cluster, client), RELOAD_LABEL),
        type: "kubernetes.io/basic-auth",
        stringData: { ...connection(cluster, client), password },
      },
      { parent: this, protect },
    );
  }

  /**
   * A protected resource cannot be replaced, so a rotation makes a new one. The one before stays for a round,
   * unprotected: the engine may drop it at the next rotation.
   */
  #password(name: string, { passwordVersion: version }: Client, protect: boolean): pulumi.Output<string> {
    const generate = (of: number, protectIt: boolean) =>
      new random.RandomPassword(
        `${name}-password-v${String(of)}`,
        { length: 32, special: false },
        { parent: this, protect: protectIt },
      );
    if (version > 1) generate(version - 1, false);
    return generate(version, protect).result;
  }

  #grant(name: string, { name: objectName, rules, subjects }: Grant): pulumi.Resource {
    const metadata = this.#metadata(objectName);
    new k8s.rbac.v1.Role(name, { metadata, rules }, { parent: this });
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: objectName };
    return new k8s.rbac.v1.RoleBinding(name, { metadata, roleRef, subjects }, { parent: this });
  }

  #serviceAccount(name: string, { serviceAccount }: Workload): void {
    if (!serviceAccount.create) return;
    new k8s.core.v1.ServiceAccount(
      `${name}-${serviceAccount.name}`,
      { metadata: this.#metadata(serviceAccount.name), automountServiceAccountToken: false },
      { parent: this },
    );
  }

  /** The namespace comes as an output, so that the engine makes it before anything in it. */
  #metadata(name: string, labels?: Record<string, string>): k8s.types.input.meta.v1.ObjectMeta {
    return { name, namespace: this.namespace, ...(labels && { labels }) };
  }
}
