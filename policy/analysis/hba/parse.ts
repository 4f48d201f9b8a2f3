import { type Bytes, toBytes } from "./bytes.ts";
import { parseLine } from "./parse-line.ts";
import { LineError, type Rule } from "./rule.ts";
import type { Server } from "./server.ts";
import { type FileSource, tokenize } from "./tokenize.ts";

/** One line that is neither blank nor a comment, as `pg_hba_file_rules` shows it. */
export interface Entry {
  /** The path of the included file that holds the line; undefined for the file itself. */
  readonly file: string | undefined;
  /** The number of the line's first physical line, counted from 1. */
  readonly line: number;
  /** Undefined where the line is refused. */
  readonly rule: Rule | undefined;
  /** Why the line is refused or, with a rule, why it can never match. */
  readonly error: string | undefined;
}

/** Why PostgreSQL refuses a file. */
export interface HbaError {
  readonly file: string | undefined;
  readonly line: number;
  /** In PostgreSQL's words. */
  readonly message: string;
}

/** A file as PostgreSQL reads it. */
export interface HbaFile {
  /** Whether PostgreSQL puts the file in force. One bad line refuses it whole: a reload keeps the old rules, a start fails. */
  readonly accepted: boolean;
  readonly entries: readonly Entry[];
  /** All reasons for the refusal; empty where the file is accepted. */
  readonly errors: readonly HbaError[];
}

/** Where a file lies and what it can include. */
export interface Location {
  /** The absolute path of the file. */
  readonly path: string;
  readonly files: FileSource;
}

/** A file that is larger than this, with all that it includes, is not read: no Kubernetes object can hold it. */
export const maximumBytes = 2 * 1024 * 1024;

/** The input is too large to be judged. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

const alone: Location = {
  path: "/pg_hba.conf",
  files: { read: () => undefined, list: () => undefined },
};

/**
 * Reads a pg_hba.conf as a server of the given kind does.
 * @throws TooLarge beyond {@link maximumBytes}
 */
export function parse(content: string | Uint8Array, server: Server, location: Location = alone): HbaFile {
  return parseBytes(toBytes(content), server, location);
}

/** {@link parse} for the lines of a Kubernetes object: more than any can hold is one error of a file that is not accepted. */
export function parseLines(lines: string, server: Server): HbaFile {
  try {
    return parse(lines, server);
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    return { accepted: false, entries: [], errors: [{ file: undefined, line: 1, message: error.message }] };
  }
}

/** {@link parse} for text that is bytes already. */
export function parseBytes(bytes: Bytes, server: Server, location: Location = alone): HbaFile {
  const files = withinLimit(location.files, bytes.length);
  const reading = { major: server.major, files, path: location.path, depth: 0 };
  const entries = tokenize(bytes, reading).map(({ file, line, fields, error }): Entry => {
    if (error !== undefined) return { file, line, rule: undefined, error };
    try {
      const rule = parseLine(fields, server);
      return { file, line, rule, error: futility(rule, server) };
    } catch (failure) {
      if (!(failure instanceof LineError)) throw failure;
      return { file, line, rule: undefined, error: failure.message };
    }
  });
  const errors =
    entries.length === 0
      ? [{ file: undefined, line: 1, message: "the file contains no entries" }]
      : entries.flatMap(({ file, line, rule, error }) =>
          rule === undefined && error !== undefined ? [{ file, line, message: error }] : [],
        );
  return { accepted: errors.length === 0, entries, errors };
}

/** Even an empty file takes a line to name it. */
const leastBytes = 16;

/** Reads on until there were too many bytes: files that include each other would else be read for ever. */
function withinLimit(files: FileSource, first: number): FileSource {
  let total = 0;
  const count = (bytes: number) => {
    total += Math.max(bytes, leastBytes);
    if (total > maximumBytes) {
      throw new TooLarge(
        `the pg_hba.conf, with all that it includes, has more than ${String(maximumBytes)} bytes: give a smaller file`,
      );
    }
  };
  count(first);
  return {
    read(path) {
      const content = files.read(path);
      count(content?.length ?? 0);
      return content;
    },
    list: (path) => files.list(path),
  };
}

/** Why a rule can never match on this server. */
function futility({ type }: Rule, server: Server): string | undefined {
  if (type === "hostssl" && !server.ssl) return "hostssl record cannot match because SSL is disabled";
  if (type === "hostgssenc" && !server.methods.includes("gss")) {
    return "hostgssenc record cannot match because GSSAPI is not supported by this build";
  }
  return undefined;
}
