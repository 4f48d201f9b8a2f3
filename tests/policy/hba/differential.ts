import { isDeepStrictEqual } from "node:util";
import type { HbaArgs, Major } from "../../../policy/analysis/hba/index.ts";
import type { Certificates } from "./certificates.ts";
import { compareAnswer, compareRows } from "./compare.ts";
import { derivedSeed } from "./generate/choose.ts";
import { generateFile, type GeneratedFile, type Probe } from "./generate/file.ts";
import { traps } from "./generate/traps.ts";
import { oauthValidator, type Postgres } from "./postgres.ts";
import type { Installation } from "./installation.ts";
import { knownDeviations } from "./known-deviations.ts";
import { observe } from "./probe.ts";
import { hostnames, roles, serverAddresses } from "./world.ts";

export type Judge = typeof import("../../../policy/analysis/hba/index.ts");

/** What the comparison of one server has found. */
export interface Tally {
  readonly server: string;
  readonly major: Major;
  files: number;
  refused: number;
  rows: number;
  decisions: number;
  /** The decisions of which the server named the line. */
  lines: number;
  readonly answers: Record<string, number>;
  readonly traps: Record<string, number>;
  readonly known: Record<string, number>;
  readonly differences: string[];
}

/** How much is compared. */
export interface Extent {
  readonly seed: number;
  readonly files: number;
  readonly probes: number;
  /** After how many differences to stop. */
  readonly differences: number;
}

/** Puts generated files before a server and before our judge, and counts where they differ. */
export async function compareServer(
  judge: Judge,
  installation: Installation,
  server: Postgres,
  { client }: Certificates,
  extent: Extent,
): Promise<Tally> {
  const { major, name } = installation;
  const tally: Tally = {
    server: name,
    major,
    ...{ files: 0, refused: 0, rows: 0, decisions: 0, lines: 0 },
    ...{ answers: {}, known: {}, differences: [] },
    traps: Object.fromEntries(traps.map((trap) => [trap, 0])),
  };
  await checkKnownDeviations();
  let inForce: HbaArgs | undefined;
  for (let index = 0; index < extent.files && tally.differences.length < extent.differences; index++) {
    const seed = derivedSeed(extent.seed, major, index);
    const file = generateFile(seed, judge.renderCnpg, extent.probes);
    const args = question(file);
    const report = judge.hba(args);
    const accepted = await server.reload(file.bytes, file.included, file.ssl);
    tally.files++;
    for (const trap of file.traps) count(tally.traps, trap);
    if (!accepted) tally.refused++;
    if (accepted !== report.accepted)
      differ(`the server ${accepted ? "accepts" : "refuses"} the file: ${JSON.stringify(report.errors)}`);
    const rows = await server.rows();
    const compared = compareRows(report.rules, rows, server.file);
    tally.rows += rows.length;
    for (const known of compared.known) count(tally.known, known);
    compared.differences.forEach(differ);
    if (accepted) inForce = args;
    // A refused file leaves the rules in force that were: one probe is enough to see that.
    const probes = accepted ? file.probes : file.probes.slice(0, 1);
    if (inForce !== undefined) for (const probe of probes) await compareProbe(inForce, probe);

    function differ(difference: string): void {
      tally.differences.push(
        `${name}, file ${String(index)}, seed ${String(seed)}: ${difference}\n${JSON.stringify(file.bytes).slice(0, 2000)}`,
      );
    }

    async function compareProbe(rules: HbaArgs, probe: Probe): Promise<void> {
      const { decisions, rules: reported } = judge.hba({ ...rules, probes: [connection(probe)] });
      const [decision] = decisions;
      if (decision === undefined) throw new Error("the judge decided nothing");
      const observed = await observe(server, probe, {
        identity: client,
        tellsTrust: major >= 17,
        answersPassword: decision.method === "password",
      });
      tally.decisions++;
      if (observed.line !== undefined) tally.lines++;
      count(tally.answers, observed.answer);
      const difference = compareAnswer(decision, reported, probe, observed, server.file);
      if (difference !== undefined) differ(difference);
    }
  }
  return tally;

  /** A deviation that is gone must not stay in the list. */
  async function checkKnownDeviations(): Promise<void> {
    for (const { name: deviation, examples, ssl, since } of knownDeviations) {
      if (major < since) continue;
      for (const bytes of examples) {
        const { rules } = judge.hba(question({ bytes, included: new Map(), ssl }));
        await server.reload(bytes, new Map(), ssl);
        const { known } = compareRows(rules, await server.rows(), server.file);
        if (!isDeepStrictEqual(known, [deviation])) {
          tally.differences.push(`${name}: ${bytes} does not show any more that ${deviation}`);
        }
      }
    }
  }

  function question(file: Pick<GeneratedFile, "bytes" | "included" | "ssl">): HbaArgs {
    const included = new Map(
      [...file.included].map(([path, content]) => [`${server.directory}/included/${path}`, content]),
    );
    return {
      text: Buffer.from(file.bytes, "latin1"),
      major,
      server: {
        ssl: file.ssl,
        methods: installation.methods,
        oauthValidators: [oauthValidator],
        addresses: serverAddresses,
        resolves: (host) => /^[0-9.]+$/.test(host) || [...hostnames.values()].includes(host),
      },
      location: {
        path: server.file,
        files: {
          read: (path) => contentOf(included.get(path)),
          list: (directory) => namesIn(directory, [...included.keys()]),
        },
      },
    };
  }
}

function contentOf(bytes: string | undefined): Uint8Array | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes, "latin1");
}

function namesIn(directory: string, paths: readonly string[]): readonly string[] | undefined {
  const names = paths
    .filter((path) => path.startsWith(`${directory}/`))
    .map((path) => path.slice(directory.length + 1));
  return names.length === 0 ? undefined : names.filter((name) => !name.includes("/"));
}

function connection(probe: Probe): NonNullable<HbaArgs["probes"]>[number] {
  const { address, ssl, replication, database, user } = probe;
  return {
    ...{ address, ssl, replication, database, user },
    roles: roles.get(user.slice(0, 63)) ?? null,
    hostname: address === null ? null : (hostnames.get(address) ?? null),
  };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
