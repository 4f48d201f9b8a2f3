import type { Connection, HbaArgs } from "../../../../policy/analysis/hba/index.ts";
import { majors } from "../../../../policy/analysis/hba/index.ts";
import type { Random } from "../../random.ts";
import { many } from "./choose.ts";
import { columns, write } from "./line.ts";

const pieces = [
  ...'host hostssl local all replication + / @ , # " \\ include include_dir ${ podselector: } ( ) [ ] { } * ? | ^ $ = : . %'.split(
    " ",
  ),
  ...[
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    "\\\n",
    '""',
    "/(",
    "/[[:",
    "[^",
    "(?<!",
    "\\x",
    "\\u00",
    "{1,",
    "255}",
    "***:",
    "(?x)",
    "::",
    "10.",
    "0x",
  ],
  ...[
    "\u00ff",
    "\u00c3\u00a9",
    "\u00ef\u00bb\u00bf",
    "é",
    "\u{1f600}",
    "constructor=1",
    "__proto__",
    "clientcert=",
    "ldapurl=ldap://[",
  ],
];

/** A question whose text is anything at all. */
export function noise(random: Random): HbaArgs {
  const text = many(random, 0, 200, () =>
    random.chance(0.1) ? write(random, columns(random)) : random.chance(0.05) ? repeated(random) : random.pick(pieces),
  ).join(random.pick(["", "", " ", "\n"]));
  const bytes = random.chance(0.3) ? Buffer.from(many(random, 0, 3000, () => random.between(0, 255))) : undefined;
  return {
    text: bytes ?? text,
    major: random.pick(majors),
    cnpg: random.chance(0.3),
    selectors: new Map([["a", [random.pick(pieces), "10.0.0.5"]]]),
    probes: many(random, 0, 2, () => connection(random)),
  };
}

function repeated(random: Random): string {
  return random.pick(pieces).repeat(random.pick([10, 300, 20_000]));
}

function connection(random: Random): Connection {
  return {
    address: random.pick([null, "10.0.0.5", "fd00::5", ...pieces]),
    ssl: random.chance(0.5),
    replication: random.pick([true, false, "database"]),
    database: random.pick(pieces),
    user: random.pick([...pieces, "a".repeat(100)]),
    roles: random.pick([null, [], pieces]),
  };
}
