import { describe, expect, test } from "vitest";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { answer, policy, policyOn, reaching } from "./lab.ts";

const everyone = ["myapp", "stranger", "remote"];

describe("N1: who an empty peer list names", () => {
  test.each([
    ["no policy at all", ""],
    ["from is missing", policy("ingress: [{ ports: [{ port: 5432 }] }]")],
    ["from is empty", policy("ingress: [{ from: [], ports: [{ port: 5432 }] }]")],
    ["the rule is empty", policy("ingress: [{}]")],
  ])("everyone where %s", (_case, manifests) => {
    expect(reaching(manifests)).toEqual(everyone);
  });

  test.each([
    ["ingress is empty", policy("ingress: []")],
    ["ingress is missing", policy("policyTypes: [Ingress]")],
  ])("nobody where %s", (_case, manifests) => {
    expect(reaching(manifests)).toEqual([]);
  });
});

describe("N2: empty selectors", () => {
  test("a policy with an empty podSelector selects every pod of its namespace, and none elsewhere", () => {
    const deny = policyOn("{}", "ingress: []");
    expect(answer(deny, { to: "production/stranger" }).allowed).toBe(false);
    expect(answer(deny, { to: "elsewhere/remote" }).allowed).toBe(true);
  });

  test("a peer with an empty podSelector is every pod of the policy's own namespace", () => {
    expect(reaching(policy("ingress: [{ from: [{ podSelector: {} }] }]"))).toEqual(["myapp", "stranger"]);
  });

  test("also beside a block", () => {
    const block = "{ ipBlock: { cidr: 192.0.2.0/24 } }";
    expect(reaching(policy(`ingress: [{ from: [${block}, { podSelector: {} }] }]`))).toEqual(["myapp", "stranger"]);
  });

  test("an empty namespaceSelector is every namespace", () => {
    expect(reaching(policy("ingress: [{ from: [{ namespaceSelector: {} }] }]"))).toEqual(everyone);
  });
});

describe("N3: one item with two selectors, or two items", () => {
  const namespaces = "namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: elsewhere } }";
  const pods = "podSelector: { matchLabels: { app: myapp } }";

  test("both must hold in one item", () => {
    expect(reaching(policy(`ingress: [{ from: [{ ${namespaces}, ${pods} }] }]`))).toEqual(["remote"]);
  });

  test("either will do in two", () => {
    expect(reaching(policy(`ingress: [{ from: [{ ${namespaces} }, { ${pods} }] }]`))).toEqual(["myapp", "remote"]);
  });
});

test("N4: a dash too many opens the port to all, and all ports to the peers", () => {
  const peers = "from: [{ podSelector: { matchLabels: { app: myapp } } }]";
  const ports = "ports: [{ port: 5432 }]";
  expect(reaching(policy(`ingress: [{ ${peers}, ${ports} }]`))).toEqual(["myapp"]);
  expect(reaching(policy(`ingress: [{ ${peers} }, { ${ports} }]`))).toEqual(everyone);
  expect(reaching(policy(`ingress: [{ ${peers} }, { ${ports} }]`), { port: 8000 })).toEqual(["myapp"]);
});

describe("N5: ports", () => {
  const open = (ports: string, port: number, protocol: "TCP" | "UDP" | "SCTP" = "TCP") =>
    answer(policy(`ingress: [{ ports: ${ports} }]`), { port, protocol }).allowed;

  test("no ports are all ports of all protocols", () => {
    expect(answer(policy("ingress: [{}]"), { port: 8000 }).allowed).toBe(true);
    expect(open("[]", 9187, "UDP")).toBe(true);
  });

  test("without a protocol it is TCP", () => {
    expect(open("[{ port: 5432 }]", 5432)).toBe(true);
    expect(open("[{ port: 5432 }]", 5432, "UDP")).toBe(false);
  });

  test("a protocol alone is all of its ports", () => {
    expect(open("[{ protocol: UDP }]", 5432, "UDP")).toBe(true);
    expect(open("[{ protocol: UDP }]", 5432)).toBe(false);
  });

  test.each([
    [4999, false],
    [5000, true],
    [5432, true],
    [6000, true],
    [6001, false],
  ])("port 5000 with endPort 6000 and %i", (port, expected) => {
    expect(open("[{ port: 5000, endPort: 6000 }]", port)).toBe(expected);
  });

  test("a name is what the target declares under it, in its protocol", () => {
    expect(open("[{ port: postgresql }]", 5432)).toBe(true);
    expect(open("[{ port: postgresql }]", 8000)).toBe(false);
    expect(open("[{ port: postgresql, protocol: UDP }]", 5432, "UDP")).toBe(false);
  });

  test.each(["UDP", "SCTP"] as const)("%s 5432 does not open TCP 5432", (protocol) => {
    expect(open(`[{ port: 5432, protocol: ${protocol} }]`, 5432)).toBe(false);
    expect(open(`[{ port: 5432, protocol: ${protocol} }]`, 5432, protocol)).toBe(true);
  });
});

describe("N6: policyTypes", () => {
  test("without them a policy isolates ingress, and egress only if it has egress rules", () => {
    const onClients = (rest: string) => policyOn("{ matchLabels: { app: myapp } }", rest);
    expect(answer(onClients("ingress: []")).allowed).toBe(true);
    expect(answer(onClients("ingress: []"), { from: "production/pg", to: "production/myapp" }).allowed).toBe(false);
    expect(answer(onClients("egress: [{ ports: [{ port: 53 }] }]")).allowed).toBe(false);
    expect(answer(onClients("egress: []")).allowed).toBe(true);
  });

  test("Egress alone leaves ingress open, whatever the ingress block says", () => {
    expect(reaching(policy("policyTypes: [Egress], ingress: []"))).toEqual(everyone);
  });
});

describe("N7: policies add up", () => {
  const closed = policy("ingress: []");

  test("any other policy can widen", () => {
    const wider = policyOn("{}", "ingress: [{ from: [{ podSelector: {} }] }]", "from-a-chart");
    expect(reaching(closed + wider)).toEqual(["myapp", "stranger"]);
    expect(answer(closed + wider).by).toEqual(["production/from-a-chart"]);
  });

  test("a policy in another namespace, or for another cluster, isolates nothing", () => {
    expect(reaching(policy("ingress: []", "policy", "elsewhere"))).toEqual(everyone);
    expect(reaching(policyOn("{ matchLabels: { cnpg.io/cluster: other } }", "ingress: []"))).toEqual(everyone);
  });
});

describe("N8: expressions", () => {
  const from = (expression: string) =>
    reaching(policy(`ingress: [{ from: [{ podSelector: { matchExpressions: [${expression}] } }] }]`));

  test("NotIn and DoesNotExist select pods without the label", () => {
    expect(from("{ key: app, operator: NotIn, values: [myapp] }")).toEqual(["stranger"]);
    expect(from("{ key: app, operator: DoesNotExist }")).toEqual(["stranger"]);
  });

  test("In and Exists do not", () => {
    expect(from("{ key: app, operator: In, values: [other, myapp] }")).toEqual(["myapp"]);
    expect(from("{ key: app, operator: Exists }")).toEqual(["myapp"]);
  });

  test("values are case-sensitive, and all requirements must hold", () => {
    expect(from("{ key: app, operator: In, values: [MyApp] }")).toEqual([]);
    expect(from("{ key: app, operator: Exists }, { key: tier, operator: NotIn, values: [web] }")).toEqual([]);
  });

  test("labels of a namespace that is not in the input are not known, except its name", () => {
    const foreigner = `
---
apiVersion: v1
kind: Pod
metadata: { name: foreigner, namespace: unseen }
spec: { containers: [{ name: main }] }
`;
    const selecting = (labels: string) =>
      answer(foreigner + policy(`ingress: [{ from: [{ namespaceSelector: { matchLabels: ${labels} } }] }]`), {
        from: "unseen/foreigner",
      }).allowed;
    expect(selecting("{ kubernetes.io/metadata.name: unseen }")).toBe(true);
    expect(selecting("{ kubernetes.io/metadata.name: elsewhere }")).toBe(false);
    expect(selecting("{ team: data }")).toBeNull();
  });
});

describe("N9: ipBlock", () => {
  const block = (cidr: string, except = "[]") =>
    policy(`ingress: [{ from: [{ ipBlock: { cidr: ${cidr}, except: ${except} } }] }]`);

  test("whether a pod counts by its address is the plugin's affair", () => {
    expect(answer(block("0.0.0.0/0")).allowed).toBeNull();
    expect(answer(block("10.244.0.11/32")).allowed).toBeNull();
  });

  test("a pod whose address is not in the block is not admitted by it", () => {
    expect(answer(block("10.244.0.64/26")).allowed).toBe(false);
    expect(answer(block("10.244.0.0/24", "[10.244.0.11/32]")).allowed).toBe(false);
    expect(answer(block('"::/0"')).allowed).toBe(false);
  });

  test("except is undone by any other rule", () => {
    const other = policy("ingress: [{ from: [{ podSelector: {} }] }]", "other");
    expect(answer(block("10.244.0.0/24", "[10.244.0.11/32]") + other).allowed).toBe(true);
  });
});

describe("what is not known before up", () => {
  const reached = (spec: string) => answer(policy(spec)).allowed;

  test.each([
    `ingress: ${unknownValue}`,
    `ingress: [${unknownValue}]`,
    `ingress: [{ from: ${unknownValue} }]`,
    `ingress: [{ from: [{ podSelector: ${unknownValue} }] }]`,
    `ingress: [{ from: [{ namespaceSelector: ${unknownValue} }] }]`,
    `ingress: [{ from: [{ ipBlock: ${unknownValue} }] }]`,
    `ingress: [{ ports: ${unknownValue} }]`,
    `policyTypes: ${unknownValue}`,
    `policyTypes: [${unknownValue}]`,
  ])("leaves undecided what %s admits", (spec) => {
    expect(reached(spec)).toBeNull();
  });

  test("leaves undecided what a policy does of which nothing is known", () => {
    expect(answer(policy("").replace(/spec: .*/, `spec: ${unknownValue}`)).allowed).toBeNull();
  });
});
