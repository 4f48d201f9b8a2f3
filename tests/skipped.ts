/** The title of a suite, with the reason where it is skipped: reports and tests/summary.ts repeat titles, and nothing else. */
export function titleWithReason(title: string, obstacle: string | undefined): string {
  return obstacle === undefined ? title : `${title} (skipped: ${obstacle.replace(/\s+/g, " ")})`;
}
