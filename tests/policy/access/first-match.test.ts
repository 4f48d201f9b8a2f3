import { describe, expect, test } from "vitest";
import { access } from "../../../policy/analysis/access/index.ts";
import { cluster, objectsOf, policy, sound } from "./lab.ts";

const allow = "hostssl app app_user ${podselector:app} scram-sha-256";
const close = "host all all all reject";

/** The verdicts of a client and of a pod that nobody names, on 5432, behind these lines. */
function verdicts(lines: readonly string[], podCidrs?: readonly string[], more = sound) {
  const { rows } = access(objectsOf(cluster(lines) + more), "standard", [], podCidrs);
  const of = (kind: string) => rows.find(({ source, port }) => source.kind === kind && port === 5432)?.verdict;
  return { client: of("client"), stranger: of("namespace") };
}

describe("a client behind a line that turns away", () => {
  test.each([
    ["an expression that matches its database", 'hostssl "/^app$" all all reject'],
    ["an expression that matches its role", "hostssl app /^app ${podselector:app} reject"],
    ["all roles of its database", "host app all all reject"],
    ["its names in quotes", 'host "app" "app_user" all reject'],
    ["a group of the role's own name", "host all +app_user all reject"],
  ])("%s: it is locked out", (_, line) => {
    expect(verdicts([line, allow, close]).client).toBe("locked-out");
  });

  test.each([
    ["a range that may hold its address", "host all all 10.0.0.0/8 reject"],
    ["the networks of the server", "host all all samenet reject"],
    ["a host name", "host all all client.example.com reject"],
    ["a group that its role may be in", "host all +staff all reject"],
    ["databases whose names roles may have", "host samerole all all reject"],
  ])("%s: it is undecided", (_, line) => {
    expect(verdicts([line, allow, close]).client).toBe("undecided");
  });

  test.each([
    ["an expression that does not match its database", "host /^apps all all reject"],
    ["another database", "host shop,blog all all reject"],
    ["another role", "host all postgres all reject"],
    ["databases of the roles' names", "host sameuser all all reject"],
    ["replication", "host replication all all reject"],
    ["connections without TLS", "hostnossl all all all reject"],
    ["another address, which no pod has", "host all all 10.0.0.0/8 scram-sha-256"],
  ])("%s: it gets in", (_, line) => {
    expect(verdicts([line, allow, close]).client).toBe("declared");
  });

  test("a range is decided where it is known which addresses pods have", () => {
    const lines = ["host all all 10.0.0.0/8 reject", allow, close];
    expect(verdicts(lines, ["10.42.0.0/16"]).client).toBe("locked-out");
    expect(verdicts(lines, ["172.20.0.0/16"]).client).toBe("declared");
  });

  test("all that is left of a line with several names counts", () => {
    const both = "hostssl app,shop app_user ${podselector:app} scram-sha-256";
    const [app, shop] = ["host app all all reject", "host shop app_user all reject"];
    expect(verdicts([app, both, close]).client).toBe("declared");
    expect(verdicts([app, shop, both, close]).client).toBe("locked-out");
  });

  test("more names than are looked at one by one are taken together", () => {
    const many = Array.from({ length: 100 }, (_, index) => `db${String(index)}`).join();
    const line = `hostssl ${many} app_user \${podselector:app} scram-sha-256`;
    expect(verdicts(["host /^db all all reject", line, close]).client).toBe("locked-out");
    expect(verdicts([`host ${many} all all reject`, line, close]).client).toBe("locked-out");
    expect(verdicts(["host /^db1 all all reject", line, close]).client).toBe("declared");
  });

  test("before version 16 an expression is a name like any other", () => {
    const { rows } = access(
      objectsOf((cluster(['host "/^app$" all all reject', allow, close]) + sound).replace(":17.4", ":15.4")),
      "standard",
      [],
    );
    expect(rows.find(({ source }) => source.kind === "client")?.verdict).toBe("declared");
  });
});

test("what may turn a stranger away keeps nobody out", () => {
  expect(verdicts(["host all all 10.0.0.0/8 reject"], undefined, "").stranger).toBe("open");
});

describe("a line for all of IPv4", () => {
  const open = policy("[{ from: [{ podSelector: {} }], ports: [{ port: 5432 }] }]");
  const lines = (method: string) => [allow, `host all all 0.0.0.0/0 ${method}`, close];

  test("turns no pod away for certain, unless all have IPv4 addresses", () => {
    const behind = ["host all all 0.0.0.0/0 reject", "hostssl app app_user all scram-sha-256", close];
    expect(verdicts(behind, undefined, open).stranger).toBe("open");
    expect(verdicts(behind, ["10.42.0.0/16"], open).stranger).toBe("network-only");
    expect(verdicts(behind, ["10.42.0.0/16", "fd00:42::/56"], open).stranger).toBe("open");
  });

  test("turns a client away or not", () => {
    const behind = ["host all all 0.0.0.0/0 reject", allow, close];
    expect(verdicts(behind).client).toBe("undecided");
    expect(verdicts(behind, ["10.42.0.0/16"]).client).toBe("locked-out");
  });

  test("lets pods in", () => {
    expect(verdicts(lines("scram-sha-256"), undefined, open).stranger).toBe("open");
  });
});
