import { tryMutations } from "./mutation.ts";

const run = { test: "tests/policy/hba/differential.test.ts", env: { HBA_MAJORS: "17" } };

// One-line faults of the pg_hba judge, each of which the comparison with a real server must find.
tryMutations([
  {
    // Quotes anywhere in a word take away its special meaning.
    file: "analysis/hba/tokens.ts",
    from: 'if (text === "") quoted = true;',
    to: "quoted = true;",
    ...run,
  },
  {
    // The keyword all is for replication, too.
    file: "analysis/hba/decide.ts",
    from: 'return keyword === "replication";',
    to: 'return keyword === "replication" || keyword === "all";',
    ...run,
  },
  {
    // A comment cannot be continued.
    file: "analysis/hba/lines.ts",
    from: '!reader.endsWith("\\\\")',
    to: '!reader.endsWith("\\\\") || reader.text().startsWith("#")',
    ...run,
  },
  {
    // An address with bits beyond its mask matches nothing.
    file: "analysis/hba/address.ts",
    from: "((octet ^ (address[index] ?? 0)) & (mask[index] ?? 0)) === 0",
    to: "(octet & (mask[index] ?? 0)) === address[index]",
    ...run,
  },
  {
    // A role is no member of itself.
    file: "analysis/hba/decide.ts",
    from: "[user, ...connection.roles.map(toBytes)]",
    to: "connection.roles.map(toBytes)",
    ...run,
  },
  {
    // hostssl catches connections without TLS, too.
    file: "analysis/hba/decide.ts",
    from: "return octets !== undefined && ssl;",
    to: "return octets !== undefined;",
    ...run,
  },
]);
