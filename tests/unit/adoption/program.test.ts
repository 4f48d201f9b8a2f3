import { expect, test } from "vitest";
import { namedObjects, type Present } from "../../../components/adoption/present.ts";
import { renderedObjects } from "../../../components/rendered.ts";
import { schema } from "../../../config/schema.ts";
import { EMPTY_CLUSTER, runStack, type Registered } from "../program/stack.ts";

const foreign = (apiVersion: string, kind: string, name: string): Present => ({
  ref: { apiVersion, kind, namespace: "staging", name },
  owner: "foreign",
});
const workload = (name: string) => ({ podLabels: { app: name }, serviceAccount: { name } });
const workloads = [workload("myapp")];
const app = { name: "app", role: "app_user", database: "app", workloads };
const shop = {
  ...{ name: "shop", role: "shop", database: "shop" },
  workloads: [workload("shop")],
};
const present = [
  foreign("postgresql.cnpg.io/v1", "Cluster", "pg"),
  foreign("postgresql.cnpg.io/v1", "Database", "pg-shop"),
];
const clients = [{ ...app, existingSecret: "pg-app" }, shop];
const adopting = await runStack("staging", { config: { adopt: true, clients }, present });
const observing = await runStack("staging", { config: { mode: "observe" } });
const enforcing = await runStack("staging");

const marksOf = ({ inputs }: Pick<Registered, "inputs">) =>
  (inputs["metadata"] as { annotations?: object } | undefined)?.annotations ?? {};
const named = (resources: Registered[], kind: string, name: string) =>
  resources.find(
    ({ type, inputs }) => type.endsWith(`:${kind}`) && (inputs["metadata"] as { name: string }).name === name,
  );
const stack = "organization/hcloud-postgres/staging";

test("what is taken over goes through the provider that overwrites, outlives a destroy, and says so", () => {
  const taken = adopting.filter((one) => "hcloud-postgres/adopted-by" in marksOf(one));
  expect(taken.map(({ type }) => type.split(":").at(-1)).sort()).toEqual(["Cluster", "Database"]);
  for (const one of taken) {
    expect(one.retainOnDelete).toBe(true);
    expect(one.hooks).toContain("fields-of-others");
    expect(one.provider).toContain("::cluster-adopting-provider::");
    expect(marksOf(one)).not.toHaveProperty("hcloud-postgres/stack");
  }
  const cluster = named(adopting, "Cluster", "pg");
  expect(cluster?.inputs["spec"]).not.toHaveProperty("bootstrap");
  expect(named(enforcing, "Cluster", "pg")?.inputs["spec"]).toHaveProperty("bootstrap");
});

test("what the stack makes says so, and goes with a destroy", () => {
  const binding = named(adopting, "RoleBinding", "read-pg-app-secret");
  expect(binding && marksOf(binding)).toEqual({ "hcloud-postgres/stack": stack });
  expect(binding?.retainOnDelete).toBe(false);
});

test("whatever says that the stack made it has a name that is looked for before", async () => {
  const deployers = [{ kind: "Group", name: "app-team" }];
  const certified = { ...shop, name: "batch", role: "batch", auth: "cert", workloads: [workload("batch")] };
  const elsewhere = [{ namespace: "web", ...workload("front") }];
  const front = { ...shop, name: "front", role: "front", deployers, pooler: {}, workloads: elsewhere };
  const declared = { clients: [{ ...app, deployers }, shop, certified, front] };
  const resources = await runStack("staging", { config: declared, live: { clientNamespaces: ["web"] } });
  const config = schema.parse({ ...declared, namespace: { name: "staging" } });
  const looked = namedObjects(config, renderedObjects(config, EMPTY_CLUSTER)).map(
    ({ kind, namespace, name }) => `${kind} ${namespace ?? ""}/${name ?? ""}`,
  );
  const marked = resources.filter(
    ({ type, name, inputs }) =>
      type.startsWith("kubernetes:") && !name.startsWith("operator-") && "hcloud-postgres/stack" in marksOf({ inputs }),
  );
  expect(marked.length).toBeGreaterThan(25);
  const namespaces = new Set(marked.map(({ inputs }) => (inputs["metadata"] as { namespace: string }).namespace));
  expect(namespaces).toContain("web");
  for (const { type, inputs } of marked.filter((one) => !one.type.endsWith(":Namespace"))) {
    const { namespace, name } = inputs["metadata"] as { namespace: string; name: string };
    expect(looked).toContain(`${type.split(":").at(-1) ?? ""} ${namespace}/${name}`);
  }
});

test("what is there and not to be taken over stops the program before anything is registered", async () => {
  await expect(runStack("staging", { config: { clients }, present })).rejects.toThrow(
    "2 problems, nothing was changed",
  );
});

test("observing makes all but what turns anybody away", () => {
  const kinds = (resources: Registered[]) => new Set(resources.map(({ type, name }) => `${type} ${name}`));
  const missing = [...kinds(enforcing)].filter((one) => !kinds(observing).has(one)).map((one) => one.split(" ")[0]);
  expect(new Set(missing)).toEqual(new Set(["kubernetes:networking.k8s.io/v1:NetworkPolicy"]));
  const { postgresql } = named(observing, "Cluster", "pg")?.inputs["spec"] as { postgresql: { pg_hba: string[] } };
  expect(postgresql.pg_hba).toEqual(["hostssl app app_user ${podselector:app} scram-sha-256"]);
  const bindings = observing.filter(({ type }) => type.endsWith(":ValidatingAdmissionPolicyBinding"));
  expect(bindings.length).toBeGreaterThan(5);
  for (const { inputs } of bindings) expect(inputs["spec"]).toMatchObject({ validationActions: ["Warn", "Audit"] });
});

test("lines that the Cluster had before are kept after ours, and only while observing", async () => {
  const presentLines = ["host all all 10.0.0.0/8 scram-sha-256"];
  const linesOf = async (mode: string) => {
    const resources = await runStack("staging", { config: { mode, database: { presentLines } } });
    return (named(resources, "Cluster", "pg")?.inputs["spec"] as { postgresql: { pg_hba: string[] } }).postgresql
      .pg_hba;
  };
  const ours = "hostssl app app_user ${podselector:app} scram-sha-256";
  expect(await linesOf("observe")).toEqual([ours, ...presentLines]);
  expect(await linesOf("enforce")).toEqual([ours, "host all all all reject"]);
});

test("a Secret that is there is neither made nor read: only its name goes to the role, its reader and its guards", async () => {
  const resources = await runStack("production", { config: { clients: [{ ...app, existingSecret: "theirs" }] } });
  expect(resources.some(({ name }) => name.startsWith("access-app-password"))).toBe(false);
  expect(resources.some(({ type, name }) => type === "kubernetes:core/v1:Secret" && name.startsWith("access"))).toBe(
    false,
  );
  const spec = named(resources, "Cluster", "pg")?.inputs["spec"] as { managed: { roles: object[] } };
  expect(spec.managed.roles).toContainEqual(
    expect.objectContaining({ name: "app_user", passwordSecret: { name: "theirs" } }),
  );
  expect(named(resources, "Role", "read-pg-app-secret")?.inputs["rules"]).toMatchObject([
    { resourceNames: ["theirs"] },
  ]);
  const pods = resources.find(({ name }) => name === "access-identities-pods");
  expect(JSON.stringify(pods?.inputs)).toContain('\\"theirs\\":[\\"pg\\",\\"myapp\\"]');
});
