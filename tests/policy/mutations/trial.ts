import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutation } from "./mutation.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/** What a test said of a copy of the judges. */
export interface Trial {
  readonly passed: boolean;
  /** Whether some of it could not run here. */
  readonly skipped: boolean;
  readonly output: string;
}

/** Runs a test on a copy of the judges, with a fault unless there is none. */
export async function tryTest(run: Pick<Mutation, "test" | "env">, fault?: Mutation): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), "mutant-"));
  try {
    const policy = join(directory, "policy");
    cpSync(join(repository, "policy"), policy, { recursive: true, filter: (path) => !path.endsWith("/node_modules") });
    symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
    if (fault !== undefined) inject(policy, fault);
    return await runTest(run, policy);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function inject(policy: string, { file, from, to }: Mutation): void {
  const path = join(policy, file);
  const [before, after, ...more] = readFileSync(path, "utf8").split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`policy/${file} must have this text exactly once, to put a fault in its place: ${from}`);
  }
  writeFileSync(path, before + to + after);
}

/** The test imports the copy instead of the repository's package: see the alias in vitest.config.ts. */
function runTest({ test, env }: Pick<Mutation, "test" | "env">, policy: string): Promise<Trial> {
  const args = [join(repository, "node_modules/vitest/vitest.mjs"), "run", test];
  const environment = { ...process.env, ...env, POLICY_UNDER_TEST: policy, NO_COLOR: "1" };
  const options = { cwd: repository, env: environment, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const output = stdout + stderr;
      resolve({ passed: error === null, skipped: /\d+ skipped/.test(output), output });
    });
  });
}
