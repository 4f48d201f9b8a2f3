import { expect, test } from "vitest";
import { webhookFailsClosed } from "../../../../policy/rules/operator/webhook-fails-closed.ts";
import { findings } from "../lab.ts";

const configuration = (policy: string, path = "/validate-postgresql-cnpg-io-v1-cluster") => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: cnpg-validating-webhook-configuration }
webhooks:
  - name: vcluster.cnpg.io
    clientConfig: { service: { name: cnpg-webhook-service, namespace: cnpg-system, path: ${path} } }
    ${policy}
    rules: [{ apiGroups: [postgresql.cnpg.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [clusters] }]
`;

test.each([
  [configuration("failurePolicy: Fail")],
  // Kubernetes' own default in v1 is Fail.
  [configuration("")],
  // Kyverno and Gatekeeper look at every kind, and are meant to fail open.
  [configuration("failurePolicy: Ignore", "/validate/ignore")],
])("is satisfied %#", (yaml) => {
  expect(findings(webhookFailsClosed, yaml)).toEqual([]);
});

test("finds a webhook that lets through what it cannot look at", () => {
  const mutating = configuration("failurePolicy: Ignore", "/mutate-postgresql-cnpg-io-v1-cluster");
  expect(findings(webhookFailsClosed, configuration("failurePolicy: Ignore"))).toEqual([
    'ValidatingWebhookConfiguration cnpg-validating-webhook-configuration: failurePolicy of vcluster.cnpg.io is "Ignore"',
  ]);
  expect(findings(webhookFailsClosed, mutating.replaceAll("Validating", "Mutating"))).toHaveLength(1);
});

test("a policy that is not known yet is no policy", () => {
  expect(
    findings(webhookFailsClosed, configuration('failurePolicy: "04da6b54-80e4-46f7-96ec-b56ff0331ba9"')),
  ).toHaveLength(1);
});
