import { describe, expect, test } from "vitest";
import type { Problem } from "../../../policy/analysis/objects.ts";
import { closed, cluster, comparison, policy, pooler, rowsOf, sound, toPostgres, verdicts } from "./lab.ts";

const lifelines = [
  "operator in cnpg-system 8000: lifeline",
  "peer instances (cnpg.io/cluster=pg) in production 5432: lifeline",
  "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline",
  "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 5432: lifeline",
];
const strangers = ["any other pod in production", "any other namespace", "anyone outside the cluster"];

test("a sound database lets in its client and keeps its lifelines", () => {
  expect(verdicts(rowsOf(cluster(closed) + sound))).toEqual([
    "client app (app=myapp) in production 5432: declared",
    ...lifelines.slice(0, 3),
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 5432: lifeline",
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 8000: lifeline",
  ]);
});

test("the printed line and policy: open at the pg_hba layer, the operator cut off", () => {
  const line = "hostssl app app_user podSelectorRefs(app=myapp) scram-sha-256";
  const printed = policy(
    `[${toPostgres("{ podSelector: { matchLabels: { app: myapp } } }")}, ` +
      `${toPostgres("{ podSelector: { matchLabels: { cnpg.io/cluster: pg } } }")}]`,
  );
  const rows = rowsOf(cluster([line]) + printed);
  expect(verdicts(rows)).toEqual([
    "operator in cnpg-system 8000: lifeline-cut",
    "peer instances (cnpg.io/cluster=pg) in production 5432: lifeline",
    "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline-cut",
    "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 5432: lifeline",
    "pods (app=myapp) in production 5432: open",
    ...strangers.map((source) => `${source} 5432: postgres-only`),
  ]);
});

test("without policies everybody is stopped by pg_hba alone, and reaches the other ports", () => {
  const rows = rowsOf(cluster(closed));
  expect(verdicts(rows)).toEqual(
    expect.arrayContaining([
      "client app (app=myapp) in production 5432: declared",
      ...strangers.flatMap((source) => [
        `${source} 5432: network-only`,
        `${source} 8000: open`,
        `${source} 9187: open`,
      ]),
    ]),
  );
});

test("a row names the line that lets in, and how", () => {
  const row = rowsOf(cluster(closed) + sound).find(({ source, port }) => source.kind === "client" && port === 5432);
  expect(row).toEqual({
    cluster: "production/pg",
    source: { kind: "client", name: "app", namespace: "production", selector: "app=myapp" },
    port: 5432,
    network: { allowed: true, by: ["production/policy"], differs: false },
    postgres: [
      { line: 13, type: "hostssl", databases: ["app"], roles: ["app_user"], method: "scram-sha-256", tls: "required" },
    ],
    verdict: "declared",
  });
});

describe("lines that hide others", () => {
  const ways = (...lines: string[]) =>
    rowsOf(cluster(lines) + sound)
      .filter(({ source, port }) => source.kind === "client" && port === 5432)
      .flatMap(({ postgres }) =>
        postgres.map(({ type, databases, roles, method, tls }) => [type, databases, roles, method, tls].join(" ")),
      );
  const allow = "hostssl app app_user ${podselector:app} scram-sha-256";

  test("nothing is left behind a closing reject", () => {
    expect(ways(allow, "host all all all reject")).toEqual(["hostssl app app_user scram-sha-256 required"]);
  });

  test("without one, the operator's own last line lets in everybody", () => {
    expect(ways(allow)).toEqual(["hostssl app app_user scram-sha-256 required", "host all all scram-sha-256 any"]);
  });

  test("a reject of connections without TLS leaves those with it", () => {
    expect(ways("hostnossl all all all reject", allow)).toEqual([
      "hostssl app app_user scram-sha-256 required",
      "host all all scram-sha-256 required",
    ]);
  });

  test("a reject for IPv4 leaves IPv6 to the catch-all", () => {
    const [outside] = rowsOf(cluster([allow, "host all all 0.0.0.0/0 reject"])).filter(
      ({ source }) => source.kind === "anyone",
    );
    expect(outside).toMatchObject({ verdict: "open", postgres: [{ line: null, method: "scram-sha-256" }] });
  });

  test("a line that swallows the closing reject opens the database", () => {
    expect(ways(`${allow} # \\`, "host all all all reject")).toContain("host all all scram-sha-256 any");
  });
});

test("a line that the server refuses leaves everything undecided, and says which", () => {
  const problems: { line: number; message: string }[] = [];
  const rows = rowsOf(
    cluster(["hostssl app app_user all scram", "host all all all reject"]) + sound,
    problems as never,
  );
  expect(
    rows.filter(({ source, port }) => source.kind === "peer" && port === 5432).map(({ verdict }) => verdict),
  ).toEqual(["undecided", "undecided"]);
  expect(problems).toMatchObject([{ line: 13, message: expect.stringContaining('"scram"') as string }]);
});

test("the operator's peer split into two items admits strangers of two kinds", () => {
  const split = policy(
    "[{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } } }, " +
      "{ podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } } }], ports: [{ port: 8000 }] }]",
    "split",
  );
  expect(verdicts(rowsOf(cluster(closed) + sound + split))).toEqual(
    expect.arrayContaining([
      "any pod in cnpg-system 8000: open",
      "pods (app.kubernetes.io/name=cloudnative-pg) in production 8000: open",
    ]),
  );
});

test("another kind of policy leaves what it may select undecided, by name", () => {
  const cilium = `
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: { name: extra, namespace: production }
spec: { endpointSelector: { matchLabels: { "k8s:cnpg.io/cluster": pg } } }
`;
  const row = rowsOf(cluster(closed) + sound + cilium).find(({ source }) => source.kind === "client");
  expect(row).toMatchObject({
    network: { allowed: null, by: ["CiliumNetworkPolicy production/extra"] },
    verdict: "undecided",
  });
});

test.each([
  ["postgresql:13.14", ["PostgreSQL 13 is not known here, so it is read as PostgreSQL 18 reads it"]],
  ["postgresql:14.1", []],
  ["postgresql:latest", []],
])("of an image %s nobody takes another major for granted", (image, expected) => {
  const problems: Problem[] = [];
  rowsOf(cluster(closed).replace("postgresql:17.4", image) + sound, problems);
  expect(problems.map(({ message }) => message)).toEqual(
    expected.map((text) => `pg_hba of Cluster production/pg: ${text}`),
  );
});

describe("poolers", () => {
  test("a closing reject cuts off a pooler that no line names", () => {
    expect(verdicts(rowsOf(cluster(closed) + sound + pooler))).toContain(
      "pooler pooler (cnpg.io/poolerName=pooler) in production 5432: lifeline-cut",
    );
  });

  test("a line for its pods brings it back, and the app to the database behind it", () => {
    const ref = "- { name: pooler, selector: { matchLabels: { cnpg.io/poolerName: pooler } } }";
    const lines = ["hostssl app app_user ${podselector:pooler} scram-sha-256", ...closed];
    expect(verdicts(rowsOf(cluster(lines, ref) + sound + pooler))).toEqual(
      expect.arrayContaining([
        "pooler pooler (cnpg.io/poolerName=pooler) in production 5432: lifeline",
        "client app (app=myapp) in production at pooler 5432: declared",
      ]),
    );
  });

  const refs = `
    - { name: pooler, selector: { matchLabels: { cnpg.io/poolerName: pooler } } }
    - { name: b, selector: { matchLabels: { app: b } } }`;
  const lines = [
    "hostssl app app_user ${podselector:pooler} scram-sha-256",
    "hostssl shop shop_user ${podselector:pooler} scram-sha-256",
    ...closed.slice(1),
  ];
  const policies =
    sound +
    policy(
      `[${toPostgres("{ podSelector: { matchLabels: { app: a } } }, { podSelector: { matchLabels: { app: b } } }")}]`,
      "to-pooler",
      "{ matchLabels: { cnpg.io/poolerName: pooler } }",
    );
  const withLines = (own: string[]) =>
    pooler.replace("poolMode: session", `poolMode: session, pg_hba: ${JSON.stringify(own)}`);
  const atPooler = (own: string) =>
    rowsOf(cluster(lines, refs.trim()) + policies + own).filter(
      ({ pooler: at, port, verdict }) => at === "pooler" && port === 5432 && verdict !== "closed",
    );

  test("whoever shares one that serves several roles is told of the others", () => {
    const rows = atPooler(pooler).map(({ source, sharedWith, postgres }) => [
      source.selector,
      postgres.flatMap(({ roles }) => roles),
      sharedWith?.map((other) => /app=\w+/.exec(other)?.[0]).sort(),
    ]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ["app=a", ["app_user", "shop_user"], ["app=b", "app=myapp"]],
        ["app=b", ["app_user", "shop_user"], ["app=a", "app=myapp"]],
      ]),
    );
  });

  const reject = ["host all all 0.0.0.0/0 reject", "host all all ::/0 reject"];
  test.each([
    [["hostssl app app_user 0.0.0.0/0 scram-sha-256", ...reject], ["app_user"]],
    [["hostssl app app_user ::/0 scram-sha-256", ...reject], ["app_user"]],
    [["hostssl shop shop_user 10.0.0.0/8 scram-sha-256", ...reject], ["shop_user"]],
    [["hostssl all shop_user 0.0.0.0/0 md5", ...reject], ["shop_user"]],
    [reject.slice(0, 1), ["app_user", "shop_user"]],
    [["hostssl app app_user 0.0.0.0/0 scram-sha-256"], ["app_user", "shop_user"]],
  ])("its own lines decide first: %j", (own, roles) => {
    const rows = atPooler(withLines(own));
    expect(rows).toHaveLength(3);
    for (const { postgres, sharedWith } of rows) {
      expect(postgres.flatMap((line) => line.roles)).toEqual(roles);
      expect(sharedWith?.length).toBe(roles.length > 1 ? 2 : undefined);
    }
  });

  test("where they turn everybody away nobody comes through", () => {
    expect(atPooler(withLines(reject))).toEqual([]);
  });

  test("more lines than an object can hold are a problem of the Cluster's, and no answer of a Pooler's", () => {
    const tooMany = ["#".repeat(2 ** 21), "host all all all reject"];
    const problems: Problem[] = [];
    rowsOf(cluster(tooMany) + sound, problems);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining("more than 2097152 bytes")]);
    expect(atPooler(withLines(tooMany))).toHaveLength(atPooler(pooler).length);
  });
});

test("whoever reads the metrics is no client that PostgreSQL locks out", () => {
  const prometheus =
    "{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } }, " +
    "podSelector: { matchLabels: { app: prometheus } } }";
  const metrics = policy(`[{ from: [${prometheus}], ports: [{ port: 9187 }] }]`, "metrics");
  const scraper = verdicts(rowsOf(cluster(closed) + sound + metrics)).filter((row) => row.startsWith("scraper"));
  expect(scraper).toEqual(["scraper (app=prometheus) in monitoring 9187: lifeline"]);
});

describe("against an older version", () => {
  const tooWide = policy("[{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }]", "wide");

  test("nothing changes between equal versions", () => {
    expect(comparison(cluster(closed) + sound, cluster(closed) + sound)).toEqual({ gained: [], lost: [], changed: [] });
  });

  test("what a wider policy opens is gained only where pg_hba lets in", () => {
    expect(comparison(cluster([]) + sound, cluster([]) + sound + tooWide).gained).toEqual([
      "any pod in production 5432: open",
    ]);
    expect(comparison(cluster(closed) + sound, cluster(closed) + sound + tooWide)).toEqual({
      gained: [],
      lost: [],
      changed: ["any other pod in production 5432: closed -> network-only"],
    });
  });

  test("a repair loses the strangers and gains the lifelines", () => {
    const broken = cluster([]) + policy(`[${toPostgres("{ podSelector: {} }")}]`);
    const { gained, lost } = comparison(broken, cluster(closed) + sound);
    expect(lost).toEqual(["any pod in production 5432: open"]);
    expect(gained).toEqual([
      "operator in cnpg-system 8000: lifeline",
      "peer instances (cnpg.io/cluster=pg) in production 8000: lifeline",
      "peer jobs (cnpg.io/cluster=pg,cnpg.io/jobRole) in production 8000: lifeline",
    ]);
  });
});
