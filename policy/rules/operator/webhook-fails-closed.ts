import { at, list, quote, text, type Json } from "../../analysis/json.ts";
import type { ObjectRule } from "../rule.ts";

/** Where nobody answers, `Ignore` lets a Cluster through that nobody has looked at. */
export const webhookFailsClosed: ObjectRule = {
  scope: "object",
  name: "webhook-fails-closed",
  level: "mandatory",
  severity: "medium",
  description: "What CloudNativePG's webhooks cannot look at must be refused.",
  fix: "set failurePolicy: Fail",
  url: "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
  kinds: [
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  ],
  judge: ({ body }) =>
    list(body["webhooks"]).flatMap((webhook, index) => {
      const policy = at(webhook, "failurePolicy");
      // Kubernetes' own default is Fail.
      if (!isOfCnpg(webhook) || policy === undefined || policy === null || policy === "Fail") return [];
      const name = text(at(webhook, "name")) ?? String(index);
      return [{ path: ["webhooks", index, "failurePolicy"], message: `failurePolicy of ${name} is ${quote(policy)}` }];
    }),
};

/** The path that the operator answers is fixed; names and services are not. */
function isOfCnpg(webhook: Json): boolean {
  const path = text(at(webhook, "clientConfig", "service", "path")) ?? text(at(webhook, "clientConfig", "url")) ?? "";
  return /\/(mutate|validate)-postgresql-cnpg-io-/.test(path);
}
