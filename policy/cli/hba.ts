import { readdirSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import {
  BadProbes,
  hba,
  majors,
  readProbes,
  TooLarge,
  type FileSource,
  type HbaReport,
  type Major,
} from "../analysis/hba/index.ts";
import { readFile } from "../analysis/load/read-file.ts";
import type { Report } from "./format.ts";
import { readBytes, readJson } from "./input.ts";
import { UsageError } from "./usage-error.ts";

export interface HbaOptions {
  readonly major: Major;
  readonly cnpg?: boolean;
  readonly selectors?: ReadonlyMap<string, readonly string[]>;
  readonly probes?: string;
}

/** `guard hba`: what a pg_hba.conf means to one major version, and how it decides given connections. */
export function hbaCommand(file: string, options: HbaOptions): { report: Report; exitCode: number } {
  if (options.cnpg !== true && options.selectors !== undefined && options.selectors.size > 0) {
    throw new UsageError("--selectors needs --cnpg: without it pod selectors are not expanded");
  }
  try {
    const result = hba({
      text: readBytes(file),
      major: options.major,
      cnpg: options.cnpg,
      selectors: options.selectors,
      probes: options.probes === undefined ? undefined : readProbes(readJson(options.probes)),
      location: { path: resolve(file), files: disk },
    });
    return { report: { data: result, sections: sectionsOf(result) }, exitCode: result.accepted ? 0 : 1 };
  } catch (error) {
    if (error instanceof BadProbes || error instanceof TooLarge) throw new UsageError(error.message);
    throw error;
  }
}

function sectionsOf({ accepted, rules, errors, unresolved, decisions }: HbaReport): Report["sections"] {
  const text = (value: string | number | null) => (value === null ? "" : String(value));
  const place = ({ line, file }: { line: number | null; file?: string | undefined }) =>
    file === undefined ? text(line) : `${file}:${text(line)}`;
  return [
    { text: accepted ? "PostgreSQL accepts the file." : "PostgreSQL refuses the file." },
    {
      title: "Rules",
      header: ["LINE", "ORIGIN", "TYPE", "DATABASES", "USERS", "ADDRESS", "METHOD", "OPTIONS", "ERROR"],
      rows: rules.map((rule) => [
        place(rule),
        rule.origin,
        text(rule.type),
        rule.databases?.join(",") ?? "",
        rule.users?.join(",") ?? "",
        rule.netmask === null ? text(rule.address) : `${text(rule.address)} ${rule.netmask}`,
        text(rule.method),
        rule.options?.join(" ") ?? "",
        text(rule.error),
      ]),
    },
    ...(errors.length === 0
      ? []
      : [
          {
            title: "Errors",
            header: ["LINE", "MESSAGE"],
            rows: errors.map((error) => [place(error), error.message]),
          },
        ]),
    ...(unresolved.length === 0
      ? []
      : [
          {
            title: "Left out, since --selectors gives no addresses",
            header: ["LINE", "REFERENCE"],
            rows: unresolved.map(({ line, reference }) => [text(line), reference]),
          },
        ]),
    ...(decisions.length === 0
      ? []
      : [
          {
            title: "Decisions",
            header: ["PROBE", "LINE", "METHOD"],
            rows: decisions.map(({ line, file, method, undecided }, index) => [
              String(index + 1),
              place({ line, file }),
              undecided === undefined ? (method ?? "no rule: refused") : `undecided: ${undecided}`,
            ]),
          },
        ]),
  ];
}

const disk: FileSource = {
  read: (path) => orUndefined(() => (isFile(path) ? readFile(path) : undefined)),
  list: (path) => orUndefined(() => readdirSync(path)),
};

/** What a line includes may be anything on this machine, also what never ends. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

export function parseMajor(text: string): Major {
  const major = majors.find((known) => String(known) === text);
  if (major === undefined) throw new UsageError(`--major ${text}: expected one of ${majors.join(", ")}`);
  return major;
}

/** Adds `NAME=IP,IP` to the selectors read so far. */
export function parseSelectors(
  text: string,
  before: ReadonlyMap<string, readonly string[]> = new Map(),
): ReadonlyMap<string, readonly string[]> {
  const separator = text.indexOf("=");
  if (separator < 1) throw new UsageError(`--selectors ${text}: expected NAME=IP,IP`);
  const addresses = text
    .slice(separator + 1)
    .split(",")
    .filter((address) => address !== "");
  const wrong = addresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new UsageError(`--selectors ${text}: ${wrong} is no IP address`);
  const name = text.slice(0, separator);
  return new Map([...before, [name, [...(before.get(name) ?? []), ...addresses]]]);
}
