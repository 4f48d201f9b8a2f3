import { readFileSync } from "node:fs";

/** Content of a file of the kernel's; empty where there is none: a process or cgroup can go at any moment. */
export function kernelText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Name of the program that a process runs; empty when it has ended. */
export function programOf(pid: number): string {
  return kernelText(`/proc/${String(pid)}/comm`).trim();
}
