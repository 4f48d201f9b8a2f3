import { cidrOf } from "../../analysis/access/address-lines.ts";
import { toText } from "../../analysis/hba/bytes.ts";
import { decide, operandServer, type Major, type Name } from "../../analysis/hba/index.ts";
import { matchRegex } from "../../analysis/hba/regex/index.ts";
import type { JsonObject } from "../../analysis/json.ts";
import { readRange } from "../../analysis/network/cidr.ts";
import type { ObjectRule } from "../rule.ts";
import { judgeAllowLines, readHbaLines, type HbaLine } from "./hba-lines.ts";

const prefixLength = (family: string, largest: number, usual: number) =>
  ({
    type: "integer",
    minimum: 1,
    maximum: largest,
    default: usual,
    description: `The shortest prefix of an ${family} range that still names somebody`,
  }) as const;

/** A line for everybody makes the one for the application superfluous: whoever finds a password may use it from anywhere. */
export const pgHbaNamedOnly: ObjectRule = {
  scope: "object",
  name: "pg-hba-named-only",
  level: "mandatory",
  severity: "high",
  description:
    "Every pg_hba line of a Cluster that lets clients in must name its databases, its roles and its addresses.",
  fix: "name the database, the role, and the pods as ${podselector:NAME} or a small range of addresses",
  url: "https://cloudnative-pg.io/documentation/current/postgresql_conf/#dynamic-address-resolution-with-podselectorrefs",
  parameters: {
    ipv4PrefixLength: prefixLength("IPv4", 32, 24),
    ipv6PrefixLength: prefixLength("IPv6", 128, 64),
  },
  kinds: ["Cluster.postgresql.cnpg.io"],
  judge(object, { parameters }) {
    const { major } = readHbaLines(object);
    return judgeAllowLines(object, (line) =>
      [
        ...line.rule.databases.filter(isAnybody).map((name) => `is for any database: ${toText(name.text)}`),
        ...line.rule.users.filter(isAnybody).map((name) => `is for any role: ${toText(name.text)}`),
        ...addressProblems(line, major, parameters),
      ].map((message) => ({ message })),
    );
  },
};

/** Names that nobody has: an expression that matches one of them names nobody. */
const unnamed = ["unnamed", "un_named", "unnamed-1"];

function isAnybody({ text, quoted, regex }: Name): boolean {
  if (regex !== undefined) return unnamed.some((name) => matchRegex(regex, name) !== false);
  return text === "all" && !quoted;
}

function addressProblems({ rule, selector }: HbaLine, major: Major, parameters: JsonObject): readonly string[] {
  const { address } = rule;
  if (address === undefined || selector !== undefined) return [];
  if (address.kind === "host") {
    const name = toText(address.name);
    return canMatch(rule, major) ? [] : [`is for the host ${JSON.stringify(name)}, which no address can have`];
  }
  if (address.kind !== "range") return [`is for any address: ${address.kind}`];
  const cidr = cidrOf(rule);
  const range = cidr === undefined ? undefined : readRange(cidr);
  if (cidr === undefined || range === undefined) return ["is for addresses by a mask with holes"];
  const shortest = parameters[range.family === "ipv4" ? "ipv4PrefixLength" : "ipv6PrefixLength"];
  if (typeof shortest !== "number" || range.prefix >= shortest) return [];
  return [`is for all of ${cidr}, more than a /${String(shortest)}`];
}

/** Whether some name service can give an address this host name. */
function canMatch(rule: HbaLine["rule"], major: Major): boolean {
  const anybody: Name = { text: "all", quoted: false, regex: undefined };
  const entry = {
    file: undefined,
    line: 1,
    rule: { ...rule, databases: [anybody], users: [anybody] },
    error: undefined,
  };
  const connection = {
    address: "192.0.2.1",
    ssl: rule.type !== "hostnossl",
    replication: false,
    database: "any",
    user: "any",
    roles: null,
  };
  return decide([entry], connection, operandServer(major)).kind !== "none";
}
