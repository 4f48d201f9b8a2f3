import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../../../config/schema.ts";
import { detourPolicies } from "./detours.ts";
import type { Guarded } from "./guarded.ts";
import { podPolicies } from "./pods.ts";
import { admissionPolicyName, bindingSpec, type AdmissionPolicy } from "./policy.ts";

/** All admission policies of the namespace that make labels and ServiceAccounts identities. */
export function identityPolicies(guarded: Guarded): AdmissionPolicy[] {
  return [...podPolicies(guarded), ...detourPolicies(guarded)];
}

export interface IdentitiesArgs extends Guarded {
  /** Whether what breaks a rule is refused, or only reported. */
  mode: Config["mode"];
  /** What must be there before the policies hold. */
  after: readonly pulumi.Resource[];
}

/** A pod's label is chosen by whoever creates the pod. These policies see to it that it says who the pod is. */
export class Identities extends pulumi.ComponentResource {
  constructor(name: string, args: IdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hcloud-postgres:access:Identities", name, {}, opts);
    const { after, cluster, namespace, mode } = args;
    for (const { subject, spec } of identityPolicies(args)) {
      const metadata = { name: admissionPolicyName(subject, cluster, namespace) };
      const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        `${name}-${subject}`,
        { metadata, spec },
        { parent: this },
      );
      new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${name}-${subject}`,
        { metadata, spec: bindingSpec(metadata.name, namespace, mode) },
        { parent: this, dependsOn: [policy, ...after] },
      );
    }
    this.registerOutputs({});
  }
}
