import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Major } from "../../../policy/analysis/hba/index.ts";
import type { Extent, Tally } from "./differential.ts";
import { inNamespaces } from "./namespace.ts";
import { runOrThrow } from "./run.ts";

/** What to compare, and with whom. */
export interface Order extends Extent {
  readonly majors: readonly Major[];
  /** Whether to compare with Debian's server, too, where it is installed. */
  readonly debian: boolean;
  /** The directory of the package whose judge is compared. */
  readonly policy: string;
}

const driver = fileURLToPath(new URL("driver.ts", import.meta.url));

/** Compares our judge with real servers in namespaces of their own. */
export async function differ(order: Order): Promise<readonly Tally[]> {
  const [command, ...args] = [...inNamespaces, process.execPath, driver, JSON.stringify(order)];
  return JSON.parse(await runOrThrow(command, args)) as Tally[];
}

/** Why no servers can be compared with here; undefined where they can. */
export function whyNot(): string | undefined {
  const [command, ...args] = [...inNamespaces, "ip", "link", "set", "lo", "up"];
  try {
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    return undefined;
  } catch (error) {
    return `no network namespace of our own: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
}

/** One line for each server: what was compared. */
export function report(tallies: readonly Tally[]): string {
  return tallies
    .map(({ server, files, refused, rows, decisions, lines, answers, traps, known, differences }) => {
      const share = ((100 * refused) / files).toFixed(0);
      const counts = `${String(files)} files (${share} % refused), ${String(rows)} rows, ${String(decisions)} decisions (${String(lines)} with the line)`;
      return `${server}: ${counts}, ${String(differences.length)} differences; ${show(answers)}; ${show(traps)}; ${show(known)}`;
    })
    .join("\n");
}

function show(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(", ");
}
