import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import { pgHbaLines, podSelectorRefs } from "../../../components/access/hba.ts";
import { poolerHbaLines, poolersOf } from "../../../components/access/poolers.ts";
import { conflicts } from "../../../config/conflicts.ts";
import { problemsOf } from "../../../config/problems.ts";
import { schema, type Client, type Config } from "../../../config/schema.ts";
import { decide, operandServer, parse, renderCnpg, type Major } from "../../../policy/analysis/hba/index.ts";
import { makeCertificates } from "../../policy/hba/certificates.ts";
import { npmInstallation } from "../../policy/hba/installation.ts";
import { setUpNetwork } from "../../policy/hba/namespace.ts";
import { Postgres } from "../../policy/hba/postgres.ts";
import { observe } from "../../policy/hba/probe.ts";
import { random as seeded, type Random } from "../../policy/random.ts";
import { clientList, poolerNameOf, type ClientList } from "./generate.ts";

/** How much to ask of which servers. */
export interface Order {
  majors: readonly Major[];
  seed: number;
  lists: number;
  /** Questions to each list of clients. */
  probes: number;
}

/** What one server was asked, and where it answered otherwise than declared. */
export interface Tally {
  major: Major;
  accepted: number;
  refused: number;
  clients: number;
  admitted: number;
  turnedAway: number;
  pooled: number;
  poolerLines: number;
  insiders: number;
  differences: string[];
}

interface Question {
  address: string;
  ssl: boolean;
  database: string;
  user: string;
  replication: boolean;
}

/** The configuration, or what is said to be wrong with it. */
function configured({ clients }: ClientList): Config | string[] {
  const value = { clients };
  const parsed = schema.safeParse(value);
  const problems = parsed.success ? conflicts(parsed.data) : problemsOf(parsed.error, value, schema);
  return parsed.success && problems.length === 0 ? parsed.data : problems.map(({ key }) => key);
}

/** Whether the declaration, and not what was made of it, lets the question through to the password. */
function declared(list: ClientList, { address, ssl, database, user, replication }: Question): boolean {
  return list.clients.some(
    (client, index) =>
      ssl && !replication && client.database === database && client.role === user && isFrom(list, index, address),
  );
}

/** Whether a client's connections reach PostgreSQL from an address: its pods', or its pooler's and no other. */
function isFrom({ clients, pods, poolers }: ClientList, index: number, address: string): boolean {
  const client = clients[index];
  const pooler = client && poolerNameOf(client);
  if (pooler !== undefined) return poolers.get(pooler)?.includes(address) === true;
  const inRange = client?.cidrs.some(({ cidr }) => isIn(address, cidr)) === true;
  return inRange || pods[index]?.flat().includes(address) === true;
}

function isIn(address: string, cidr: string): boolean {
  const [range, prefix] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === range.kind() && parsed.match(range, prefix);
}

/** Addresses of the pods that a selector means, where the database is. */
function addressesOf({ clients, pods, poolers }: ClientList, labels: Record<string, string>): string[] {
  const pooler = [...poolers].find(([name]) => labels["cnpg.io/poolerName"] === `pg-${name}-pooler`);
  if (pooler) return pooler[1];
  return clients.flatMap(({ workloads }, index) =>
    workloads.flatMap(({ namespace, podLabels }, at) =>
      namespace === undefined && podLabels["app"] === labels["app"] ? (pods[index]?.[at] ?? []) : [],
    ),
  );
}

/** Half of the questions as a client would ask, the others with something changed. */
function question(random: Random, { clients, pods, poolers, strangers }: ClientList): Question {
  const at = random.between(0, clients.length - 1);
  const client = random.pick(clients.slice(at, at + 1));
  const pooled = poolers.get(poolerNameOf(client) ?? "") ?? [];
  const own = [...pooled, ...(pods[at]?.flat() ?? []), ...client.cidrs.map(({ cidr }) => cidr.replace(/\/.*/, ""))];
  const everybody = [...strangers, ...pods.flat(2), ...[...poolers.values()].flat()];
  const odd = ["postgres", "streaming_replica", "nobody", "APP", "all"];
  return {
    address: random.chance(0.7) && own.length > 0 ? random.pick(own) : random.pick(everybody),
    ssl: random.chance(0.85),
    database: random.chance(0.8) ? client.database : random.pick([...clients.map((one) => one.database), ...odd]),
    user: random.chance(0.8) ? client.role : random.pick([...clients.map((one) => one.role), ...odd]),
    replication: random.chance(0.05),
  };
}

/** Whether PgBouncer's lines let a login go on to the password, with those that CloudNativePG puts after them. */
function admittedByPooler(clients: readonly Client[], { address, ssl, database, user }: Question): boolean {
  const lines = [...poolerHbaLines(clients), "host all all 0.0.0.0/0 md5", "host all all ::/0 md5"];
  const connection = { address, ssl, replication: false, database, user, roles: null };
  const server = operandServer(18);
  const verdict = decide(parse(lines.join("\n"), server).entries, connection, server);
  return verdict.kind === "match" && verdict.rule.method === "scram-sha-256";
}

async function ask(server: Postgres, order: Order, major: Major, identity: { cert: string; key: string }) {
  const tally: Tally = {
    ...{
      major,
      accepted: 0,
      refused: 0,
      clients: 0,
      admitted: 0,
      turnedAway: 0,
      pooled: 0,
      poolerLines: 0,
      insiders: 0,
    },
    differences: [],
  };
  const manner = { identity, tellsTrust: false, answersPassword: false };
  const random = seeded(order.seed + major);
  for (let index = 0; index < order.lists; index++) {
    const list = clientList(random);
    const differ = (what: string) => tally.differences.push(`list ${String(index)}: ${what} ${JSON.stringify(list)}`);
    const config = configured(list);
    if (Array.isArray(config)) {
      tally.refused++;
      if (list.wrong === undefined) differ(`refused for ${config.join()}`);
      else if (!config.some((key) => key.includes(list.wrong ?? ""))) differ(`refused for ${config.join()} only`);
      continue;
    }
    tally.accepted++;
    tally.clients += list.clients.length;
    if (list.wrong !== undefined) differ(`not refused for ${list.wrong}`);
    const refs = podSelectorRefs({ name: "pg", namespace: "production" }, config.clients);
    const selectors = new Map(refs.map(({ name, selector }) => [name, addressesOf(list, selector.matchLabels)]));
    const { text } = renderCnpg(pgHbaLines(config.clients), selectors);
    if (!(await server.reload(text, new Map(), true))) differ("the server does not load it");
    for (let n = 0; n < order.probes; n++) {
      const asked = question(random, list);
      const { answer } = await observe(server, { ...asked, certificate: false }, manner);
      const isInsider =
        asked.user === "streaming_replica" && asked.ssl && (asked.replication || asked.database === "postgres");
      const expected = isInsider ? ["certificate required"] : declared(list, asked) ? ["scram"] : ["reject", "none"];
      if (expected[0] === "scram" && [...list.poolers.values()].flat().includes(asked.address)) tally.pooled++;
      if (expected[0] === "scram") tally.admitted++;
      else tally.turnedAway++;
      if (!expected.includes(answer)) differ(`${answer}, not ${expected.join(" or ")}: ${JSON.stringify(asked)}`);
    }
    for (const { name, clients } of poolersOf(config.clients)) {
      const asked = question(random, list);
      const isOne = clients.some(({ role, database }) => role === asked.user && database === asked.database);
      tally.poolerLines++;
      if (admittedByPooler(clients, asked) !== (isOne && asked.ssl)) {
        differ(`pooler ${name} decides otherwise: ${JSON.stringify(asked)}`);
      }
    }
    for (const [user, database, replication] of [
      ["streaming_replica", "postgres", false],
      ["streaming_replica", "", true],
      ["cnpg_pooler_pgbouncer", random.pick(list.clients).database, false],
    ] as const) {
      const address = random.pick([...list.strangers, ...list.pods.flat(2)]);
      const { answer } = await observe(
        server,
        { address, ssl: true, certificate: true, database, user, replication },
        manner,
      );
      tally.insiders++;
      if (answer !== "cert") differ(`${user} gets ${answer}, not its line, from ${address}`);
    }
  }
  return tally;
}

// Runs inside the namespaces: reads its order, starts the servers one after the other, and writes the tallies as JSON.
const order = JSON.parse(process.argv[2] ?? "") as Order;
const directory = mkdtempSync(join(tmpdir(), "clients-"));
try {
  await setUpNetwork(directory);
  const certificates = await makeCertificates(directory);
  const tallies = await Promise.all(
    order.majors.map(async (major, index) => {
      const own = join(directory, String(index));
      mkdirSync(own);
      const server = await Postgres.start(npmInstallation(major), own, 5432 + index, certificates);
      try {
        return await ask(server, order, major, certificates.client);
      } finally {
        await server.stop();
      }
    }),
  );
  console.log(JSON.stringify(tallies));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
