import { expect, test } from "vitest";
import { conflicts } from "../../../config/conflicts.ts";
import { problemsOf, type Problem } from "../../../config/problems.ts";
import { schema } from "../../../config/schema.ts";

const workload = (name: string) => [{ podLabels: { app: name }, serviceAccount: { name } }];
const elsewhere = (name: string, namespace: string) => workload(name).map((one) => ({ namespace, ...one }));
const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp") };
const other = { name: "other", role: "other_user", database: "app", workloads: workload("other") };

function problems(config: Record<string, unknown>): Problem[] {
  const parsed = schema.safeParse(config);
  return parsed.success ? conflicts(parsed.data) : problemsOf(parsed.error, config, schema);
}

const refused: [string, Record<string, unknown>, string, string][] = [
  [
    "settings that guard the way in",
    { clients: [{ ...app, pooler: { parameters: { client_tls_sslmode: "prefer" } } }] },
    "clients[0].pooler.parameters.client_tls_sslmode",
    "fixed",
  ],
  [
    "another way to authenticate",
    { clients: [{ ...app, pooler: { parameters: { auth_type: "any" } } }] },
    "clients[0].pooler.parameters.auth_type",
    "fixed",
  ],
  [
    "a typo in a setting",
    { clients: [{ ...app, pooler: { parameters: { max_client_con: "10" } } }] },
    "clients[0].pooler.parameters.max_client_con",
    "did you mean max_client_conn?",
  ],
  [
    "a setting that adds a line",
    { clients: [{ ...app, pooler: { parameters: { verbose: "0\nauth_type = any" } } }] },
    "clients[0].pooler.parameters.verbose",
    "one line",
  ],
  [
    "an unknown key",
    { clients: [{ ...app, pooler: { poolmode: "session" } }] },
    "clients[0].pooler.poolmode",
    "clients[0].pooler.poolMode?",
  ],
  [
    "an unknown mode",
    { clients: [{ ...app, pooler: { poolMode: "statement" } }] },
    "clients[0].pooler.poolMode",
    '"session" or "transaction"',
  ],
  [
    "a name too long for a Service",
    { clients: [{ ...app, pooler: { name: "x".repeat(30) } }], database: { name: "p".repeat(50) } },
    "clients[0].pooler.name",
    "at most 63 characters",
  ],
  [
    "a ServiceAccount that is the pooler's",
    { clients: [{ ...app, pooler: {}, workloads: workload("pg-app-pooler") }] },
    "clients[0].workloads[0].serviceAccount.name",
    "of its own",
  ],
  [
    "one pooler for two, by accident",
    {
      clients: [
        { ...app, pooler: {} },
        { ...other, pooler: { name: "app" } },
      ],
    },
    "clients[1].pooler.shared",
    "give other a pooler of its own (clients[1].pooler.name), or accept that",
  ],
  [
    "one pooler for two, and only one of them said so",
    {
      clients: [
        { ...app, pooler: { shared: true } },
        { ...other, pooler: { name: "app" } },
      ],
    },
    "clients[1].pooler.shared",
    "app would come by pooler app too",
  ],
  [
    "one pooler of two minds",
    {
      clients: [
        { ...app, pooler: { shared: true } },
        { ...other, pooler: { name: "app", shared: true, instances: 3 } },
      ],
    },
    "clients[1].pooler.instances",
    "what clients[0].pooler.instances says",
  ],
  ["an image without version", { clients: [app], pgbouncer: { image: "pgbouncer" } }, "pgbouncer.image", "PgBouncer's"],
  [
    "a workload of another namespace without a pooler",
    { clients: [{ ...app, workloads: elsewhere("myapp", "web") }] },
    "clients[0].workloads[0].namespace",
    '"production", where the database is: its pg_hba knows no pods of other namespaces; let the client come by a pooler (clients[0].pooler: {})',
  ],
  [
    "one ServiceAccount for two clients of a namespace",
    {
      clients: [
        { ...app, workloads: elsewhere("myapp", "web"), pooler: {} },
        { ...other, workloads: elsewhere("myapp", "web"), pooler: {} },
      ],
    },
    "clients[1].workloads[0].serviceAccount.name",
    "a ServiceAccount of web that only one entry uses",
  ],
];

test.each(refused)("%s is refused", (_name, config, key, said) => {
  const found = problems(config).filter((problem) => problem.key === key);
  expect(found.map(({ expected, fix }) => `${expected}; ${fix}`).join()).toContain(said);
});

test("a pooler is named after its client, and several may share one where all of them say so", () => {
  const shared = { name: "both", shared: true };
  const config = {
    clients: [
      { ...app, pooler: shared },
      { ...other, pooler: shared },
    ],
  };
  expect(problems(config)).toEqual([]);
  const own = schema.parse({ clients: [{ ...app, pooler: {} }, other] }).clients.map(({ pooler }) => pooler?.name);
  expect(own).toEqual(["app", undefined]);
});

test("names and labels are told apart by namespace", () => {
  const clients = [
    { ...app, workloads: elsewhere("myapp", "web"), pooler: {} },
    { ...other, workloads: [...elsewhere("myapp", "batch"), ...workload("myapp")], pooler: {} },
  ];
  expect(problems({ clients })).toEqual([]);
});
