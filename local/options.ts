import { parseArgs } from "node:util";
import { Refusal } from "./log.ts";

const commands = ["up", "proof", "status", "down"] as const;
const formats = ["table", "json"] as const;
const grounds = ["bare", "k3d"] as const;

/** What `npm run local -- …` was asked to do. */
export interface Options {
  /** Undefined: `up`, then `proof`. */
  command: (typeof commands)[number] | undefined;
  /** What the cluster is made of. */
  on: (typeof grounds)[number];
  /** File of a kubeconfig: that cluster is used, and none is made. */
  kubeconfig: string | undefined;
  format: (typeof formats)[number];
  /** Whether the proof may kill a primary in a cluster that it did not make. */
  destructive: boolean;
}

export const usage = `npm run local [-- up|proof|status|down] [--on bare|k3d] [--kubeconfig FILE] [--destructive] [--format table|json]

  up       a Kubernetes cluster on this machine, then pulumi preview and up of stack local
  proof    who gets in and who does not, and a failover under load
  status   what is up
  down     removes all that up made
Without a command: up, then proof.`;

/** @throws Refusal that names the wrong word and the right ones */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { values, positionals } = parsed(args);
  if (values.help) return "help";
  const [command, ...rest] = positionals;
  if (rest.length > 0) throw new Refusal(`one command at a time, got ${positionals.join(" ")}\n\n${usage}`);
  return {
    command: command === undefined ? undefined : oneOf("command", command, commands),
    on: oneOf("--on", values.on, grounds),
    kubeconfig: values.kubeconfig,
    format: oneOf("--format", values.format, formats),
    destructive: values.destructive,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        on: { type: "string", default: "bare" },
        kubeconfig: { type: "string" },
        format: { type: "string", default: "table" },
        destructive: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

function oneOf<T extends string>(what: string, given: string, known: readonly T[]): T {
  const found = known.find((one) => one === given);
  if (found === undefined) throw new Refusal(`${what}: got ${given}, expected ${known.join(", ")}\n\n${usage}`);
  return found;
}
