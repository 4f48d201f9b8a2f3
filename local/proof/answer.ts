import type { Answer } from "../../components/enforcement/probe.ts";

/** Who let a connection in, or turned it away. */
export type Layer = "network" | "DNS" | "TLS client" | "pg_hba" | "password" | "PostgreSQL" | "nobody";

/** An answer, read: "in", "out: <layer>" or "undecided", and the layer that answered. */
export interface Reading {
  observed: string;
  by: Layer;
}

/**
 * Words by which libpq (in English, as the probe asks for) and PostgreSQL tell which layer turned a login away.
 * The first that fits decides.
 */
const wordings: [Layer, RegExp][] = [
  ["pg_hba", /pg_hba\.conf rejects|no pg_hba\.conf entry|requires a valid client certificate/],
  ["password", /password authentication failed|no password supplied/],
  ["TLS client", /certificate verify failed|root certificate|server certificate for|does not match host name/],
  ["DNS", /could not translate host name/],
  ["network", /timeout expired|Connection refused|No route to host|Network is unreachable/],
  ["PostgreSQL", /FATAL:/],
];

/** Which layer an answer came from. What fits no wording is undecided, and so never as expected. */
export function read({ outcome, message }: Answer): Reading {
  switch (outcome) {
    case "connected":
      return { observed: "in", by: "network" };
    case "in":
      return { observed: "in", by: "PostgreSQL" };
    case "refused":
    case "timeout":
      return out("network");
    case "out": {
      const layer = wordings.find(([, wording]) => wording.test(message))?.[0];
      return layer ? out(layer) : { observed: "undecided", by: "nobody" };
    }
    case "error":
      return { observed: "undecided", by: "nobody" };
  }
}

function out(by: Layer): Reading {
  return { observed: `out: ${by}`, by };
}
