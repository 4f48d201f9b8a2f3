import type { Port, Protocol } from "../analysis/network/model.ts";
import { reach, type EngineName } from "../analysis/network/reach.ts";
import { readWorld } from "../analysis/network/world.ts";
import type { Problem } from "../analysis/objects.ts";
import type { Report } from "./format.ts";
import { readObjects, report } from "./input.ts";
import { UsageError } from "./usage-error.ts";

const defaultPorts: readonly Port[] = [{ number: 5432, protocol: "TCP" }];

/** `guard reach`: for every pair of pods whether one reaches the other. */
export function reachCommand(
  files: readonly string[],
  options: { engine: EngineName; port?: readonly Port[] },
): Report {
  const problems: Problem[] = [];
  const { items: objects, unread } = readObjects(files);
  const world = readWorld(objects, problems);
  report(problems);
  const rows = reach(world, options.port ?? defaultPorts, options.engine);
  const tooFew = `There are ${String(world.pods.length)} pods here: instances are not among them unless the input holds them.`;
  return {
    data: rows,
    unread,
    sections: [
      {
        header: ["FROM", "TO", "PORT", "ALLOWED", "BY"],
        rows: rows.map(({ from, to, port, protocol, allowed, by, differs }) => [
          from,
          to,
          `${String(port)}/${protocol}`,
          `${allowed === null ? "undecided" : allowed ? "yes" : "no"}${differs ? "*" : ""}`,
          by.join(", "),
        ]),
      },
      ...(rows.some(({ differs }) => differs)
        ? [{ text: "* The other network policy engine answers otherwise." }]
        : []),
      ...(world.pods.length < 2 ? [{ text: tooFew }] : []),
    ],
  };
}

/** Reads `5432` or `5432/TCP`. */
export function parsePort(text: string): Port {
  const [, number = "", protocol = "TCP"] = /^(\d{1,5})(?:\/(TCP|UDP|SCTP))?$/i.exec(text) ?? [];
  if (number === "" || Number(number) < 1 || Number(number) > 65535) {
    throw new UsageError(`--port ${text}: expected a number from 1 to 65535, with /TCP, /UDP or /SCTP after it`);
  }
  return { number: Number(number), protocol: protocol.toUpperCase() as Protocol };
}
