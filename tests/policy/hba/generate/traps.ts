import type { Random } from "../../random.ts";
import { ipv4, ipv6 } from "../world.ts";
import { neverMatchingName, oddAddress } from "./address.ts";
import { badLine, columns, write } from "./line.ts";
import { oddOption } from "./method.ts";
import { databaseList, token, userList } from "./names.ts";
import { regex } from "./regex.ts";

/** The known traps of pg_hba.conf that the generated files set. */
export const traps = ["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H10"] as const;
export type Trap = (typeof traps)[number];

/** What a trap puts into a file. */
export interface Snare {
  readonly lines: readonly string[];
  /** Files that the lines include, by path below the directory `included`. */
  readonly included?: ReadonlyMap<string, string>;
  /** What the connections to try should have in common. */
  readonly replication?: true;
  readonly ssl?: false;
}

const nbsp = "\u00c2\u00a0";
const byteOrderMark = "\u00ef\u00bb\u00bf";

export const setTrap: Readonly<Record<Trap, (random: Random) => Snare>> = {
  /** The first match wins; there is no second chance. */
  H1: (random) => {
    const client = `${random.pick([...ipv4.keys()])}/${random.pick(["32", "8", "0"])}`;
    const [first, second] = random.some(["reject", "scram-sha-256", "md5", "password", "trust"], 2, 2);
    const rest = { type: "host", databases: "all", users: random.pick(["all", "+everyone", "app_user"]) };
    return {
      lines: [
        write(random, columns(random, { ...rest, address: client, method: first ?? "" })),
        write(random, columns(random, { ...rest, address: "all", method: second ?? "" })),
      ],
    };
  },

  /** `all` is not for replication, and `replication` is a keyword only without quotes. */
  H2: (random) => ({
    lines: random
      .some(["all", "replication", '"replication"', "all,replication", "postgres", "/^repl", 'r"eplication"'], 2, 3)
      .map((databases) =>
        write(random, columns(random, { databases, users: random.pick(["all", "streaming_replica"]) })),
      ),
    replication: true,
  }),

  /** Quotes take away what keywords mean. */
  H3: (random) => ({
    lines: [
      write(
        random,
        columns(random, {
          databases: random.pick(['"all"', '"sameuser"', '"samerole"', 'a"ll"', '""all', "all"]),
          users: random.pick(['"all"', '"+staff"', '+"staff"', '"+"staff', 'a"l"l', '""+staff', "all"]),
        }),
      ),
      write(
        random,
        columns(random, {
          type: "host",
          address: random.pick(['"all"', '"samenet"', '"samehost"', 'a"ll"', 'samen"et"']),
        }),
      ),
    ],
  }),

  /** Accepted, and never met. */
  H4: (random) => ({
    lines: [
      write(random, columns(random, { type: "host", address: neverMatchingName(random) })),
      write(
        random,
        columns(random, {
          databases: random.pick(["ALL", "All", "*", "any"]),
          users: random.pick(["ALL", "*", "all"]),
        }),
      ),
    ],
  }),

  /** A backslash at the end of a line swallows the next one, also from a comment. */
  H5: (random) => {
    const line = write(random, columns(random));
    const swallowed = random.pick(["host all all all reject", write(random, columns(random)), "", "# more"]);
    const end = random.pick(["\\", "\\\r", " \\", "\\\\", "# why \\", "#\\", "\\\n\\", "\\ ", '"\\', "\\\n\\\\"]);
    return { lines: [random.chance(0.5) ? `# ${line} \\` : line + end, swallowed] };
  },

  /** What the versions differ in. */
  H6: (random) =>
    random.pick([
      () => ({
        lines: [write(random, columns(random, { databases: `/${regex(random, ["app", "app_db", "/^app"])}` }))],
      }),
      () => ({
        lines: [
          write(random, columns(random, { users: `"/${regex(random, ["app_user", "staff"]).replaceAll('"', "")}"` })),
        ],
      }),
      () => ({ lines: ["host all all all oauth issuer=https://issuer.test scope=openid"] }),
      () => includes(random),
      () => includes(random),
    ])(),

  /** Numbers that are read in another way than they look. */
  H7: (random) => ({
    lines: [
      random.chance(0.3)
        ? `host all all ${oddAddress(random)} ${random.pick(["reject", "scram-sha-256"])}`
        : write(
            random,
            columns(random, {
              type: "host",
              databases: "all",
              users: "all",
              address: random.pick([
                ..."010.0.0.1/32 010.0.0.1/8 10.0.0/24 10.1/16 10.0.0.77/24 0x0a.0.0.5/32 012.0.0.05/32 10/8 ::/0 0.0.0.0/0".split(
                  " ",
                ),
                ...[...ipv4.keys()].map((client) => `::ffff:${client}/128`),
                ...[...ipv4.keys()].map(
                  (client) => `${client} ${random.pick(["255.0.255.0", "0.0.0.255", "255.255.255.253"])}`,
                ),
                ...[...ipv6.keys()].map(
                  (client) => `${client} ${random.pick(["ffff::ffff", "::ffff:ffff", "fffe::"])}`,
                ),
              ]),
            }),
          ),
    ],
  }),

  /** Blanks that shift columns, and bytes that only look blank. */
  H8: (random) => {
    const [one, other] = [databaseList(random), databaseList(random)];
    const [client, how] = ["all", random.pick(["scram-sha-256", "reject", "md5"])];
    return {
      lines: [
        random.pick([
          `host ${one}, ${other} all ${client} ${how}`,
          `host ${one} ,${other} all ${client} ${how}`,
          `host ${one} , ${other} all ${client} ${how}`,
          `host all ${userList(random)} ,${client} ${how}`,
          `host${nbsp}all all ${client} ${how}`,
          `host all${nbsp}all ${client} ${how}`,
          `host all all all ${how}${nbsp}`,
          `host all all all ${how} ${nbsp}`,
          `${byteOrderMark}host all all ${client} ${how}`,
          `host\fall all ${client} ${how}`,
          `host all\v all ${client} ${how}`,
          `,host, all, all, ${client}, ${how},`,
          `host all all ${client} ${how},`,
          `host all all all "${how}`,
          `host "all all all ${how}`,
        ]),
      ],
    };
  },

  /** One bad line refuses the whole file; some bad lines do not even show. */
  H9: (random) => {
    const good = [write(random, columns(random)), write(random, columns(random))];
    return random.pick([
      () => ({ lines: [good[0] ?? "", badLine(random), good[1] ?? ""] }),
      () => ({
        lines: [
          ...good,
          `hostssl all all all scram-sha-256 ${random.pick(["clientcert=1", "clientcert=0", "clientname=cn"])}`,
        ],
      }),
      () => ({ lines: [write(random, columns(random, { type: "hostssl" })), ...good], ssl: false as const }),
      () => ({ lines: ["hostgssenc all all all reject", ...good] }),
    ])();
  },

  /** What methods and their options imply and exclude. */
  H10: (random) => ({
    lines: [
      random.pick([
        () =>
          `host all ${token(random, random.pick(["md5_user", "app_user"]))} all ${random.pick(["md5", "scram-sha-256", "password"])}`,
        () =>
          `hostssl all all all cert ${random.pick(["clientcert=verify-full", "clientcert=verify-ca", "map=m", "", "clientname=DN"])}`,
        () =>
          `${random.pick(["host", "hostssl", "hostnossl", "local"])} all all ${random.pick(["all ", ""])}scram-sha-256 clientcert=verify-ca`,
        () =>
          `hostssl all all all ${random.pick(["scram-sha-256", "md5", "password", "cert", "ident", "reject"])} map=m`,
        () =>
          `${random.pick(["host", "hostssl"])} all all all ${random.pick(["cert", "md5", "trust", "peer", "reject"])} ${oddOption(random)}`,
        () =>
          `hostssl all all all ${random.pick(["trust", "reject", "md5", "password"])} clientcert=${random.pick(["verify-ca", "verify-full"])}`,
      ])(),
    ],
  }),
};

/** Lines and lists in other files, as PostgreSQL reads them since 16 and always has. */
function includes(random: Random): Snare {
  const some = () => write(random, columns(random));
  const list = () =>
    random.pick([
      "app_user",
      "app_user, intruder",
      "+staff\n# more\nall",
      "all",
      '"my user"',
      "",
      "@users.txt",
      "a\\\nb",
    ]);
  const files = new Map([
    ["more.conf", `${some()}\n${random.chance(0.2) ? badLine(random) : some()}\n`],
    ["users.txt", random.pick(["app_user\n", "intruder app_user\n", "staff,everyone\nall"])],
    ["list.txt", list()],
    ["dir/20.conf", random.pick([`${some()}\n`, "include ../more.conf\n", "@../list.txt all all reject"])],
    ["dir/10.conf", `${some()}\n`],
    ["dir/.hidden.conf", "broken\n"],
    ["dir/ignored.txt", "broken\n"],
    ["loop.conf", random.pick(["include loop.conf\n", `${some()}\ninclude loop.conf\n`])],
    ["record.txt", "include users.txt\n"],
  ]);
  const lines = random.some(
    [
      "include included/more.conf",
      '"include" "included/more.conf"',
      "include_if_exists included/more.conf",
      "include_if_exists included/missing.conf",
      "include included/missing.conf",
      "include_dir included/dir",
      'include_dir "included/dir"',
      "include_dir included/missing",
      'include_dir " "',
      "include,x included/more.conf",
      "include included/more.conf md5",
      "include included/dir",
      "host all @included/users.txt all md5",
      "host all @included/list.txt all scram-sha-256",
      "host @included/users.txt,app all all password",
      'host all @"included/users.txt" all reject',
      'host all "@included/users.txt" all reject',
      "host all intruder,@included/list.txt all trust",
      ...(random.chance(0.3) ? ["include included/loop.conf"] : []),
      "host all @included/record.txt all md5",
      "host all all @included/list.txt md5",
      "@included/users.txt all all all md5",
      "host all @ all md5",
    ],
    1,
    2,
  );
  return { lines: [...lines, some()], included: files };
}
