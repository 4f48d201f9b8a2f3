import { describe, expect, test } from "vitest";
import { type Connection, expandLine, hba } from "../../../policy/analysis/hba/index.ts";

const app: Connection = {
  address: "10.42.0.7",
  ssl: true,
  replication: false,
  database: "app",
  user: "app_user",
  roles: [],
  hostname: null,
};
const intruder = { ...app, user: "intruder" };
const allow = "hostssl app app_user ${podselector:app-pods} scram-sha-256";
const selectors = new Map([["app-pods", ["10.42.0.7"]]]);

function decide(text: string, pods = selectors) {
  const clients = [app, { ...app, ssl: false }, intruder, { ...intruder, ssl: false }];
  const report = hba({ text, major: 17, cnpg: true, selectors: pods, probes: clients });
  return report.decisions.map(({ line, method }) => `${method ?? "none"} ${String(line)}`);
}

describe("a Cluster's pg_hba", () => {
  test("restricts nothing without a closing reject", () => {
    const [own, plain, stranger, strangerPlain] = decide(allow);
    expect(own).toBe("scram-sha-256 1");
    expect([plain, stranger, strangerPlain]).toEqual(Array(3).fill("scram-sha-256 null"));
    expect(decide(`${allow}\nhostssl all all all reject`)[3]).toBe("scram-sha-256 null");
  });

  test("is closed with it", () => {
    expect(decide(`${allow}\nhost all all all reject`)).toEqual([
      "scram-sha-256 1",
      "reject 2",
      "reject 2",
      "reject 2",
    ]);
  });

  test("loses a line whose selector selects no pod", () => {
    const none = new Map([["app-pods", []]]);
    expect(decide(`${allow}\nhost all all all reject`, none)).toEqual(Array(4).fill("reject 2"));
    expect(
      hba({ text: allow, major: 17, cnpg: true, selectors: none }).rules.filter(({ origin }) => origin === "file"),
    ).toEqual([]);
  });

  test("says which lines it left out for want of addresses", () => {
    const text = `${allow}\nhost all all all reject`;
    const unresolved = (given?: typeof selectors) => hba({ text, major: 17, cnpg: true, selectors: given }).unresolved;
    expect(unresolved()).toEqual([{ line: 1, reference: "${podselector:app-pods}" }]);
    expect(unresolved(selectors)).toEqual([]);
    expect(hba({ text, major: 17 }).unresolved).toEqual([]);
  });

  test("keeps the operator's own lines in front and the last word behind", () => {
    const { rules, accepted } = hba({ text: "host all all all reject", major: 17, cnpg: true });
    expect(accepted).toBe(true);
    expect(rules.map(({ origin, line, type, method }) => [origin, line, type, method])).toEqual([
      ["head", null, "local", "peer"],
      ["head", null, "local", "peer"],
      ["head", null, "hostssl", "cert"],
      ["head", null, "hostssl", "cert"],
      ["head", null, "hostssl", "cert"],
      ["file", 1, "host", "reject"],
      ["tail", null, "host", "scram-sha-256"],
    ]);
  });

  test("counts lines as the input does, whatever they expand to", () => {
    const pods = new Map([["app-pods", ["10.42.0.7", "fd00::7"]]]);
    const { rules } = hba({
      text: `# first\n${allow}\n\nhost all all all reject\n`,
      major: 17,
      cnpg: true,
      selectors: pods,
    });
    const own = rules.filter(({ origin }) => origin === "file");
    expect(own.map(({ line, address, netmask }) => [line, address, netmask])).toEqual([
      [2, "10.42.0.7", "255.255.255.255"],
      [2, "fd00::7", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
      [4, "all", null],
    ]);
  });

  test("lets a trailing backslash disable the closing line", () => {
    expect(decide(`${allow} # the app \\\nhost all all all reject`)[2]).toBe("scram-sha-256 null");
  });

  test("is refused as a whole for one bad line, which is named by its place in the input", () => {
    const { accepted, errors } = hba({ text: `${allow}\nhost all all md5`, major: 17, cnpg: true, selectors });
    expect(accepted).toBe(false);
    expect(errors).toEqual([{ line: 2, message: "end-of-line before authentication method" }]);
  });
});

describe("the expansion of pod selectors", () => {
  const expand = (line: string) =>
    expandLine(
      line,
      new Map([
        ["a", ["fd00:0::5", "::ffff:10.0.0.5", "odd"]],
        ["b", []],
      ]),
    );

  test.each([
    ["host all all ${podselector:a} md5", ["fd00::5/128", "10.0.0.5/32", "odd"].map((ip) => `host all all ${ip} md5`)],
    ["host all all ${podselector:b} md5", []],
    ["host all all all md5", ["host all all all md5"]],
    ["x ${podselector:none}", ["# x ${podselector:none} # pod selector not found: none"]],
    ["x ${pods:a}", ["# x ${pods:a} # unknown descriptor type: pods"]],
    ["x ${podselector:b} ${podselector:a}", []],
  ])("%s", (line, lines) => {
    expect(expand(line)).toEqual(lines);
  });
});
