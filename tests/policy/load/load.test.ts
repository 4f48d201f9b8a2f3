import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadManifests, parseManifests } from "../../../policy/analysis/load/index.ts";
import type { KubeObject } from "../../../policy/analysis/objects.ts";

const title = ({ kind, namespace, name, position }: KubeObject) =>
  `${kind} ${namespace}/${name}:${String(position.line)}`;

describe("positions", () => {
  const yaml = `# a comment
apiVersion: v1
kind: Namespace
metadata: { name: production }
---
# another one

apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: pg
spec:
  postgresql:
    pg_hba:
      - first
      - >-
        second
        goes on
      - third
`;

  test("every object knows its line", () => {
    expect(parseManifests(yaml, "a.yaml").objects.map(title)).toEqual([
      "Namespace /production:2",
      "Cluster default/pg:8",
    ]);
  });

  test.each([
    [["spec", "postgresql", "pg_hba"], 14],
    [["spec", "postgresql", "pg_hba", 0], 15],
    [["spec", "postgresql", "pg_hba", 1], 17],
    [["spec", "postgresql", "pg_hba", 2], 19],
    [["spec", "nothing", "here"], 12],
  ] as const)("%j stands in line %i", (path, line) => {
    expect(parseManifests(yaml, "a.yaml").objects[1]?.lineOf(...path)).toBe(line);
  });

  test("lists give their items, typed ones their kind", () => {
    const list = JSON.stringify(
      {
        apiVersion: "v1",
        kind: "List",
        items: [
          { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } },
          { apiVersion: "v1", kind: "ConfigMapList", items: [] },
        ],
      },
      null,
      1,
    );
    expect(parseManifests(list, "l.json").objects.map(title)).toEqual(["Pod default/a:5"]);
    const typed = "apiVersion: v1\nkind: SecretList\nitems:\n- metadata: { name: s, namespace: n }\n";
    expect(parseManifests(typed, "t.yaml").objects.map(title)).toEqual(["Secret n/s:4"]);
  });
});

describe("bad input is a problem with a line, and the rest still counts", () => {
  const good = "---\napiVersion: v1\nkind: Pod\nmetadata: { name: good }\n";

  test.each([
    ["broken YAML", "a: [1\nb: }\n", 2],
    ["a tab", "a:\n\tb: 1\n", 2],
    ["no object", "just: text\n", 1],
    ["an object without a name", "apiVersion: v1\nkind: Pod\nmetadata: {}\n", 1],
    ["deep nesting", `a: ${"[".repeat(100_000)}\n`, 1],
    ["a duplicate key", "kind: Pod\nkind: Pod\n", 2],
  ])("%s", (_case, text, line) => {
    const { objects, problems } = parseManifests(text + good, "bad.yaml");
    expect(objects.map(({ name }) => name)).toEqual(["good"]);
    expect(problems).toMatchObject([{ file: "bad.yaml", line }]);
  });

  test.each([
    ["bytes", "\u0000\u0001\ufffd"],
    ["nothing", ""],
    ["half a JSON", '{"apiVersion": "v1", "kind": "Po'],
    ["deep JSON", `{"a":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`],
    ["an alias bomb", `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nkind: Pod\n`],
    ["a value that holds itself", "&a [*a]"],
  ])("%s does not throw", (_case, text) => {
    expect(parseManifests(text, "bad").objects).toEqual([]);
  });
});

describe("Pulumi", () => {
  const policy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace: "production" },
  };
  const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

  test("a preview gives what will be", () => {
    const preview = {
      steps: [
        { op: "create", newState: { type, inputs: policy } },
        { op: "delete", oldState: { type, inputs: policy } },
        { op: "same", newState: { type: "random:index:RandomPassword", inputs: {} } },
      ],
    };
    expect(parseManifests(JSON.stringify(preview), "p.json").objects.map(title)).toEqual([
      "NetworkPolicy production/p:1",
    ]);
  });

  test("a type of another provider that looks like one of Kubernetes has no objects", () => {
    const newState = { type: "azure-native:network/v20230101:Subnet", inputs: { addressPrefix: "10.0.0.0/24" } };
    const { objects, problems } = parseManifests(JSON.stringify({ steps: [{ op: "create", newState }] }), "p.json");
    expect({ objects, problems }).toEqual({ objects: [], problems: [] });
  });

  test("a preview without the unchanged resources says so", () => {
    const { problems } = parseManifests(JSON.stringify({ steps: [], changeSummary: { same: 3 } }), "p.json");
    expect(problems).toMatchObject([{ message: expect.stringContaining("--show-sames") as string }]);
  });

  test("a state gives what the API server holds, and names what is hidden", () => {
    const outputs = { ...policy, spec: { podSelector: {}, policyTypes: ["Ingress"] } };
    const state = {
      version: 3,
      deployment: {
        resources: [
          { type, inputs: policy, outputs },
          { type, inputs: { ...policy, metadata: { name: "old" } }, delete: true },
          { type: "kubernetes:helm.sh/v3:Release", inputs: { name: "cnpg" } },
        ],
      },
    };
    const { objects, problems } = parseManifests(JSON.stringify(state), "s.json");
    expect(objects.map(({ body }) => body)).toEqual([outputs]);
    expect(problems).toMatchObject([{ message: expect.stringContaining("Helm release cnpg") as string }]);
  });
});

test("a preview and a state tell what a property was made of", () => {
  const urn = "urn:pulumi:dev::p::hcloud:index/server:Server::one";
  const attachment = {
    type: "hcloud:index/firewallAttachment:FirewallAttachment",
    inputs: { serverIds: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] },
    propertyDependencies: { serverIds: [urn], firewallId: null },
  };
  const inputs = [{ steps: [{ op: "create", newState: attachment }] }, { deployment: { resources: [attachment] } }];
  for (const input of inputs) {
    const { resources } = parseManifests(JSON.stringify(input), "p.json");
    expect(resources.map(({ references }) => references)).toEqual([{ serverIds: [urn], firewallId: [] }]);
  }
});

describe("files", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "load-"));
    mkdirSync(join(folder, "more"));
    writeFileSync(join(folder, "a.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { v: '1' } }\n");
    writeFileSync(
      join(folder, "more", "b.yml"),
      "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { v: '2' } }\n",
    );
    writeFileSync(join(folder, "notes.txt"), "not read");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("a directory is read with what is below it; of an object given twice the last one stays", () => {
    const { objects, problems } = loadManifests([folder]);
    expect(objects.map(({ labels }) => labels)).toEqual([{ v: "2" }]);
    expect(problems).toMatchObject([{ file: join(folder, "a.yaml"), line: 1 }]);
  });

  test("a file that is not there is a problem", () => {
    expect(loadManifests([join(folder, "none.yaml")]).problems).toMatchObject([
      { message: expect.stringContaining("ENOENT") as string },
    ]);
  });

  test("50 MB in one document are survived", () => {
    const file = join(folder, "large.json");
    const items = Array.from({ length: 60_000 }, (_, index) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `c${String(index)}` },
      data: { text: "x".repeat(800) },
    }));
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    expect(loadManifests([file]).objects).toHaveLength(60_000);
  });
});
