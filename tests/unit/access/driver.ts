import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import { pgHbaLines, podSelectorRefs } from "../../../components/access/hba.ts";
import { conflicts } from "../../../config/conflicts.ts";
import { problemsOf } from "../../../config/problems.ts";
import { schema, type Config } from "../../../config/schema.ts";
import { renderCnpg, type Major } from "../../../policy/analysis/hba/index.ts";
import { makeCertificates } from "../../policy/hba/certificates.ts";
import { npmInstallation } from "../../policy/hba/installation.ts";
import { setUpNetwork } from "../../policy/hba/namespace.ts";
import { Postgres } from "../../policy/hba/postgres.ts";
import { observe } from "../../policy/hba/probe.ts";
import { random as seeded, type Random } from "../../policy/random.ts";
import { clientList, type ClientList } from "./generate.ts";

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
function declared({ clients, pods }: ClientList, { address, ssl, database, user, replication }: Question): boolean {
  return clients.some(
    (client, index) =>
      ssl &&
      !replication &&
      client.database === database &&
      client.role === user &&
      (pods[index]?.flat().includes(address) === true || client.cidrs.some(({ cidr }) => isIn(address, cidr))),
  );
}

function isIn(address: string, cidr: string): boolean {
  const [range, prefix] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.parse(address);
  return parsed.kind() === range.kind() && parsed.match(range, prefix);
}

/** Half of the questions as a client would ask, the others with something changed. */
function question(random: Random, { clients, pods, strangers }: ClientList): Question {
  const at = random.between(0, clients.length - 1);
  const client = random.pick(clients.slice(at, at + 1));
  const own = [...(pods[at]?.flat() ?? []), ...client.cidrs.map(({ cidr }) => cidr.replace(/\/.*/, ""))];
  const everybody = [...strangers, ...pods.flat(2)];
  const odd = ["postgres", "streaming_replica", "nobody", "APP", "all"];
  return {
    address: random.chance(0.7) && own.length > 0 ? random.pick(own) : random.pick(everybody),
    ssl: random.chance(0.85),
    database: random.chance(0.8) ? client.database : random.pick([...clients.map((one) => one.database), ...odd]),
    user: random.chance(0.8) ? client.role : random.pick([...clients.map((one) => one.role), ...odd]),
    replication: random.chance(0.05),
  };
}

async function ask(server: Postgres, order: Order, major: Major, identity: { cert: string; key: string }) {
  const tally: Tally = {
    ...{ major, accepted: 0, refused: 0, clients: 0, admitted: 0, turnedAway: 0, insiders: 0 },
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
    const addresses = list.pods.flatMap((each) => each);
    const selectors = new Map(
      podSelectorRefs({ name: "pg", namespace: "production" }, config.clients).map(({ name }, at) => [
        name,
        addresses[at] ?? [],
      ]),
    );
    const { text } = renderCnpg(pgHbaLines(config.clients), selectors);
    if (!(await server.reload(text, new Map(), true))) differ("the server does not load it");
    for (let n = 0; n < order.probes; n++) {
      const asked = question(random, list);
      const { answer } = await observe(server, { ...asked, certificate: false }, manner);
      const isInsider =
        asked.user === "streaming_replica" && asked.ssl && (asked.replication || asked.database === "postgres");
      const expected = isInsider ? ["certificate required"] : declared(list, asked) ? ["scram"] : ["reject", "none"];
      if (expected[0] === "scram") tally.admitted++;
      else tally.turnedAway++;
      if (!expected.includes(answer)) differ(`${answer}, not ${expected.join(" or ")}: ${JSON.stringify(asked)}`);
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
