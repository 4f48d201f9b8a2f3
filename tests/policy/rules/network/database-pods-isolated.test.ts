import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { databasePodsIsolated } from "../../../../policy/rules/network/database-pods-isolated.ts";
import { findings } from "../lab.ts";
import { beside, sound } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (yaml: string) => findings(databasePodsIsolated, yaml);
/** A Cluster with nothing around it, as in CloudNativePG's quickstart (docs/src/samples/cluster-example.yaml). */
const bare = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: pg, namespace: production }
spec: { instances: 3, storage: { size: 1Gi } }
`;
const pooler = `apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: { name: rw, namespace: production }
spec: { cluster: { name: pg }, type: rw }
`;
const cilium = `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: pg, namespace: production }
spec: { endpointSelector: { matchLabels: { "k8s:cnpg.io/cluster": pg } } }
`;
const isolated = (spec: string, namespace?: string) => `${bare}---\n${policy("p", spec, namespace)}`;

test.each([
  ["the sound stack", sound],
  ["the sound stack with a pooler", beside(pooler)],
  ["a default deny", isolated("{ podSelector: {} }")],
  ["the instances alone, without poolers", isolated("{ podSelector: { matchLabels: { cnpg.io/podRole: instance } } }")],
  ["a policy of another kind, which is not judged", `${bare}---\n${cilium}`],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

const nobody = "no NetworkPolicy isolates pg-1, pg-2";
test.each([
  ["no policy at all", bare, nobody],
  ["a policy of another namespace", isolated(`{ ${ofPg} }`, "other"), nobody],
  ["a policy for egress only", isolated(`{ ${ofPg}, policyTypes: [Egress] }`), nobody],
  ["another cluster's policy", isolated("{ podSelector: { matchLabels: { cnpg.io/cluster: pgg } } }"), nobody],
  ["a policy that the API server refuses", isolated(`{ ${ofPg}, policyTypes: [ingress] }`), nobody],
  [
    "one for the primary alone",
    isolated("{ podSelector: { matchLabels: { cnpg.io/instanceRole: primary } } }"),
    "no NetworkPolicy isolates pg-2",
  ],
  [
    "none for the pooler",
    beside(pooler).replace(
      "podSelector: { matchLabels: { cnpg.io/cluster: pg } }\n  policyTypes",
      "podSelector: { matchLabels: { cnpg.io/cluster: pg, cnpg.io/podRole: instance } }\n  policyTypes",
    ),
    "no NetworkPolicy isolates rw",
  ],
  [
    "a selector that is not known yet",
    isolated(`{ podSelector: ${unknownValue} }`),
    "whether a policy isolates pg-1, pg-2 cannot be told: its podSelector is not known before up",
  ],
])("finds %s", (_, yaml, expected) => {
  expect(judged(yaml)).toEqual([`Cluster production/pg: ${expected}`]);
});
