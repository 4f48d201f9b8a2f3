import { describe, expect, test } from "vitest";
import { samples } from "../../../policy/analysis/access/samples.ts";
import type { Problem } from "../../../policy/analysis/objects.ts";
import { readSelector } from "../../../policy/analysis/selector.ts";
import { closed, cluster, policy, rowsOf, sound, toPostgres, verdicts } from "./lab.ts";

const closing = "host all all all reject";
const line = (name: string) => `hostssl app app_user \${podselector:${name}} scram-sha-256`;

const deployment = (labels: string) => `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: production }
spec: { template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: c, image: x }] } } }
`;

/** The rows of a client that get in or should. */
const clientRows = (manifests: string, problems: Problem[] = []) =>
  verdicts(rowsOf(manifests, problems)).filter((row) => row.startsWith("client"));

describe("a client is not judged by the database's own pods", () => {
  test.each([
    ["all pods", "{}", "client c in production"],
    [
      "all without a label",
      "{ matchExpressions: [{ key: app, operator: DoesNotExist }] }",
      "client c (!app) in production",
    ],
  ])("where its selector takes %s", (_, selector, source) => {
    const manifests = cluster([line("c"), closing], `- { name: c, selector: ${selector} }`) + sound;
    expect(clientRows(manifests)).toContain(`${source} 5432: locked-out`);
  });
});

test("a selector that asks for no label makes nobody a client that a policy names", () => {
  const manifests = cluster([line("c"), closing], "- { name: c, selector: {} }") + sound;
  expect(verdicts(rowsOf(manifests))).toContain("pods (app=myapp) in production 5432: open");
});

test("a selector that the API server refuses selects nobody, and is a problem", () => {
  const problems: Problem[] = [];
  const refused = "- { name: c, selector: { matchExpressions: [{ key: app, operator: Foo }] } }";
  const rows = verdicts(rowsOf(cluster([line("c"), closing], refused) + sound, problems));
  expect(rows).toContain("client c in production 5432: locked-out");
  expect(rows.filter((row) => row.includes("any other pod"))).toEqual([]);
  expect(problems).toMatchObject([
    { line: 11, message: expect.stringContaining('pod selector c is refused: "Foo"') as string },
  ]);
});

describe("a selector with several values", () => {
  const inList = "- { name: c, selector: { matchExpressions: [{ key: app, operator: In, values: [a, b] }] } }";
  const to = (labels: string) => policy(`[${toPostgres(`{ podSelector: { matchLabels: { ${labels} } } }`)}]`, "to");

  test("is that of a client whose pods must all get in", () => {
    const manifests = cluster([line("c"), closing], inList) + sound;
    expect(clientRows(manifests + to("app: a"))).toContain("client c (app in (a,b)) in production 5432: locked-out");
    expect(clientRows(manifests + to("app: a") + to("app: b").replace("name: to", "name: b"))).toEqual([
      "client c (app in (a,b)) in production 5432: declared",
      "client c (app=a) in production 5432: declared",
      "client c (app=b) in production 5432: declared",
    ]);
  });

  test("in a policy names a stranger where one of them is", () => {
    const peer =
      "{ podSelector: { matchExpressions: [{ key: tier, operator: In, values: [x, y] }, { key: tier, operator: NotIn, values: [x] }] } }";
    expect(verdicts(rowsOf(cluster(closed) + sound + policy(`[{ from: [${peer}] }]`, "wide")))).toContain(
      "pods (tier in (x,y),tier!=x) in production 8000: open",
    );
  });

  test("in a policy tells the clients among them from strangers", () => {
    const peer = "{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [myapp, other] }] } }";
    const rows = verdicts(rowsOf(cluster(closed) + sound + policy(`[${toPostgres(peer)}]`, "both")));
    expect(rows.filter((row) => row.includes("app"))).toEqual([
      "client app (app=myapp) in production 5432: declared",
      "pods (app in (myapp,other)) in production 5432: network-only",
    ]);
  });

  test("of namespaces names each of them", () => {
    const peer =
      "{ podSelector: {}, namespaceSelector: { matchExpressions: [{ key: team, operator: In, values: [a, b] }] } }";
    const narrow = "{ podSelector: {}, namespaceSelector: { matchLabels: { team: b } } }";
    const rows = (peers: string) =>
      verdicts(rowsOf(cluster(closed) + sound + policy(`[{ from: [${peers}] }]`, "wide")));
    expect(rows(peer)).toContain("any pod in team in (a,b) 8000: open");
    expect(rows(narrow)).toContain("any pod in team=b 8000: open");
  });
});

describe("a policy narrower than a client's selector", () => {
  const narrow = sound.replace("app: myapp", "app: myapp, tier: web");

  test("admits that client", () => {
    expect(clientRows(cluster(closed) + narrow + deployment("app: myapp, tier: web"))).toEqual([
      "client app (app=myapp) in production 5432: declared",
      "client app (app=myapp,tier=web) in production 5432: declared",
    ]);
  });

  test("locks out those of its pods that it does not name", () => {
    expect(clientRows(cluster(closed) + narrow)).toContain("client app (app=myapp) in production 5432: locked-out");
  });

  test("opens no other port to it", () => {
    const wide = policy("[{ from: [{ podSelector: { matchLabels: { app: myapp, tier: web } } }] }]", "wide");
    expect(clientRows(cluster(closed) + sound + wide)).toContain(
      "client app (app=myapp,tier=web) in production 8000: open",
    );
  });
});

describe("labels that a selector selects", () => {
  const of = (expressions: string) =>
    samples(readSelector({ matchExpressions: JSON.parse(expressions) as never }, () => undefined)).map(
      ({ values }) => values,
    );

  test.each([
    ["[]", [{}]],
    ['[{"key":"a","operator":"In","values":["x","y"]}]', [{ a: "x" }, { a: "y" }]],
    [
      '[{"key":"a","operator":"In","values":["x","y"]},{"key":"b","operator":"In","values":["1","2","3"]}]',
      [
        { a: "x", b: "1" },
        { a: "y", b: "2" },
        { a: "x", b: "3" },
      ],
    ],
    ['[{"key":"a","operator":"In","values":["x","y"]},{"key":"a","operator":"In","values":["y","z"]}]', [{ a: "y" }]],
    ['[{"key":"a","operator":"Exists"},{"key":"a","operator":"NotIn","values":["any"]}]', [{ a: "any-other" }]],
    ['[{"key":"a","operator":"NotIn","values":["x"]},{"key":"b","operator":"DoesNotExist"}]', [{}]],
    ['[{"key":"a","operator":"Exists"},{"key":"a","operator":"DoesNotExist"}]', []],
    ['[{"key":"a","operator":"In","values":["x"]},{"key":"a","operator":"NotIn","values":["x"]}]', []],
  ])("%s", (expressions, expected) => {
    expect(of(expressions)).toEqual(expected);
  });

  test("are not more than a hundred", () => {
    const values = Array.from({ length: 5000 }, (_, index) => `v${String(index)}`);
    expect(of(JSON.stringify([{ key: "a", operator: "In", values }]))).toHaveLength(100);
  });
});
