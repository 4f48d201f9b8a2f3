import { basename } from "node:path";
import { Refusal } from "../log.ts";
import { pulumiCommand } from "./pulumi.ts";

try {
  const { file, args, env } = await pulumiCommand(process.argv.slice(2));
  process.execve?.(file, [basename(file), ...args], env);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
}
