import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { layersAgree } from "../../../../policy/rules/network/layers-agree.ts";
import { findings } from "../lab.ts";
import { beside, sound, weakened } from "../sound.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (yaml: string, parameters = {}) => findings(layersAgree, yaml, parameters);
const wide = (peers: string) =>
  beside(policy("wide", `{ ${ofPg}, ingress: [{ from: ${peers}, ports: [{ port: 5432 }] }] }`));
const strangers = "any other pod in production, any other namespace, anyone outside the cluster";

test("is satisfied by the sound stack", () => {
  expect(judged(sound)).toEqual([]);
});

describe("finds only one layer in the way of", () => {
  test.each([
    [
      "the pods of a namespace",
      wide("[{ podSelector: {} }]"),
      "the network opens 5432 to any pod in production, web (app=web) in production (production/wide), and only pg_hba keeps them out",
    ],
    [
      "pods that only a policy names",
      wide("[{ podSelector: { matchLabels: { app: reports } } }]"),
      "the network opens 5432 to pods (app=reports) in production (production/wide), and only pg_hba keeps them out",
    ],
    [
      "everybody, without the closing line",
      weakened("      - host all all all reject\n", ""),
      `pg_hba lets in cidr 10.255.0.101/32, web (app=web) in production, ${strangers} (host all all), and only the network keeps them out`,
    ],
    [
      // The line of the tutorial at kube-hetzner--docs.pages.dev/guide/09-security, which names a host that cannot be.
      "everybody, by a line that was never meant so",
      weakened(
        "\${podselector:app} scram-sha-256\n      - host all all all reject",
        "all scram-sha-256\n      - host all all all reject",
      ),
      `pg_hba lets in cidr 10.255.0.101/32, web (app=web) in production, ${strangers} (hostssl app app_user), and only the network keeps them out`,
    ],
  ])("%s", (_, yaml, expected) => {
    expect(judged(yaml)).toContain(`Cluster production/pg: ${expected}`);
  });
});

test("leaves alone what the parameter allows", () => {
  const allowedSources = [{ namespace: "production", podLabels: { app: "reports" }, reason: "replicates the cluster" }];
  expect(judged(wide("[{ podSelector: { matchLabels: { app: reports } } }]"), { allowedSources })).toEqual([]);
});

test("counts peers that are not known yet as strangers, and says nothing of lines that are not", () => {
  expect(judged(wide(unknownValue))).toContainEqual(
    expect.stringMatching(/the network opens 5432 to .* \(production\/wide\)/),
  );
  expect(judged(weakened("      - host all all all reject\n", `      - ${unknownValue}\n`))).toEqual([]);
});
