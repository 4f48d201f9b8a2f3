import type { Problem } from "../analysis/objects.ts";
import { markdownTable, textTable } from "./text-table.ts";

export const formats = ["table", "json", "markdown"] as const;
export type Format = (typeof formats)[number];

/** Part of a report: a table under a heading, or lines of text. */
export type Section =
  | {
      readonly title?: string;
      readonly header: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly text: string };

/** What a command answers: as data for machines, and as sections for people. */
export interface Report {
  readonly data: unknown;
  readonly sections: readonly Section[];
  /** What of the input could not be read: the answer leaves it out. */
  readonly unread?: readonly Problem[];
}

/** A report in one of the formats, with its last newline. */
export function render({ data, sections, unread = [] }: Report, format: Format): string {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  const table = format === "markdown" ? markdownTable : textTable;
  const heading = (title: string) => (format === "markdown" ? `### ${title}\n\n` : `${title}\n`);
  const parts = sections.map((section) => {
    if ("text" in section) return section.text;
    return `${section.title === undefined ? "" : heading(section.title)}${table(section.header, section.rows)}`;
  });
  const left = unread.map(({ file, line, message }) => `Not read: ${file}:${String(line)}: ${message}`);
  return `${[...parts, ...left].join("\n\n")}\n`;
}
