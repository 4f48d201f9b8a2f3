import { expect, test } from "vitest";
import { runStack } from "../program/stack.ts";

const workloads = [{ podLabels: { app: "myapp" }, serviceAccount: { name: "myapp" } }];
const app = { name: "app", role: "app_user", database: "app", workloads };
const other = {
  name: "other",
  role: "other_user",
  database: "other",
  workloads: [{ podLabels: { app: "other" }, serviceAccount: { name: "other" } }],
};

/** Configuration over that of production, and what the one error must say of it. */
const refused: [string, Record<string, unknown>, string[]][] = [
  ["a typo in a top-level key", { clinets: [app] }, ["clinets", "did you mean clients?"]],
  [
    "a typo in a nested key",
    { database: { storage: { sice: "1Gi" } } },
    ["database.storage.sice", "database.storage.size?"],
  ],
  ["a typo inside a list", { clients: [{ ...app, rolle: "x" }] }, ["clients[0].rolle", "clients[0].role?"]],
  ["a key in another spelling", { database: { present_lines: [] } }, ["did you mean database.presentLines?"]],
  ["a key like no other", { database: { colour: "red" } }, ["database.colour", "fix: remove database.colour"]],
  ["no client", { clients: [] }, ["clients: got []", "at least 1 entry"]],
  [
    "a number for a text",
    { clients: [{ ...app, role: 1 }] },
    ["clients[0].role: got 1", "put clients[0].role in quotes"],
  ],
  [
    "a line break in a key",
    { clients: [{ ...app, workloads: [{ ...workloads[0], podLabels: { "app\n": "x" } }] }] },
    ["podLabels.app\\n"],
  ],
  ["the operator's namespace", { namespace: { name: "cnpg-system" } }, ["namespace.name", "choose another name"]],
  ["a namespace of Kubernetes' own", { namespace: { name: "kube-system" } }, ["namespace.name", "Kubernetes' own"]],
  [
    "a range that holds pods",
    { clients: [{ ...app, cidrs: [{ cidr: "10.42.3.0/24", reason: "office" }] }] },
    ["clients[0].cidrs[0].cidr", "10.42.0.0/16"],
  ],
  ["no clients key", { clients: undefined }, ["clients: got nothing", "an array"]],
  ["a wrong type", { database: { instances: "three" } }, ['database.instances: got "three"', "a number"]],
  ["a Cluster name too long", { database: { name: "p".repeat(51) } }, ["database.name", "at most 50 characters"]],
  [
    "a client named twice",
    { clients: [app, { ...other, name: "app" }] },
    ["clients[1].name", "clients[0].name has it"],
  ],
  [
    "a role named twice",
    { clients: [app, { ...other, role: "app_user" }] },
    ["clients[1].role", "clients[0].role has it"],
  ],
  ["two clients with the same pods", { clients: [app, { ...other, workloads }] }, ["podLabels", "serviceAccount.name"]],
  [
    "pods selected by nothing",
    { clients: [{ ...app, workloads: [{ ...workloads[0], podLabels: {} }] }] },
    ["every pod"],
  ],
  [
    "pods that pass for the database's",
    { clients: [{ ...app, workloads: [{ ...workloads[0], podLabels: { "cnpg.io/cluster": "pg" } }] }] },
    ["cnpg.io/cluster"],
  ],
  [
    "the default ServiceAccount",
    { clients: [{ ...app, workloads: [{ ...workloads[0], serviceAccount: { name: "default" } }] }] },
    ['got "default"'],
  ],
  ["a superuser as client", { clients: [{ ...app, role: "postgres" }] }, ["clients[0].role", "keeps for itself"]],
  [
    "a keyword as database",
    { clients: [{ ...app, database: "replication" }] },
    ["clients[0].database", "does not keep for itself"],
  ],
  [
    "a role that breaks the pg_hba line",
    { clients: [{ ...app, role: "a b\nhost all all all trust" }] },
    ["clients[0].role", "a PostgreSQL name"],
  ],
  [
    "a client that nobody can be",
    { clients: [{ ...app, workloads: [] }] },
    ["clients[0].workloads", "add to clients[0].workloads or clients[0].cidrs"],
  ],
  [
    "a password that is kept and rotated",
    { clients: [{ ...app, existingSecret: "mine", passwordVersion: 2 }] },
    ["clients[0].existingSecret", "no passwordVersion (2) beside it", "remove clients[0].passwordVersion"],
  ],
  [
    "a client that reads the CA's key",
    { clients: [{ ...app, existingSecret: "pg-ca" }] },
    ["clients[0].existingSecret", "the database's own"],
  ],
  [
    "a client that reads another's Secret",
    { clients: [app, { ...other, existingSecret: "pg-app-credentials" }] },
    ["clients[1].existingSecret", "the name of client app's"],
  ],
  [
    "two clients with one Secret",
    { clients: [app, other].map((one) => ({ ...one, existingSecret: "mine" })) },
    ["clients[1].existingSecret", "clients[0].existingSecret has it"],
  ],
  [
    "the owner of the bootstrap without a password",
    { clients: [{ ...app, auth: "cert" }] },
    ["clients[0].auth", "the owner of the database made at the first start has one"],
  ],
  [
    "a certificate and a password",
    { clients: [app, { ...other, auth: "cert", existingSecret: "mine", passwordVersion: 2 }] },
    ["clients[1].auth", "no existingSecret beside it", "no passwordVersion beside it"],
  ],
  [
    "a certificate through a pooler",
    { clients: [app, { ...other, auth: "cert", pooler: {} }] },
    ["clients[1].auth", "PgBouncer has no certificate", "remove clients[1].auth, or clients[1].pooler"],
  ],
  [
    "a password that is kept, for another namespace",
    {
      clients: [
        app,
        { ...other, existingSecret: "mine", pooler: {}, workloads: [{ ...other.workloads[0], namespace: "reports" }] },
      ],
    },
    ["clients[1].existingSecret", "one that is there is not copied", "be of namespace production"],
  ],
  [
    "a client that reads another's certificate",
    { clients: [app, { ...other, auth: "cert" }, { ...other, name: "third", existingSecret: "pg-other-client-cert" }] },
    ["clients[2].existingSecret", "the name of client other's"],
  ],
  ["a Secret that cannot be", { clients: [{ ...app, existingSecret: "A_b" }] }, ["clients[0].existingSecret", "dots"]],
  [
    "a line that is two",
    { database: { presentLines: ["host all all all trust\nhost all all all trust"] } },
    ["database.presentLines[0]", "one line of pg_hba.conf"],
  ],
  ["another mode", { mode: "audit" }, ['mode: got "audit"', '"enforce" or "observe"']],
  [
    "two clients that one pod could be",
    { clients: [app, { ...other, workloads: [{ ...other.workloads[0], podLabels: { tier: "web" } }] }] },
    ["clients[1].workloads[0].podLabels", "clients[0].workloads[0].podLabels", "the same key with different values"],
  ],
  [
    "two workloads of one client that one pod could be",
    { clients: [{ ...app, workloads: [...workloads, { podLabels: { a: "b" }, serviceAccount: { name: "b" } }] }] },
    ["clients[0].workloads[1].podLabels"],
  ],
  [
    "a database that nobody owns",
    { clients: [app, { ...other, access: "readOnly" }] },
    ["clients[1].database", "let a client of other write"],
  ],
  [
    "a client that is the group of the readers",
    { clients: [{ ...app, role: "app_reader" }] },
    ["clients[0].role", "the group of those who read database app"],
  ],
  [
    "a database too long for its readers",
    { clients: [{ ...app, database: "d".repeat(57) }] },
    ["clients[0].database", "at most 56"],
  ],
  [
    "the whole internet",
    { clients: [{ ...app, cidrs: [{ cidr: "0.0.0.0/0", reason: "everybody" }] }] },
    ["clients[0].cidrs[0].cidr", "no wider than /8"],
  ],
  [
    "a range that does not begin where it says",
    { clients: [{ ...app, cidrs: [{ cidr: "198.51.100.7/24", reason: "office" }] }] },
    ["clients[0].cidrs[0].cidr", "write 198.51.100.0/24"],
  ],
  [
    "a range without a reason",
    { clients: [{ ...app, cidrs: [{ cidr: "203.0.113.0/24", reason: " " }] }] },
    ["clients[0].cidrs[0].reason", "at least 1 character"],
  ],
  [
    "everybody as deployer",
    { clients: [{ ...app, deployers: [{ kind: "Group", name: "system:authenticated" }] }] },
    ["clients[0].deployers[0]", "this is everybody"],
  ],
  [
    "a ServiceAccount of no namespace as deployer",
    { clients: [{ ...app, deployers: [{ kind: "ServiceAccount", name: "ci" }] }] },
    ["clients[0].deployers[0]", "add clients[0].deployers[0].namespace"],
  ],
  [
    "a deployer of an unknown kind",
    { clients: [{ ...app, deployers: [{ kind: "Team", name: "a" }] }] },
    ["clients[0].deployers[0].kind", '"User" or "Group" or "ServiceAccount"'],
  ],
  [
    "a way out to the metadata service",
    { database: { egress: { restricted: true, to: [{ cidr: "169.254.169.254/32", reason: "keys" }] } } },
    ["database.egress.to[0].cidr", "the cloud's metadata service"],
  ],
  [
    "an image without version",
    { database: { image: "postgresql:latest" } },
    ["database.image", "starts with the PostgreSQL version"],
  ],
  [
    "more synchronous standbys than there are",
    { database: { instances: 1 } },
    ["database.synchronous.number", "set database.synchronous to null"],
  ],
  [
    "weaker TLS",
    { database: { parameters: { ssl_min_protocol_version: "TLSv1.2" } } },
    ["ssl_min_protocol_version", '"TLSv1.3"'],
  ],
  [
    "weaker passwords",
    { database: { parameters: { password_encryption: "md5" } } },
    ["password_encryption", '"scram-sha-256"'],
  ],
  [
    "a bootstrap that is no client's",
    { database: { bootstrap: { database: "x", owner: "y" } } },
    ["database.bootstrap"],
  ],
  [
    "the manifest in another namespace",
    { operator: { install: "manifest", namespace: "x" } },
    ["operator.namespace", "cnpg-system"],
  ],
  ["an unknown way to install", { operator: { install: "olm" } }, ['"chart" or "manifest" or "existing"']],
  [
    "no kubeconfig",
    { cluster: {}, kubeconfig: undefined },
    ["kubeconfig: got nothing", "pulumi config set --secret kubeconfig"],
  ],
  ["a path for a kubeconfig", { cluster: {}, kubeconfig: "~/.kube/config" }, ["the content of a kubeconfig file"]],
  ["a context that is not there", { cluster: { context: "nope" } }, ["kubeconfig", "nope"]],
  ["a bad CIDR", { cluster: { controlPlaneCidrs: ["10.0.0.0/33"] } }, ["cluster.controlPlaneCidrs[0]", "CIDR"]],
];

test.each(refused)("%s is refused", async (_name, config, said) => {
  const run = runStack("production", { config });
  for (const text of said) await expect(run).rejects.toThrow(text);
});

test("everything that is wrong is in one error", async () => {
  const config = { clinets: 1, database: { instances: 0, image: "x" }, cluster: {}, kubeconfig: undefined };
  const error: unknown = await runStack("production", { config }).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(/^Error: 4 problems, nothing was changed:\n/);
  expect(String(error).split("\n")).toHaveLength(5);
});

test("an error never tells the kubeconfig", async () => {
  const error: unknown = await runStack("production", { config: { cluster: {}, kubeconfig: "token: hush" } }).catch(
    (thrown: unknown) => thrown,
  );
  expect(String(error)).toContain("kubeconfig: got");
  expect(String(error)).not.toContain("hush");
});

test("a range that holds pods is refused", async () => {
  const clients = [{ ...app, workloads: [], cidrs: [{ cidr: "10.244.0.0/16", reason: "office" }] }];
  const nodes = [{ name: "node1", labels: {}, taints: [], podCidrs: ["10.244.1.0/24"] }];
  const run = runStack("staging", { config: { clients }, live: { nodes } });
  await expect(run).rejects.toThrow("pods of node node1 have theirs from 10.244.1.0/24");
});

test("a second client gets a role, a database and a policy of its own", async () => {
  const resources = await runStack("production", { config: { clients: [app, other] } });
  const names = resources.map(({ inputs }) => (inputs["metadata"] as { name?: string } | undefined)?.name);
  expect(names).toEqual(
    expect.arrayContaining(["allow-other-to-pg", "pg-other-credentials", "read-pg-other-secret", "pg-other"]),
  );
});
