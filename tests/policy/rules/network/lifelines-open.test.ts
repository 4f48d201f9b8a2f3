import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { lifelinesOpen } from "../../../../policy/rules/network/lifelines-open.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened, without } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (yaml: string) => findings(lifelinesOpen, yaml);

const onlyApp = policy(
  "extra",
  `{ ${ofPg}, ingress: [{ from: [{ podSelector: { matchLabels: { app: myapp } } }], ports: [{ port: 5432 }] }] }`,
);

test.each([
  ["the sound stack", sound],
  ["a policy that only adds a client", beside(onlyApp)],
  // docs/src/samples/networkpolicy-example.yaml of CloudNativePG, without a Cluster.
  [
    "the operator's own sample",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: allow-operator }\n" +
      "spec: { podSelector: { matchLabels: { cnpg.io/cluster: cluster-example } }, ingress: [{ ports: [{ port: 8000 }] }] }",
  ],
  [
    "metrics that a policy gives to Prometheus",
    beside(
      policy(
        "metrics",
        `{ ${ofPg}, ingress: [{ from: [{ podSelector: { matchLabels: { app: prometheus } } }], ports: [{ port: 9187 }] }] }`,
      ),
    ),
  ],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

describe("finds cut off", () => {
  const [operator, peers, jobs] = [
    "operator in cnpg-system",
    "peer instances (cnpg.io/cluster=pg) in production",
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production",
  ];
  test.each([
    [
      "everybody, without the policy for it",
      without("NetworkPolicy", "pg-lifelines"),
      [
        `8000 is closed to ${operator}, ${peers} by production/allow-app-to-pg`,
        `5432 is closed to ${peers}, ${jobs} by production/allow-app-to-pg`,
      ],
    ],
    [
      "the operator, looked for where it is not",
      weakened("kubernetes.io/metadata.name: cnpg-system }", "kubernetes.io/metadata.name: operators }"),
      [`8000 is closed to ${operator} by production/allow-app-to-pg, production/pg-lifelines`],
    ],
    [
      "join Jobs, by a label that they do not wear",
      weakened(
        "- podSelector: { matchLabels: { cnpg.io/cluster: pg } }\n      ports",
        "- podSelector: { matchLabels: { cnpg.io/cluster: pg, cnpg.io/podRole: instance } }\n      ports",
      ),
      [`5432 is closed to ${jobs} by production/allow-app-to-pg, production/pg-lifelines`],
    ],
    [
      "a pooler, by the closing line of pg_hba",
      beside(
        "apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: { name: rw, namespace: production }\n" +
          "spec: { cluster: { name: pg }, type: rw }\n",
      ),
      ["5432 is closed to pooler rw (cnpg.io/poolerName=rw) in production by pg_hba"],
    ],
  ])("%s", (_, yaml, expected) => {
    expect(judged(yaml)).toEqual(expected.map((message) => `Cluster production/pg: ${message}`));
  });
});

test("fails closed where a policy is not known yet, and says what it cannot see of another kind", () => {
  expect(judged(weakened("kubernetes.io/metadata.name: cnpg-system }", `name: ${unknownValue} }`))).toEqual([
    "Cluster production/pg: whether 8000 is open to operator in cnpg-system cannot be told: " +
      "production/pg-lifelines holds values that are not known before up",
  ]);
  const cilium =
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: { name: extra, namespace: production }\n" +
    'spec: { endpointSelector: { matchLabels: { "k8s:cnpg.io/cluster": pg } } }\n';
  expect(judged(beside(cilium))).toContainEqual(
    expect.stringMatching(/^undecided: .* CiliumNetworkPolicy production\/extra decides by what the stack does not/),
  );
});
