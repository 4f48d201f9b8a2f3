import { existsSync, readFileSync } from "node:fs";

const file = "/proc/self/mountinfo";

/** What is mounted where this process runs, in the kernel's own words; empty where the system is not Linux. */
export function mountinfo(): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
