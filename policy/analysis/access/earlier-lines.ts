import { getOrAdd } from "../group-by.ts";
import type { Name, Rule } from "../hba/index.ts";
import { remember } from "../network/remember.ts";
import { anyOf, not, type Trilean } from "../trilean.ts";
import { covers, isDatabase, isUser, type NameColumns } from "./name-cover.ts";

/** The lines before a line, for connections of one source over one transport: the first that matches decides alone. */
export interface EarlierLines {
  /** Whether they leave a later line something; undecided where they may turn all of it away. */
  readonly leave: (rule: Rule) => Trilean;
  /** @param catches whether the line's address column holds the source; undecided where that is not known */
  readonly add: (rule: Rule, catches: true | null) => void;
}

interface Earlier {
  readonly rule: Rule;
  readonly catches: true | null;
}

/** Files lines by the names that they are for, so that a later one is compared with few of thousands. */
export function earlierLines(): EarlierLines {
  const files = new Map<string, Map<string, Earlier>>();

  /** Whether a line takes all of these connections; undecided where one may turn them away. */
  function take(part: NameColumns): Trilean {
    let mayRefuse = false;
    for (const key of coveringKeys(part)) {
      for (const { rule, catches } of files.get(key)?.values() ?? []) {
        const covered = covers(rule, part);
        if (covered === true && catches === true) return true;
        // Of two lines that let in it is all one which decides.
        if (covered !== false && rule.method === "reject") mayRefuse = true;
      }
    }
    return mayRefuse ? null : false;
  }

  return {
    leave: (rule) => anyOf(partsOf(rule), (part) => not(take(part))),
    add(rule, catches) {
      if (catches === null && rule.method !== "reject") return;
      // Another line for the same names takes nothing more.
      const name = `${namesOf(rule)}\n${String(catches)} ${String(rule.method === "reject")}`;
      for (const key of filingKeys(rule)) {
        const file = getOrAdd(files, key, () => new Map<string, Earlier>());
        if (!file.has(name)) file.set(name, { rule, catches });
      }
    },
  };
}

/** More pairs of a database and a role than this are judged together. */
const maximumPairs = 64;

/** What a line is for: pair by pair, because earlier lines may take one each. */
const partsOf = remember((rule: Rule): readonly NameColumns[] => {
  const { databases, users } = rule;
  if (databases.length * users.length > maximumPairs) return [rule];
  return databases.flatMap((database) => users.map((user) => ({ databases: [database], users: [user] })));
});

const anyDatabase = "*";
const anyUser = "*";

/** Under which names a line is filed: for each pair the names that stand for themselves. */
const filingKeys = remember((rule: Rule): ReadonlySet<string> => {
  const parts = partsOf(rule);
  return new Set(parts.includes(rule) ? [pairKey(anyDatabase, anyUser)] : parts.map(firstKey));
});

/** Under which names the lines are filed that may cover a part, and so its first pair. */
const coveringKeys = remember((part: NameColumns): ReadonlySet<string> => {
  const [database, user] = firstNames(part);
  return new Set([database, anyDatabase].flatMap((one) => [pairKey(one, user), pairKey(one, anyUser)]));
});

function firstKey(part: NameColumns): string {
  return pairKey(...firstNames(part));
}

function firstNames({ databases: [database], users: [user] }: NameColumns): readonly [string, string] {
  const literal = (name: Name | undefined, stands: (name: Name) => boolean) =>
    name !== undefined && stands(name) ? `=${name.text}` : undefined;
  return [literal(database, isDatabase) ?? anyDatabase, literal(user, isUser) ?? anyUser];
}

function pairKey(database: string, user: string): string {
  return `${database}\n${user}`;
}

const namesOf = remember(({ databases, users }: Rule): string =>
  [databases, users]
    .map((names) => names.map(({ text, quoted }) => `${quoted ? '"' : ""}${text}`).join(","))
    .join("\n"),
);
