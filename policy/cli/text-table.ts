/** Columns as wide as their widest cell, two blanks apart. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The same as a table of GitHub Flavored Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A cell ends at a bar or at the end of the line; a backslash before a bar would take the escape away from it. */
function escaped(cell: string): string {
  return cell.replace(/[\\|]/g, "\\$&").replace(/\r?\n|\r/g, " ");
}
