import { ApiError, type KubeClient } from "../../kube/client.ts";
import { everyVerb, questions, type Question } from "./questions.ts";
import { row, type Row } from "./rows.ts";
import type { Database } from "./subject.ts";
import { client as exampleClient } from "./workload.ts";

/** Every verb on every resource of CloudNativePG and its plugins that the cluster serves, and on the backup plugin's anyway. */
async function operatorQuestions(client: KubeClient): Promise<Question[]> {
  const { groups } = (await client.request("GET", "/apis")) as {
    groups: { name: string; preferredVersion: { groupVersion: string } }[];
  };
  const served = groups.filter(({ name }) => name.endsWith(".cnpg.io"));
  const found = await Promise.all(
    served.map(async ({ name: group, preferredVersion }) => {
      const { resources } = (await client.request("GET", `/apis/${preferredVersion.groupVersion}`)) as {
        resources: { name: string }[];
      };
      return resources.map(({ name }) => ({ group, name }));
    }),
  );
  const all = [...found.flat(), { group: "barmancloud.cnpg.io", name: "objectstores" }];
  const distinct = new Map(all.map((each) => [`${each.name}.${each.group}`, each]));
  return [...distinct].sort().map(([what, { group, name }]) => {
    const [resource = name, subresource] = name.split("/");
    return {
      what,
      group,
      resource,
      ...(subresource !== undefined && { subresource }),
      verbs: everyVerb,
      expected: "denied",
    };
  });
}

/** What the client's ServiceAccount may ask of the API server: its one Secret, and nothing else. */
export async function proveToken(client: KubeClient, database: Database): Promise<Row[]> {
  const { namespace } = database;
  const secrets = await client.list({ apiVersion: "v1", kind: "Secret", namespace });
  const others = secrets.map(({ metadata }) => metadata.name ?? "").filter((name) => name !== exampleClient.secret);
  const rows: Row[] = [];
  for (const question of [...questions(others), ...(await operatorQuestions(client))]) {
    rows.push(await review(client, database, question));
  }
  return [...rows, ...(await reallyAsk(client, database, others))];
}

/** Asks the API server's authorizer about the ServiceAccount. */
async function review(client: KubeClient, { namespace }: Database, question: Question): Promise<Row> {
  const { what, group = "", resource, subresource, verbs, names = [undefined], expected } = question;
  const attributes = verbs.flatMap((verb) =>
    names.map((name) => ({ namespace, verb, group, resource, subresource, name })),
  );
  const answers = await Promise.all(
    attributes.map(async (resourceAttributes) => {
      const { status } = (await client.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: { ...identity(namespace), resourceAttributes },
        },
      })) as { status: { allowed: boolean; reason?: string } };
      return { ...resourceAttributes, ...status };
    }),
  );
  const allowed = answers.filter((answer) => answer.allowed);
  const observed = allowed.length === 0 ? "denied" : allowed.length === answers.length ? "allowed" : "partly allowed";
  return row({
    layer: "api",
    from: `ServiceAccount ${exampleClient.serviceAccount}`,
    to: `${verbs.length === everyVerb.length ? "any verb" : verbs.join(", ")}: ${what}`,
    expected,
    observed,
    by: "authorizer",
    message: allowed.map(({ verb, name, reason }) => [verb, name, reason].filter(Boolean).join(" ")).join("; "),
    ok: observed === expected,
  });
}

/** The user and groups by which the API server knows the ServiceAccount. */
function identity(namespace: string): { user: string; groups: string[] } {
  return {
    user: `system:serviceaccount:${namespace}:${exampleClient.serviceAccount}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}

interface RulesReview {
  status: { resourceRules: { verbs: string[]; apiGroups: string[]; resources: string[]; resourceNames?: string[] }[] };
}

/** Real requests with a real token, and the API server's own list of what it is good for. */
async function reallyAsk(client: KubeClient, { namespace }: Database, others: string[]): Promise<Row[]> {
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/${exampleClient.serviceAccount}`;
  const { status } = (await client.request("POST", `${account}/token`, {
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 600 } },
  })) as { status: { token: string } };
  const bearer = client.withToken(status.token);
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;

  const rules = (await bearer.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } },
  })) as RulesReview;
  const granted = rules.status.resourceRules.filter(({ apiGroups }) => !apiGroups.every(isSelfReview)).map(ruleText);
  const expected = `get secrets ${exampleClient.secret}`;
  return [
    await request(bearer, `GET Secret ${exampleClient.secret}`, `${secrets}/${exampleClient.secret}`, "allowed"),
    await request(bearer, "GET all Secrets", secrets, "denied"),
    await request(bearer, `GET Secret ${others[0] ?? "other"}`, `${secrets}/${others[0] ?? "other"}`, "denied"),
    await request(bearer, "GET Clusters", `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`, "denied"),
    row({
      layer: "api",
      from: "its token",
      to: "everything it is good for",
      expected,
      observed: granted.join("; "),
      by: "API server",
      ok: granted.join("; ") === expected,
    }),
  ];
}

/** Reviews of oneself are everybody's. */
function isSelfReview(group: string): boolean {
  return group === "authorization.k8s.io" || group === "authentication.k8s.io";
}

function ruleText({ verbs, resources, resourceNames = [] }: RulesReview["status"]["resourceRules"][number]): string {
  return [verbs, resources, resourceNames]
    .map((part) => part.join(","))
    .join(" ")
    .trimEnd();
}

async function request(bearer: KubeClient, to: string, path: string, expected: "allowed" | "denied"): Promise<Row> {
  const { observed, message } = await bearer.request("GET", path).then(
    () => ({ observed: "allowed", message: "" }),
    (error: unknown) => ({
      observed: error instanceof ApiError && error.status === 403 ? "denied" : "undecided",
      message: error instanceof Error ? error.message : String(error),
    }),
  );
  return row({
    layer: "api",
    from: "its token",
    to,
    expected,
    observed,
    by: "API server",
    message,
    ok: observed === expected,
  });
}
