import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Client, NamespaceSettings, Workload } from "../../config/schema.ts";
import { ownedBy, POD_SECURITY_RESTRICTED } from "../namespace.ts";
import { connection, RELOAD_LABEL } from "./credentials.ts";
import { pgHbaOf, podSelectorRefs, type PgHbaArgs, type PodSelectorRef } from "./hba.ts";
import { guarded } from "./identities/guarded.ts";
import { Identities } from "./identities/index.ts";
import { credentialsName, type ClusterName } from "./names.ts";
import { deployersGrant, operatorGrant, secretReaderGrant, type AccountName, type Grant } from "./rbac.ts";
import { networkPolicies, type NetworkPolicyArgs } from "./rendered.ts";
import { clientsIn, otherNamespaces } from "./workloads.ts";

export interface DatabaseAccessArgs extends NetworkPolicyArgs, PgHbaArgs {
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

/** A namespace that has to do with the database. */
interface Place {
  /** First part of the names of resources in it, of a client or of somebody else. */
  nameOf: (subject: string) => string;
  /** Its name; as an output where the stack makes it, so that the engine does that before anything in it. */
  namespace: pulumi.Input<string>;
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
    const { clients, mode, protect } = args;
    const cluster: ClusterName = { name: args.cluster, namespace: args.namespace.name };

    this.namespace = this.#namespace(name, args);
    this.pgHba = pgHbaOf(args);
    this.podSelectorRefs = podSelectorRefs(cluster, clients);
    this.secretNames = clients.map((client) => credentialsName(cluster, client));

    for (const { subject, name: objectName, spec } of networkPolicies(cluster, args)) {
      const metadata = { name: objectName, namespace: this.namespace };
      new k8s.networking.v1.NetworkPolicy(`${name}-${subject}`, { metadata, spec }, { parent: this });
    }
    const own: Place = { nameOf: (subject) => `${name}-${subject}`, namespace: this.namespace };
    // No client has a dot in its name, so that none in one namespace takes the name of another elsewhere.
    const placeOf = (namespace: string): Place =>
      namespace === cluster.namespace ? own : { nameOf: (subject) => `${name}-${subject}.${namespace}`, namespace };
    for (const client of clients) {
      if (client.auth === "cert" || client.existingSecret !== undefined) continue;
      const password = this.#password(`${name}-${client.name}`, client, protect);
      for (const namespace of [cluster.namespace, ...otherNamespaces(cluster, [client])]) {
        this.#credentials(placeOf(namespace), cluster, client, password, protect);
      }
    }
    // No client is called so: their names have no capitals.
    const operator = this.#grant(own, "CloudNativePG", "run-as", operatorGrant(cluster, clients, args.operatorAccount));
    for (const namespace of [cluster.namespace, ...otherNamespaces(cluster, clients)]) {
      const place = placeOf(namespace);
      const deployers = this.#clients(place, cluster, clientsIn(cluster, clients, namespace), namespace);
      // Whoever is granted an exception has it before the rule holds.
      const after = place === own ? [operator, ...deployers] : deployers;
      new Identities(
        place.nameOf("identities"),
        { ...guarded(cluster, clients, namespace), mode, after },
        { parent: this },
      );
    }
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

  /** What clients have in one namespace beside their credentials; answers what lets their deployers run them. */
  #clients(place: Place, cluster: ClusterName, clients: readonly Client[], namespace: string): pulumi.Resource[] {
    return clients.flatMap((client) => {
      this.#grant(place, client.name, "secret-reader", secretReaderGrant(cluster, client, namespace));
      for (const workload of client.workloads) this.#serviceAccount(place, workload);
      if (client.deployers.length === 0) return [];
      return [this.#grant(place, client.name, "run-as", deployersGrant(cluster, client))];
    });
  }

  /** The client's Secret. That in the database's namespace is also where CloudNativePG has the role's password from. */
  #credentials(
    { nameOf, namespace }: Place,
    cluster: ClusterName,
    client: Client,
    password: pulumi.Output<string>,
    protect: boolean,
  ): void {
    new k8s.core.v1.Secret(
      `${nameOf(client.name)}-credentials`,
      {
        metadata: { name: credentialsName(cluster, client), namespace, labels: RELOAD_LABEL },
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

  #grant({ nameOf, namespace }: Place, subject: string, purpose: string, grant: Grant): pulumi.Resource {
    const { name, rules, subjects } = grant;
    const metadata = { name, namespace };
    new k8s.rbac.v1.Role(`${nameOf(subject)}-${purpose}`, { metadata, rules }, { parent: this });
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
    return new k8s.rbac.v1.RoleBinding(
      `${nameOf(subject)}-${purpose}`,
      { metadata, roleRef, subjects },
      { parent: this },
    );
  }

  /** Its resource is not named after the client: a client that is renamed keeps it. */
  #serviceAccount({ nameOf, namespace }: Place, { serviceAccount }: Workload): void {
    if (!serviceAccount.create) return;
    new k8s.core.v1.ServiceAccount(
      `${nameOf("account")}-${serviceAccount.name}`,
      { metadata: { name: serviceAccount.name, namespace }, automountServiceAccountToken: false },
      { parent: this },
    );
  }
}
