import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { onlyDeclaredSources } from "../../../../policy/rules/network/only-declared-sources.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened, without } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (yaml: string, parameters = {}) => findings(onlyDeclaredSources, yaml, parameters);
const wide = (rule: string, selector = ofPg) => beside(policy("wide", `{ ${selector}, ingress: [${rule}] }`));
const shop =
  "{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }, " +
  "podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8000 }] }";
const pooler =
  "apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata: { name: rw, namespace: production }\n" +
  "spec: { cluster: { name: pg }, type: rw }\n";

test.each([
  ["the sound stack", sound],
  ["a default deny", beside(policy("deny", "{ podSelector: {}, policyTypes: [Ingress, Egress] }"))],
  [
    "Prometheus on the metrics alone",
    wide(
      "{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } }, " +
        "podSelector: { matchLabels: { app.kubernetes.io/name: prometheus } } }], ports: [{ port: 9187 }] }",
    ),
  ],
  [
    "the status to the node that an API server runs on",
    wide("{ from: [{ ipBlock: { cidr: 10.42.0.0/32 } }], ports: [{ port: 8000 }] }"),
  ],
  [
    "a policy that opens the database of another namespace",
    beside(policy("wide", `{ ${ofPg}, ingress: [{}] }`, "other")),
  ],
])("is satisfied by %s", (_, yaml) => {
  expect(judged(yaml)).toEqual([]);
});

describe("finds open", () => {
  test.each([
    [
      "the status to a namespace, by a dash too many",
      weakened(
        "kubernetes.io/metadata.name: cnpg-system } }\n          podSelector",
        "kubernetes.io/metadata.name: cnpg-system } }\n        - podSelector",
      ),
      [
        "8000 is open to any pod in cnpg-system, pods (app.kubernetes.io/name=cloudnative-pg) in production: by production/pg-lifelines",
      ],
    ],
    [
      "everything to the app, by a policy of another chart without ports",
      wide("{ from: [{ podSelector: { matchLabels: { app: myapp } } }] }"),
      [
        "8000 is open to client app (app=myapp) in production: by production/wide",
        "9187 is open to client app (app=myapp) in production: by production/wide",
      ],
    ],
    ["what a policy opens elsewhere", wide(shop), ["8000 is open to pods (app=web) in shop: by production/wide"]],
    [
      "a range that holds the pods",
      wide("{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 9187 }] }"),
      [
        "9187 is open to client app (app=myapp) in production, cidr 10.0.0.0/8, web (app=web) in production, " +
          "any other pod in production, any other namespace: by production/wide",
      ],
    ],
    [
      "a wide range of the internet",
      weakened("10.255.0.101/32", "8.8.0.0/16"),
      ["8000 is open to cidr 8.8.0.0/16: by production/pg-lifelines"],
    ],
    [
      "PostgreSQL, where neither layer is closed",
      weakened("      - host all all all reject\n", "") +
        `---\n${policy("wide", `{ ${ofPg}, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }] }`)}`,
      ["5432 is open to any pod in production, web (app=web) in production: by production/wide"],
    ],
    [
      "a pooler to everybody",
      beside(
        `${pooler}---\n${policy("wide", "{ podSelector: { matchLabels: { cnpg.io/poolerName: rw } }, ingress: [{ ports: [{ port: 5432 }] }] }")}`,
      ).replace("      - host all", "      - hostssl app app_user all scram-sha-256\n      - host all"),
      [
        "5432 of pooler rw is open to any other pod in production, any other namespace, anyone outside the cluster: by production/wide",
      ],
    ],
  ])("%s", (_, yaml, expected) => {
    expect(judged(yaml)).toEqual(expected.map((message) => `Cluster production/pg: ${message}`));
  });

  test("everything, where no policy selects the pods", () => {
    const bare = without("NetworkPolicy", "pg-lifelines").split("---\n");
    const found = judged(bare.filter((text) => !text.includes("allow-app-to-pg")).join("---\n"));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/: 8000 is open to client app .*: no NetworkPolicy isolates it$/);
  });
});

describe("leaves alone what the parameter allows", () => {
  const reason = "the shop reads the status page";
  test.each([
    [{ namespace: "shop", reason }, 0],
    [{ namespace: "shop", podLabels: { app: "web" }, ports: [8000], reason }, 0],
    [{ namespace: "shop", podLabels: { app: "api" }, reason }, 1],
    [{ namespace: "shop", ports: [5432], reason }, 1],
    [{ namespace: "production", reason }, 1],
    [{ cidr: "10.0.0.0/8", reason }, 1],
  ])("%j", (allowed, left) => {
    expect(judged(wide(shop), { allowedSources: [allowed] })).toHaveLength(left);
  });

  test("a range, and those within it", () => {
    const allowedSources = [{ cidr: "8.0.0.0/8", reason: "addresses of the office" }];
    expect(judged(weakened("10.255.0.101/32", "8.8.0.0/16"), { allowedSources })).toEqual([]);
  });
});

test("counts as open what is not known yet", () => {
  const hidden = wide(`{ from: ${unknownValue}, ports: [{ port: 8000 }] }`);
  expect(judged(hidden)).toContainEqual(
    expect.stringMatching(/whether 8000 is closed to .* cannot be told: production\/wide holds values/),
  );
});

test("asks the engine that enforces the policies", () => {
  const typo = wide("{ from: [{ podSelector: { matchLabels: { app: myapp } } }], ports: [{ port: postgres }] }");
  expect(judged(typo)).toHaveLength(2);
  expect(judged(typo, { engine: "standard" })).toEqual([]);
});
