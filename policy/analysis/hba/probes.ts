import { isObject, type Json, type JsonObject } from "../json.ts";
import { parseAddress } from "./address.ts";
import type { Connection } from "./decide.ts";

/** Probes that are not of the expected shape. */
export class BadProbes extends Error {
  override readonly name = "BadProbes";
}

/**
 * The connections that a list `[{ssl, replication, database, user, roles, address}]` describes. `user` is required;
 * `ssl`, `gss` and `replication` default to false, `database` to the user's name, `roles` to none, `address` to the Unix
 * socket (null), and `hostname` to one that is not known.
 * @throws BadProbes naming the probe, what it has and what was expected
 */
export function readProbes(probes: Json): readonly Connection[] {
  if (!Array.isArray(probes)) throw new BadProbes("the probes are not a list: expected [{database, user, address}, …]");
  return (probes as readonly Json[]).map((probe, index) => {
    if (!isObject(probe))
      throw new BadProbes(`probe ${String(index)} is not an object: expected {database, user, address}`);
    return readProbe(probe, index);
  });
}

function readProbe(probe: JsonObject, index: number): Connection {
  const { ssl = false, gss = false, replication = false, database = "", user, address = null } = probe;
  const { roles = [], hostname } = probe;
  if (typeof ssl !== "boolean") throw bad("ssl", ssl, "true or false");
  if (typeof gss !== "boolean") throw bad("gss", gss, "true or false");
  if (typeof replication !== "boolean" && replication !== "database") {
    throw bad("replication", replication, 'true, false or "database"');
  }
  if (typeof database !== "string") throw bad("database", database, "a name");
  if (typeof user !== "string") throw bad("user", user, "a name");
  if (address !== null && (typeof address !== "string" || parseAddress(address) === undefined)) {
    throw bad("address", address, "an IP address, or null for the Unix socket");
  }
  if (roles !== null && !isNames(roles))
    throw bad("roles", roles, "a list of names, or null for a user unknown to the server");
  if (hostname !== undefined && hostname !== null && typeof hostname !== "string") {
    throw bad("hostname", hostname, "a host name, or null for none");
  }
  return { ssl, gss, replication, database, user, address, roles, hostname };

  function bad(name: string, value: Json | undefined, expected: string): BadProbes {
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
    return new BadProbes(`probe ${String(index)}: ${name} ${found}: expected ${expected}`);
  }
}

function isNames(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
