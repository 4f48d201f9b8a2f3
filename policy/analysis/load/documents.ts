import { constructFromEvents, CORE_SCHEMA, mergeTag, parseEvents, YAMLException } from "js-yaml";
import type { Json } from "../json.ts";
import type { Problem } from "../objects.ts";
import { maxExpansion, measureAliases } from "./aliases.ts";
import { lineFinder, type LineFinder } from "./positions.ts";

/** One document of a file: its value, and where its fields stand. */
export interface SourceDocument {
  readonly value: Json;
  readonly lineOf: LineFinder;
}

const schema = CORE_SCHEMA.withTags(mergeTag);

/** Reads the YAML or JSON documents of one file. A document that cannot be read is a problem; the others still count. */
export function readDocuments(text: string, file: string): { documents: SourceDocument[]; problems: Problem[] } {
  const json = readJson(text);
  if (json !== undefined) return { documents: [{ value: json, lineOf: lineFinder(text, 1) }], problems: [] };

  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  let expanded = 0;
  for (const { source, firstLine } of split(text)) {
    try {
      const lineOf = lineFinder(source, firstLine);
      const events = parseEvents(source, {});
      expanded += measureAliases(events, source, maxExpansion - expanded);
      const values = constructFromEvents(events, { schema, source }) as Json[];
      documents.push(...values.map((value) => ({ value, lineOf })));
    } catch (error) {
      const line = firstLine + (error instanceof YAMLException ? (error.mark?.line ?? 0) : 0);
      problems.push({ file, line, message: `not readable as YAML: ${reason(error)}`, unread: true });
    }
  }
  return { documents, problems };
}

function readJson(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A line that starts with --- ends a document whatever it stands in, so the documents of a file can be read one by one. */
function* split(text: string): Generator<{ source: string; firstLine: number }> {
  let start = 0;
  let firstLine = 1;
  for (const end of [...boundaries(text), text.length]) {
    const source = text.slice(start, end);
    if (hasContent(source)) yield { source, firstLine };
    firstLine += count(source, "\n");
    start = end + marker.length;
  }
}

const marker = "---";

/** Where the lines start that end a document. */
function boundaries(text: string): number[] {
  return Array.from(text.matchAll(/(?<![^\n])(?:---|\.\.\.)(?!\S)/g), ({ index }) => index);
}

function hasContent(source: string): boolean {
  return /(?<![^\n])[^\S\n]*[^\s#%]/.test(source);
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++;
  return found;
}

function reason(error: unknown): string {
  if (error instanceof YAMLException) return error.reason;
  return error instanceof RangeError ? "nested too deeply" : String(error);
}
