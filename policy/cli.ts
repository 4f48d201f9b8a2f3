#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { accessCommand } from "./cli/access.ts";
import { checkCommand, checkFormats, type CheckOptions } from "./cli/check.ts";
import { formats, render, type Format, type Report } from "./cli/format.ts";
import { hbaCommand, parseMajor, parseSelectors, type HbaOptions } from "./cli/hba.ts";
import { canCommand, powersCommand, type CanOptions } from "./cli/rbac.ts";
import { parsePort, reachCommand } from "./cli/reach.ts";
import { UsageError } from "./cli/usage-error.ts";
import type { Port } from "./analysis/network/model.ts";
import type { EngineName } from "./analysis/network/reach.ts";

const unusableInput = 2;
const exitCodes = `
Exit code 2: some input, or all of it, could not be read; what could be is answered all the same.
Exit code 1: check found something mandatory (or what --fail-on says); access found somebody let in whom nobody declared,
a client locked out, a lifeline cut or, with --against, anybody gained; PostgreSQL refuses the file of hba; can says no.`;

const program = new Command("guard")
  .description("Who can get into the databases of these manifests, and how: computed from the objects alone")
  .exitOverride()
  .showHelpAfterError("(guard --help shows what there is)")
  .addHelpText("after", exitCodes);

/** A command with the options that all of them have. */
function command(name: string, description: string, choices: readonly string[] = formats): Command {
  return program
    .command(name)
    .description(description)
    .addOption(new Option("--format <format>", "how to answer").choices(choices).default("table"));
}

const engine = () =>
  new Option("--engine <engine>", "the network policy engine to answer for")
    .choices(["standard", "k3s"])
    .default("standard");
const filesHelp = "manifests, directories, `pulumi preview --json`, `pulumi stack export`, or - for standard input";

command("check", "every rule of the policy pack", checkFormats)
  .argument("<files...>", filesHelp)
  .addOption(
    new Option("--fail-on <level>", "the lowest level of a finding that makes the exit code 1")
      .choices(["mandatory", "advisory"])
      .default("mandatory"),
  )
  .option("--config <file>", "levels and parameters of the rules, as for pulumi's --policy-pack-config")
  .action((files: string[], options: CheckOptions) => {
    const { report, exitCode } = checkCommand(files, options);
    answer(report, options.format === "sarif" ? "json" : options.format, exitCode);
  });

command("access", "both layers joined: each source on each port of each CloudNativePG Cluster")
  .argument("<files...>", filesHelp)
  .addOption(engine())
  .option("--against <files...>", "an older version to compare with")
  .action((files: string[], options: { format: Format; engine: EngineName; against?: string[] }) => {
    const { report, exitCode } = accessCommand(files, options);
    answer(report, options.format, exitCode);
  });

command("reach", "which pod reaches which on a port")
  .argument("<files...>", filesHelp)
  .addOption(engine())
  .option("--port <port>", "a port such as 5432/TCP; may be repeated", collectPort)
  .action((files: string[], options: { format: Format; engine: EngineName; port?: readonly Port[] }) => {
    answer(reachCommand(files, options), options.format);
  });

command("hba", "what a pg_hba.conf means to PostgreSQL")
  .argument("<file>", "the file, or - for standard input")
  .requiredOption("--major <major>", "the major version of PostgreSQL", parseMajor)
  .option("--cnpg", "surround it with CloudNativePG's fixed lines and expand pod selectors")
  .option(
    "--selectors <name=addresses>",
    "the addresses of a pod selector: NAME=IP,IP; may be repeated",
    parseSelectors,
  )
  .option("--probes <file>", "connections to decide, as JSON: [{ssl, replication, database, user, roles, address}]")
  .action((file: string, options: HbaOptions & { format: Format }) => {
    const { report, exitCode } = hbaCommand(file, options);
    answer(report, options.format, exitCode);
  });

command("can", "whether RBAC allows something")
  .argument("<files...>", filesHelp)
  .option("--subject <subject>", "a user name, or system:serviceaccount:NAMESPACE:NAME")
  .option("--verb <verb>", "get, list, create, …")
  .option(
    "--resource <resource>",
    "secrets, pods/exec, deployments.apps, apps/deployments/scale, or a path such as /metrics",
  )
  .option("--namespace <namespace>", "the namespace; none is cluster-scoped, or all of them")
  .option("--name <name>", "the name of the object")
  .option(
    "--questions <file>",
    "many questions, as JSON: [{subject, groups, namespace, group, resource, subresource, name, verb}]",
  )
  .action((files: string[], options: CanOptions & { format: Format }) => {
    const { report, exitCode } = canCommand(files, options);
    answer(report, options.format, exitCode);
  });

command("powers", "who can get around the guards of a database, and how")
  .argument("<files...>", filesHelp)
  .option("--subject <subject>", "only of this subject")
  .action((files: string[], options: { format: Format; subject?: string }) => {
    answer(powersCommand(files, options), options.format);
  });

function collectPort(text: string, before: readonly Port[] = []): readonly Port[] {
  return [...before, parsePort(text)];
}

function answer(report: Report, format: Format, exitCode = 0): void {
  process.stdout.write(render(report, format));
  const isWhole = report.unread === undefined || report.unread.length === 0;
  process.exitCode = isWhole ? exitCode : unusableInput;
}

/** Whoever reads only the first lines, as `head` does, closes the pipe: what is left of the answer nobody wants. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);

try {
  program.parse();
} catch (error) {
  if (error instanceof UsageError) process.stderr.write(`guard: ${error.message}\n`);
  else if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : unusableInput;
}
