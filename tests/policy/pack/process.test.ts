import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { unknownValue } from "../../../policy/analysis/unknown.ts";
import { rules } from "../../../policy/rules/index.ts";
import { badExample } from "../rules/examples.ts";
import { PackProcess, type Said, type Sent } from "./process.ts";

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const canary = "canary-2f6b1c";

let pack: PackProcess;

beforeAll(async () => {
  pack = await PackProcess.start(join(import.meta.dirname, "..", "..", "..", "policy"));
  return () => pack.stop();
}, 60_000);
afterEach(() => pack.configure({}));

const cluster = (pgHba: unknown): Sent => ({
  type: "kubernetes:postgresql.cnpg.io/v1:Cluster",
  urn: "urn:pulumi:dev::p::kubernetes:postgresql.cnpg.io/v1:Cluster::pg",
  name: "pg",
  properties: {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: { name: "pg", namespace: "production" },
    spec: { instances: 3, postgresql: { pg_hba: pgHba } },
  },
});
/** The bad example of a rule. */
function example(rule: string): Sent[] {
  return badExample(rule).map(({ type, name, urn, properties, protect = false }, index) => ({
    ...{ type, name, properties, protect },
    urn: urn === "" ? `urn:pulumi:dev::p::${type}::${rule}-${String(index)}` : urn,
  }));
}

const of = (policy: string, said: readonly Said[]) => said.filter((one) => one.policy === policy);

test("every rule is offered with what it says of itself", async () => {
  const info = await pack.info();
  expect(info.getSupportsconfig()).toBe(true);
  const offered = info.getPoliciesList().map((policy) => ({
    name: policy.getName(),
    description: policy.getDescription(),
    fix: policy.getRemediationSteps(),
    url: policy.getUrl(),
    parameters: Object.keys(policy.getConfigschema()?.getProperties()?.toJavaScript() ?? {}).sort(),
  }));
  expect(offered).toEqual(
    rules.map(({ name, description, fix, url, parameters = {} }) => ({
      ...{ name, description, fix, url },
      parameters: [...Object.keys(parameters), "exemptions"].sort(),
    })),
  );
});

test.each(rules.map(({ name, scope }) => [name, scope] as const))(
  "%s says what is wrong and what to do",
  async (name, scope) => {
    const { url = "" } = rules.find((rule) => rule.name === name) ?? {};
    const resources = example(name);
    const said =
      scope === "stack"
        ? await pack.analyzeStack(resources)
        : (await Promise.all(resources.map((resource) => pack.analyze(resource)))).flat();
    const [first] = of(name, said);
    expect(first?.message).toMatch(/\nFix: /);
    expect(first?.message).toContain(url);
  },
);

describe("the configuration", () => {
  test("turns a rule down, and off", async () => {
    await pack.configure({ "pg-hba-closed-last": { level: "ADVISORY" } });
    expect(of("pg-hba-closed-last", await pack.analyze(cluster([])))).toMatchObject([{ level: "ADVISORY" }]);
    await pack.configure({ "pg-hba-closed-last": { level: "DISABLED" } });
    expect(of("pg-hba-closed-last", await pack.analyze(cluster([])))).toEqual([]);
  });

  test.each([
    [{ namespace: "production", reason: "it is only a test" }, 0],
    [{ urn: "*:Cluster::pg", reason: "it is only a test" }, 0],
    [{ namespace: "staging", reason: "it is only a test" }, 1],
  ])("with exemption %j leaves %i findings", async (exemption, count) => {
    await pack.configure({ "pg-hba-closed-last": { properties: { exemptions: [exemption] } } });
    expect(of("pg-hba-closed-last", await pack.analyze(cluster([])))).toHaveLength(count);
  });

  test("with names that there are not is refused, all of them at once and without a trace", async () => {
    const refused = pack.configure({
      "pg-hba-close-last": {},
      "lifelines-open": { level: "REMEDIATE", properties: { engines: "k3s" } },
    });
    await expect(refused).rejects.toMatchObject({
      details: [
        "the rules are configured wrongly:",
        "  lifelines-open.engines: there is no such parameter; did you mean engine?",
        "  pg-hba-close-last: there is no such rule; did you mean pg-hba-closed-last?",
        '  lifelines-open.enforcementLevel: got "remediate", expected "mandatory", "advisory" or "disabled"',
      ].join("\n"),
    });
  });
});

describe("what is not known before up", () => {
  // The SDK's marks for a string, a list and an object.
  test.each([[unknownValue], ["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"], ["dd056dcd-154b-4c76-9bd3-c8f88648b5ff"]])(
    "is wrong where access depends on it: %s",
    async (unknown) => {
      for (const lines of [unknown, [unknown, "host all all all reject"]]) {
        const said = of("pg-hba-closed-last", await pack.analyze(cluster(lines)));
        expect(said).toMatchObject([
          { level: "MANDATORY", message: expect.stringContaining("not known before up") as string },
        ]);
      }
    },
  );

  test("does not hide what is wrong elsewhere", async () => {
    const { properties, ...rest } = cluster([]);
    const said = await pack.analyze({ ...rest, properties: { ...properties, status: unknownValue } });
    expect(of("pg-hba-closed-last", said)).toMatchObject([{ level: "MANDATORY" }]);
  });
});

test("the engine's word on what a value was made of reaches the rules", async () => {
  const sent = (type: string, references: Record<string, string[]>): Sent => ({
    ...{ type, name: "one", urn: `urn:pulumi:dev::p::${type}::one`, properties: {}, references },
  });
  const server = sent("hcloud:index/server:Server", {});
  const behind = async (property: string) => {
    const attachment = sent("hcloud:index/firewallAttachment:FirewallAttachment", { [property]: [server.urn] });
    return of("servers-behind-firewall", await pack.analyzeStack([server, attachment]));
  };
  expect(await behind("serverIds")).toEqual([]);
  expect(await behind("firewallId")).toHaveLength(1);
});

test("no secret is printed", async () => {
  const secret = (value: unknown) => ({ ...secretMark, value });
  const sent = (type: string, properties: object): Sent => ({
    ...{ type, name: "secret", urn: `urn:pulumi:dev::p::${type}::secret` },
    properties: { ...properties },
  });
  const metadata = { name: "pg-app-credentials", namespace: "production" };
  const secrets = [
    sent("kubernetes:core/v1:Secret", {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      stringData: secret({ password: canary }),
    }),
    sent("kubernetes:core/v1:Secret", {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      data: { password: secret(btoa(canary)) },
    }),
    sent("pulumi:providers:kubernetes", { kubeconfig: secret(`token: ${canary}`) }),
    sent("hcloud:index/server:Server", { name: "w", userData: secret(`K3S_TOKEN=${canary}\nHCLOUD_TOKEN=${canary}`) }),
    sent("random:index/randomPassword:RandomPassword", { length: 3, result: secret(canary) }),
  ];
  for (const { name } of rules) {
    const sentTogether = [...secrets, ...example(name)];
    const said = (await Promise.all(sentTogether.map((resource) => pack.analyze(resource)))).flat();
    const all = JSON.stringify([...said, ...(await pack.analyzeStack(sentTogether)), pack.output]);
    expect(all).toContain(name);
    expect(all).not.toContain(canary);
    expect(all).not.toContain(btoa(canary));
  }
});
