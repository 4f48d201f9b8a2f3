/** What the first charts of each line install; older charts install at most what the first row says. */
const charts: readonly (readonly [chart: string, operator: string])[] = [
  ["0.0.0", "1.25.1"],
  ["0.24.0", "1.26.0"],
  ["0.25.0", "1.26.1"],
  ["0.26.0", "1.27.0"],
  ["0.26.1", "1.27.1"],
  ["0.27.0", "1.28.0"],
  ["0.27.1", "1.28.1"],
  ["0.28.0", "1.29.0"],
  ["0.28.1", "1.29.1"],
  ["0.29.0", "1.30.0"],
];

/** The operator that a version of the chart installs; of newer charts than this knows, at least that. */
export function operatorOfChart(chart: string | undefined): string | undefined {
  if (chart === undefined) return undefined;
  return charts.findLast(([first]) => compareVersions(first, chart) <= 0)?.[1];
}

/** Order of two versions like `1.29.2`: negative, zero or positive. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
