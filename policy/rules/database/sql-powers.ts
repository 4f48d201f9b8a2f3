/** Attributes of a role that reach beyond the databases that it was made for. */
export const attributePowers = ["superuser", "createrole", "replication", "bypassrls"] as const;

/** Roles whose members reach beyond the databases that they were made for. */
export const rolePowers: readonly string[] = [
  "pg_read_all_data",
  "pg_write_all_data",
  "pg_execute_server_program",
  "pg_read_server_files",
  "pg_write_server_files",
  "postgres",
];

/** A power that a statement gives, and to whom. */
export interface Grant {
  readonly role: string;
  readonly power: string;
}

const word = String.raw`(?:"[^"]*"|[\w$]+)`;
const words = String.raw`(?:${word}\s*,\s*)*${word}`;
const making = new RegExp(String.raw`\b(?:create|alter)\s+(?:role|user)\s+(${word})([^;]*)`, "gi");
const granting = new RegExp(String.raw`\bgrant\s+(${words})\s+to\s+(${words})`, "gi");
const joining = new RegExp(String.raw`\bin\s+(?:role|group)\s+(${words})`, "i");

/** The powers that SQL gives to roles, inside of DO blocks too. What stands in quoted strings is not looked at. */
export function powersInSql(sql: string): readonly Grant[] {
  const code = sql.replace(/"[^"]*"|'(?:[^']|'')*'|--.*|\/\*[\s\S]*?\*\//g, (text) =>
    text.startsWith('"') ? text : " ",
  );
  const made = [...code.matchAll(making)].flatMap(([, role = "", clauses = ""]) => {
    const [options = ""] = clauses.split(/\bset\b/i);
    const said = options
      .replace(/"[^"]*"/g, "")
      .toLowerCase()
      .split(/\W+/);
    const joined = names(joining.exec(options)?.[1] ?? "");
    return [...attributePowers.filter((power) => said.includes(power)), ...joined.filter(isPower)].map((power) => ({
      role: name(role),
      power,
    }));
  });
  const granted = [...code.matchAll(granting)].flatMap(([, powers = "", roles = ""]) =>
    names(powers)
      .filter(isPower)
      .flatMap((power) => names(roles).map((role) => ({ role, power }))),
  );
  return [...made, ...granted];
}

function isPower(role: string): boolean {
  return rolePowers.includes(role);
}

function names(list: string): string[] {
  return list.split(",").map((one) => name(one.trim()));
}

/** Unquoted names are lower case, whatever case they are written in. */
function name(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1) : written.toLowerCase();
}
