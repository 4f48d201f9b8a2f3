import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { majors } from "../../../policy/analysis/hba/index.ts";
import { accessCommand } from "../../../policy/cli/access.ts";
import { checkCommand, checkFormats } from "../../../policy/cli/check.ts";
import { formats, render, type Report } from "../../../policy/cli/format.ts";
import { hbaCommand } from "../../../policy/cli/hba.ts";
import { canCommand, powersCommand } from "../../../policy/cli/rbac.ts";
import { reachCommand } from "../../../policy/cli/reach.ts";
import { UsageError } from "../../../policy/cli/usage-error.ts";
import { noise } from "../hba/generate/noise.ts";
import type { Random } from "../random.ts";
import { manifests, probes, questionsFile } from "./inputs.ts";

export const commands = ["check", "access", "against", "reach", "hba", "can", "powers"] as const;
type Command = (typeof commands)[number];

/** How a command ended: with an answer, or saying that its input is of no use. */
export interface Outcome {
  readonly command: Command;
  readonly answered: boolean;
}

/** Asks one command about spoilt input and renders the answer. Whatever is thrown but a UsageError is a fault. */
export function askOne(folder: string, random: Random): Outcome {
  const command = random.pick(commands);
  const write = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  try {
    const report = answer(command, write, random);
    for (const format of formats) render(report, format);
    return { command, answered: true };
  } catch (error) {
    if (error instanceof UsageError) return { command, answered: false };
    throw error;
  }
}

function answer(
  command: Command,
  write: (name: string, content: string | Uint8Array) => string,
  random: Random,
): Report {
  const engine = random.pick(["standard", "k3s"] as const);
  const files = () => [write("input.yaml", manifests(random))];
  switch (command) {
    case "check":
      return checkCommand(files(), { format: random.pick(checkFormats), failOn: "mandatory" }).report;
    case "access":
      return accessCommand(files(), { engine }).report;
    case "against":
      return accessCommand(files(), { engine, against: [write("older.yaml", manifests(random))] }).report;
    case "reach":
      return reachCommand(files(), { engine });
    case "powers":
      return powersCommand(files(), {});
    case "can":
      return canCommand(files(), { questions: write("questions.json", questionsFile(random)) }).report;
    case "hba": {
      const { text, cnpg = false, selectors = new Map<string, string[]>() } = noise(random);
      const options = { major: random.pick(majors), cnpg, ...(cnpg && { selectors }) };
      const asked = random.chance(0.5) ? { probes: write("probes.json", probes(random)) } : {};
      return hbaCommand(write("pg_hba.conf", text), { ...options, ...asked }).report;
    }
  }
}
