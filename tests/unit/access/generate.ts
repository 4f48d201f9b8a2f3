import type { Random } from "../../policy/random.ts";
import { ipv4, ipv6 } from "../../policy/hba/world.ts";

/** A client as somebody might declare it, well or badly. */
export interface DeclaredClient {
  name: string;
  role: string;
  database: string;
  access: string;
  workloads: { namespace?: string; podLabels: Record<string, string>; serviceAccount: { name: string } }[];
  cidrs: { cidr: string; reason: string }[];
  pooler?: { name?: string; shared?: boolean; parameters?: Record<string, string> };
}

/** A list of clients, the addresses of their pods, and what is wrong with it. */
export interface ClientList {
  clients: DeclaredClient[];
  /** Addresses of the pods of each client, one list for each workload. */
  pods: string[][][];
  /** Addresses of the pods of each pooler, by its name. */
  poolers: Map<string, string[]>;
  /** Addresses of nobody's pods. */
  strangers: string[];
  /** The part that must be refused; undefined where nothing is wrong. */
  wrong: string | undefined;
}

const oddRoles = ["App-User", "sameuser", "replication", "samegroup", "_x", "select", "r".repeat(63), "a-b-c", "Admin"];
const oddDatabases = ["My-App", "user", "_db", "d".repeat(56), "UPPER", "public", "app-1"];
const nasty = [
  ...['a"b', "a b", "a\nhost all all all trust", "a\\", "\\", "été", "", "a,b", "+staff", "@file", "/^a", "#a", "a\tb"],
  ...["${podselector:app}", "a'b", "-a", "1a", "x".repeat(64), "a\u00a0b", "a\u0000b", "all", "a;DROP"],
];
const nastyRoles = [...nasty, "postgres", "streaming_replica", "cnpg_pooler_pgbouncer", "pg_monitor", "shop_reader"];
const nastyDatabases = [...nasty, "postgres", "template1", "replication", "sameuser", "d".repeat(57)];
const nastyCidrs = [
  "0.0.0.0/0",
  "::/0",
  "10.0.0.1/8",
  "::ffff:10.0.0.0/104",
  "10.0.0.0/33",
  "010.0.0.0/8",
  "all",
  "samenet",
];
const nastyLabels = [
  ...[{}, { "cnpg.io/cluster": "pg" }, { "a b": "c" }, { app: "a\nb" }, { app: "x".repeat(64) }, { app: "a,b" }],
  { tier: "back" },
];
const nastyParameters = [{ auth_type: "any" }, { client_tls_sslmode: "disable" }, { verbose: "1\nauth_type = any" }];
const ranges = ["203.0.113.0/24", "192.168.2.20/31", "100.64.0.0/10", "2001:db8::/32", "8.0.0.1/32", "fd00:1::/48"];

/** A list of 1 to 20 clients; about every third has one thing that is wrong. */
export function clientList(random: Random): ClientList {
  const databases = ["app", "shop", ...random.some(oddDatabases, 0, 3)];
  const free = random.some([...ipv4.keys(), ...ipv6.keys()], ipv4.size + ipv6.size, ipv4.size + ipv6.size);
  const roles = random.some(oddRoles, 0, oddRoles.length);
  const count = random.between(1, 20);
  const clients = Array.from({ length: count }, (_, index): DeclaredClient => {
    const name = `c${String(index)}`;
    const cidrs = random.chance(0.3) ? random.some(ranges, 1, 2).map((cidr) => ({ cidr, reason: "a test" })) : [];
    const workloads = Array.from({ length: random.between(cidrs.length > 0 ? 0 : 1, 2) }, (_, at) => ({
      podLabels: { app: `${name}-${String(at)}`, ...(random.chance(0.3) && { tier: "back" }) },
      serviceAccount: { name: `${name}-${String(at)}` },
    }));
    const role = (random.chance(0.3) ? roles.pop() : undefined) ?? `${name}_user`;
    return { name, role, database: random.pick(databases), access: "readWrite", workloads, cidrs };
  });
  for (const [index, client] of clients.entries()) {
    const owned = clients.slice(0, index).some(({ database }) => database === client.database);
    if (owned && random.chance(0.4)) client.access = "readOnly";
  }
  for (const client of clients.filter(() => random.chance(0.35))) havePooler(random, client);
  const names = new Set(clients.flatMap((client) => poolerNameOf(client) ?? []));
  const poolers = new Map([...names].map((name) => [name, free.splice(0, free.length > 8 ? random.between(0, 2) : 0)]));
  const pods = clients.map(({ workloads }) =>
    workloads.map(() => free.splice(0, free.length > 8 ? random.between(0, 2) : 0)),
  );
  return { clients, pods, poolers, strangers: free, wrong: random.chance(0.35) ? spoil(random, clients) : undefined };
}

/** Lets a client come by a pooler of its own or by one that others share, from other namespaces too. */
function havePooler(random: Random, client: DeclaredClient): void {
  client.pooler = random.chance(0.4) ? { name: "both", shared: true } : {};
  for (const workload of client.workloads) if (random.chance(0.5)) workload.namespace = random.pick(["web", "batch"]);
}

/** The pooler that a client comes by. */
export function poolerNameOf({ name, pooler }: DeclaredClient): string | undefined {
  return pooler && (pooler.name ?? name);
}

/** Makes one thing wrong, and says where. */
function spoil(random: Random, clients: DeclaredClient[]): string {
  const index = random.between(0, clients.length - 1);
  const client = clients[index];
  if (client === undefined) throw new RangeError("no client to spoil");
  const key = `clients[${String(index)}]`;
  const ways: (() => string)[] = [
    () => ((client.role = random.pick(nastyRoles)), `${key}.role`),
    () => ((client.database = random.pick(nastyDatabases)), `${key}.database`),
    () => {
      client.cidrs = [{ cidr: random.pick(nastyCidrs), reason: "a test" }];
      return `${key}.cidrs[0].cidr`;
    },
    () => {
      client.workloads = [{ podLabels: random.pick(nastyLabels), serviceAccount: { name: "spoiled" } }];
      // Labels that any other client's pod may wear as well are found at whichever comes later.
      client.cidrs = [];
      return "podLabels";
    },
    () => {
      client.workloads = [{ namespace: "web", podLabels: { app: "spoiled" }, serviceAccount: { name: "spoiled" } }];
      delete client.pooler;
      return `${key}.workloads[0].namespace`;
    },
    () => {
      client.pooler = { parameters: random.pick<Record<string, string>>(nastyParameters) };
      return `${key}.pooler.parameters`;
    },
    () => {
      client.pooler = { name: "odd" };
      clients.push({
        ...client,
        name: "late",
        role: "late",
        workloads: [],
        cidrs: [{ cidr: "8.0.0.1/32", reason: "a test" }],
      });
      return `${key}.pooler.shared`;
    },
    () => ((client.name = random.pick(["a b", "A", "x".repeat(31), "a\nb", "é"])), `${key}.name`),
  ];
  return random.pick(ways)();
}
