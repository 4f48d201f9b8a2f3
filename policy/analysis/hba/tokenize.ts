import { posix } from "node:path";
import { type Bytes, toBytes, toText } from "./bytes.ts";
import { logicalLines } from "./lines.ts";
import type { Major } from "./server.ts";
import { scanList, type Token, TokenTooLong } from "./tokens.ts";

/** Where `@file`, `include`, `include_if_exists` and `include_dir` find what they name. */
export interface FileSource {
  /** The contents of a file by absolute path; undefined where there is none. */
  read(path: string): string | Uint8Array | undefined;
  /** The names of the files in a directory by absolute path; undefined where there is none. */
  list(path: string): readonly string[] | undefined;
}

/** A line that says something: its lists of tokens, or why it could not be split into them. */
export interface TokenLine {
  /** The path of the included file; undefined for the file itself. */
  readonly file: string | undefined;
  readonly line: number;
  readonly fields: readonly (readonly Token[])[];
  readonly error: string | undefined;
}

/** What is read, and how. */
export interface Reading {
  readonly major: Major;
  readonly files: FileSource;
  /** The absolute path of the file at hand, against which relative includes are resolved. */
  readonly path: string;
  /** How many files lie between this one and the file itself. */
  readonly depth: number;
}

class Unreadable extends Error {}

const maximumDepth = 10;
/** Before PostgreSQL 16 only the number of open files ends a nesting, and the server with it. */
const maximumDepthBeforeIncludes = 250;
const lastMajorWithFixedBuffer = 15;
const firstMajorWithIncludes = 16;

/** Splits a pg_hba.conf into lines of token lists and follows what it includes. */
export function tokenize(bytes: Bytes, reading: Reading): readonly TokenLine[] {
  const lines: TokenLine[] = [];
  const file = reading.depth === 0 ? undefined : reading.path;
  for (const { number, text } of logicalLines(bytes)) {
    const fields: (readonly Token[])[] = [];
    try {
      for (const field of splitFields(text, reading)) fields.push(field);
      const included = fields.length === 2 ? includedLines(fields, reading) : undefined;
      if (included !== undefined) for (const line of included) lines.push(line);
      else if (fields.length > 0) lines.push({ file, line: number, fields, error: undefined });
    } catch (error) {
      if (!(error instanceof Unreadable) && !(error instanceof TokenTooLong)) throw error;
      lines.push({ file, line: number, fields, error: error.message });
    }
  }
  return lines;
}

function* splitFields(line: Bytes, reading: Reading): Generator<readonly Token[]> {
  for (let next = 0; next < line.length;) {
    const scan = scanList(line, next, reading.major <= lastMajorWithFixedBuffer);
    next = scan.next;
    const tokens = scan.tokens.some(namesFile)
      ? scan.tokens.flatMap((token) => (namesFile(token) ? fileTokens(token.text.slice(1), reading) : token))
      : scan.tokens;
    if (tokens.length > 0) yield tokens;
  }
}

function namesFile(token: Token): boolean {
  return !token.quoted && token.text.length > 1 && token.text.startsWith("@");
}

/** All tokens of a file that a list names as `@file`, whatever lines they are on. */
function fileTokens(name: Bytes, reading: Reading): readonly Token[] {
  const path = resolve(name, reading);
  const bytes = open(path, reading);
  if (bytes === undefined) {
    throw new Unreadable(
      reading.major < firstMajorWithIncludes
        ? `could not open secondary authentication file "@${toText(name)}" as "${path}": No such file or directory`
        : missing(path),
    );
  }
  return tokenize(bytes, { ...reading, path, depth: reading.depth + 1 }).flatMap((line) => {
    if (line.error !== undefined) throw new Unreadable(line.error);
    return line.fields.flat();
  });
}

/** The lines that an include record stands for; undefined where the line is none. */
function includedLines(fields: readonly (readonly Token[])[], reading: Reading): readonly TokenLine[] | undefined {
  const [record, name] = fields.map((field) => field[0]?.text ?? "");
  if (record === undefined || name === undefined || reading.major < firstMajorWithIncludes) return undefined;
  switch (record) {
    case "include":
    case "include_if_exists": {
      const path = resolve(name, reading);
      const bytes = open(path, reading);
      if (bytes === undefined && record === "include") throw new Unreadable(missing(path));
      return bytes === undefined ? [] : tokenize(bytes, { ...reading, path, depth: reading.depth + 1 });
    }
    case "include_dir":
      return configurationFiles(name, reading).flatMap((path) =>
        tokenize(open(path, reading) ?? "", { ...reading, path, depth: reading.depth + 1 }),
      );
    default:
      return undefined;
  }
}

/** The paths of the configuration files in a directory, in the order in which they are read. */
function configurationFiles(name: Bytes, reading: Reading): readonly string[] {
  if (/^[ \t\r\n]*$/.test(name)) throw new Unreadable("empty configuration directory name");
  const directory = resolve(name, reading);
  const names = reading.files.list(directory);
  if (names === undefined) throw new Unreadable(`could not open directory "${directory}"`);
  return names
    .filter((file) => file.length > ".conf".length && file.endsWith(".conf") && !file.startsWith("."))
    .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    .map((file) => posix.join(directory, file));
}

function resolve(name: Bytes, reading: Reading): string {
  return posix.resolve(posix.dirname(reading.path), toText(name));
}

function open(path: string, reading: Reading): Bytes | undefined {
  if (reading.depth >= (reading.major < firstMajorWithIncludes ? maximumDepthBeforeIncludes : maximumDepth)) {
    throw new Unreadable(`could not open file "${path}": maximum nesting depth exceeded`);
  }
  // A directory can be opened, too: it reads as an empty file.
  const content = reading.files.read(path) ?? (reading.files.list(path) === undefined ? undefined : "");
  return content === undefined ? undefined : toBytes(content);
}

function missing(path: string): string {
  return `could not open file "${path}": No such file or directory`;
}
