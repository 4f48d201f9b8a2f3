import type { Random } from "../../random.ts";
import { address, oddAddress } from "./address.ts";
import { weighted } from "./choose.ts";
import { method, oddMethod, oddOption } from "./method.ts";
import { databaseList, userList } from "./names.ts";

/** The columns of a line; an address may hold its mask, a method its options. */
export interface Columns {
  readonly type: string;
  readonly databases: string;
  readonly users: string;
  readonly address: string | undefined;
  readonly method: string;
}

const types = [
  [9, "host"],
  [9, "hostssl"],
  [4, "hostnossl"],
  [0.5, "hostgssenc"],
  [1.5, "hostnogssenc"],
  [3, "local"],
] as const;

/** A line that means well; some columns can be given. */
export function columns(random: Random, given: Partial<Columns> = {}): Columns {
  const type = given.type ?? weighted(random, types);
  return {
    type,
    databases: databaseList(random),
    users: userList(random),
    address: type === "local" ? undefined : address(random),
    method: method(random, type),
    ...given,
  };
}

/** Writes a line with blanks and a comment as people do. */
export function write(random: Random, { type, databases, users, address: client, method: how }: Columns): string {
  const gap = random.pick([" ", " ", " ", "\t", "  ", "\t\t ", "\r"]);
  const start = random.chance(0.05) ? random.pick([" ", "\t", ","]) : "";
  const end = random.chance(0.1) ? random.pick([" # comment", "#comment", " ", "\t", "\r", " #", ' # a "quote']) : "";
  const parts = [type, databases, users, client, how].filter((part) => part !== undefined);
  const line = start + parts.join(gap) + end;
  return random.chance(0.04) ? fold(random, line) : line;
}

/** A line that PostgreSQL is likely to refuse. */
export function badLine(random: Random): string {
  return weighted(random, [
    [4, () => write(random, columns(random, { type: "host", address: oddAddress(random) }))],
    [3, () => write(random, columns(random, { method: oddMethod(random) }))],
    [3, () => withOddOption(random)],
    [2, () => write(random, columns(random, { type: random.pick(oddTypes) }))],
    [2, () => truncated(random)],
    [1, () => write(random, columns(random, { databases: random.pick(missingFiles) }))],
    [1, () => write(random, columns(random, { users: random.pick(["/(", "/a{2,1}", "/[", "/*", "/\\"]) }))],
    [1, () => random.pick(misplaced)],
  ])();
}

const oddTypes = [
  ..."Host HOST ssl hostSSL hostgss host,local include hostno tcp *".split(" "),
  '"host"',
  'h"ost"',
  "\u00ef\u00bb\u00bfhost",
];
const missingFiles = ["@missing.txt", '@"missing file"', "app,@missing.txt", "@/nonexistent/list"];
const misplaced = [
  "app app_user 10.0.0.5/32 md5",
  "hostssl all all all",
  "host all all md5",
  "host all 10.0.0.5/32 md5",
  "local all all 127.0.0.1/32 trust",
  "hostssl app app_user podSelectorRefs(app=myapp,tier=web) scram-sha-256",
  "hostssl app app_user podSelectorRefs(app = myapp) scram-sha-256",
  "host app ,all app_user all md5",
  "host all all 10.0.0.5 md5",
  "include",
  "include_dir a b",
  "host all all all trust trust",
  "-",
];

function withOddOption(random: Random): string {
  const line = columns(random);
  return write(random, { ...line, method: `${line.method} ${oddOption(random)}` });
}

function truncated(random: Random): string {
  const words = write(random, columns(random)).split(/[ \t]+/);
  return words.slice(0, random.between(1, Math.max(1, words.length - 1))).join(" ");
}

/** Breaks a line with a backslash somewhere. */
function fold(random: Random, line: string): string {
  const at = random.between(0, line.length);
  return `${line.slice(0, at)}\\${random.pick(["\n", "\r\n"])}${line.slice(at)}`;
}
