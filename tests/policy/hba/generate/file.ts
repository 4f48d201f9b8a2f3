import type { renderCnpg } from "../../../../policy/analysis/hba/index.ts";
import { random as seeded, type Random } from "../../random.ts";
import { databases, ipv4, ipv6, users } from "../world.ts";
import { many, weighted } from "./choose.ts";
import { badLine, columns, write } from "./line.ts";
import { setTrap, type Trap, traps } from "./traps.ts";

/** A file to compare, and how to connect to a server that has it. */
export interface GeneratedFile {
  /** One character per byte. */
  readonly bytes: string;
  /** By path below the directory `included`. */
  readonly included: ReadonlyMap<string, string>;
  readonly ssl: boolean;
  readonly traps: ReadonlySet<Trap>;
  readonly probes: readonly Probe[];
}

/** A connection to try. */
export interface Probe {
  readonly address: string | null;
  readonly ssl: boolean;
  readonly replication: boolean | "database";
  readonly database: string;
  readonly user: string;
  readonly certificate: boolean;
}

const closings = [
  "host all all all reject",
  "host all all all scram-sha-256",
  "host all all all md5",
  "hostnossl all all all reject",
  "host all,replication all all password",
  "local all all trust",
];
const oddBytes = ["\0", "\\", '"', ",", "#", "\n", "\r", "\u00ff", "\u0080", "\x01", "\x7f", " ", "@", "\0\n", "\\\n"];

/** Makes the file of a seed. With `render`, some files are written by the operator's rules. */
export function generateFile(seed: number, render: typeof renderCnpg, probeCount: number): GeneratedFile {
  const random = seeded(seed);
  const set = random.some(traps, 1, 2);
  const snares = set.map((trap) => setTrap[trap](random));
  const lines = many(random, 0, 4, () => write(random, columns(random)));
  for (const snare of snares) lines.splice(random.between(0, lines.length), 0, ...snare.lines);
  if (random.chance(0.08)) lines.splice(random.between(0, lines.length), 0, badLine(random));
  if (random.chance(0.05)) lines.splice(random.between(0, lines.length), 0, longLine(random));
  if (random.chance(0.7)) lines.push(random.pick(closings));
  const text = random.chance(0.01)
    ? random.pick(["", "# nothing\n", "\n\n", "#\\\nhost all all all trust"])
    : assemble(random, lines, render);
  const ssl = !snares.some((snare) => snare.ssl === false);
  const replication = snares.some((snare) => snare.replication === true);
  return {
    bytes: random.chance(0.04) ? disturb(random, text) : text,
    included: new Map(snares.flatMap((snare) => [...(snare.included ?? [])])),
    ssl,
    traps: new Set(set),
    probes: many(random, probeCount, probeCount, () => probe(random, ssl, replication)),
  };
}

function assemble(random: Random, lines: readonly string[], render: typeof renderCnpg): string {
  if (random.chance(0.15))
    return render(
      lines.map((line) => withSelector(random, line)),
      podAddresses,
    ).text;
  const newline = random.chance(0.08) ? "\r\n" : "\n";
  const noise = () => (random.chance(0.1) ? random.pick([newline, `# a comment${newline}`, ` ${newline}`]) : "");
  return lines.map((line) => noise() + line).join(newline) + (random.chance(0.7) ? newline : "");
}

/** What the pod selectors of the test select. */
const podAddresses = new Map([
  ["app", ["10.0.0.5", "fd00::5"]],
  ["nobody", []],
  ["mapped", ["::ffff:10.0.0.6"]],
]);

function withSelector(random: Random, line: string): string {
  if (random.chance(0.6)) return line;
  const name = random.pick(["app", "app", "nobody", "mapped", "unknown"]);
  return random.chance(0.8)
    ? `${random.pick(["hostssl", "host"])} all ${random.pick(["all", "app_user"])} \${podselector:${name}} scram-sha-256`
    : random.pick([
        `${line} # \${podselector:${name}}`,
        `# \${x:y} ${line}\nhost all all all reject`,
        `${line}\n${line}`,
      ]);
}

function longLine(random: Random): string {
  const length = random.pick([10238, 10239, 10240, 10241, 300, 1100, 20000]);
  const list = random.chance(0.5)
    ? "x".repeat(length)
    : Array.from({ length: length / 10 }, () => "user_name").join(",");
  const end = random.pick(["", ",app_user", '"', " "]);
  return `host all ${random.chance(0.2) ? '"' : ""}${list}${end} all ${random.pick(["md5", "reject", "\0md5"])}`;
}

function disturb(random: Random, text: string): string {
  return many(random, 1, 3, () => random.pick(oddBytes)).reduce((changed, bytes) => {
    const at = random.between(0, changed.length);
    return changed.slice(0, at) + bytes + changed.slice(at + (random.chance(0.3) ? 1 : 0));
  }, text);
}

function probe(random: Random, sslOn: boolean, likesReplication: boolean): Probe {
  const address = weighted<() => string | null>(random, [
    [8, () => random.pick([...ipv4.keys()])],
    [4, () => random.pick([...ipv6.keys()])],
    [1.5, () => null],
  ])();
  return {
    address,
    ssl: sslOn && address !== null && random.chance(0.4),
    replication: weighted<Probe["replication"]>(random, [
      [8, false],
      [likesReplication ? 8 : 0.7, true],
      [likesReplication ? 2 : 0.3, "database"],
    ]),
    database: random.chance(0.04) ? "" : random.pick(databases),
    user: weighted(random, [
      [3, () => random.pick(["app_user", "md5_user", "intruder"])],
      [4, () => random.pick(users)],
    ])(),
    certificate: random.chance(0.8),
  };
}
