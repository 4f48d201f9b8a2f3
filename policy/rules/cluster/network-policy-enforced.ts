import { at, object, text, type Json } from "../../analysis/json.ts";
import type { Resource } from "../../analysis/resources.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ResourceRule } from "../rule.ts";
import { disablesEnforcement } from "./enforcement.ts";
import { hcloud } from "./hcloud.ts";
import { readUserData } from "./user-data.ts";

const command = { remote: "command:remote:Command", local: "command:local:Command" };
const configMap = "kubernetes:core/v1:ConfigMap";
const release = "kubernetes:helm.sh/v3:Release";

/** Policies that nobody enforces look like any others: the API server takes them all the same. */
export const networkPolicyEnforced: ResourceRule = {
  scope: "resource",
  name: "network-policy-enforced",
  level: "mandatory",
  severity: "critical",
  description:
    "Something must enforce NetworkPolicies: where k3s' own engine is off and no other is declared, every policy is only text.",
  fix: "leave disable-network-policy and flannel-backend: none out, or say in this rule's parameter enforcedBy what enforces policies instead",
  url: "https://docs.k3s.io/networking/networking-services#network-policy-controller",
  parameters: {
    enforcedBy: {
      type: "string",
      enum: ["k3s", "calico", "cilium"],
      default: "k3s",
      description: "What enforces NetworkPolicies in the cluster; with any other than k3s, its own engine may be off",
    },
  },
  types: [hcloud.server, command.remote, command.local, configMap, release],
  judge(resource, { parameters }) {
    if (resource.type === release || resource.type === configMap) return ciliumNeverEnforces(resource);
    if (parameters["enforcedBy"] === "calico" || parameters["enforcedBy"] === "cilium") return [];
    if (resource.type !== hcloud.server)
      return commandTexts(resource).flatMap(([name, value]) => judgeText(name, value));
    return judgeText("userData", resource.properties["userData"]);
  },
};

function judgeText(name: string, value: Json | undefined): readonly Finding[] {
  const path = [name];
  if (isUnknown(value)) return [{ path, message: `${name} is not known before up`, undecided: true }];
  const parts = name === "userData" ? readUserData(text(value) ?? "") : [{ path: undefined, text: text(value) ?? "" }];
  return parts.flatMap((part) =>
    disablesEnforcement(part.text).map((words) => ({
      path,
      message: `${part.path ?? name} turns the policy engine of k3s off: ${words}`,
    })),
  );
}

function commandTexts({ properties }: Resource): readonly (readonly [string, Json | undefined])[] {
  const scripts = ["create", "update", "stdin"].map((name) => [name, properties[name]] as const);
  const environment = Object.values(object(properties["environment"])).map((value) => ["environment", value] as const);
  return [...scripts, ...environment];
}

/** Cilium enforces by default, and can be told never to. */
function ciliumNeverEnforces({ type, properties, objects }: Resource): readonly Finding[] {
  const found =
    type === release
      ? text(properties["chart"])?.split("/").at(-1) === "cilium" && { path: ["values", "policyEnforcementMode"] }
      : objects.some(({ name }) => name === "cilium-config") && { path: ["data", "enable-policy"] };
  if (found === false || at(properties, ...found.path) !== "never") return [];
  return [
    {
      ...found,
      message: `Cilium is told never to enforce policies: ${found.path.join(".")} is "never"`,
      fix: "leave it out: Cilium's default enforces the policies of a pod",
    },
  ];
}
