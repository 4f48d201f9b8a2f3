import { isObject, list, object, quote, text, type Json, type JsonObject } from "../json.ts";
import type { KubeObject, Problem } from "../objects.ts";
import { readSelector } from "../selector.ts";
import { holdsUnknown, isUnknown, unknownValue } from "../unknown.ts";
import { blockProblem } from "./cidr.ts";
import type { Peer, Policy, PortMatch, Protocol, Rule } from "./model.ts";

type Complain = (message: string, ...path: readonly (string | number)[]) => void;

/** Reads a NetworkPolicy. One that the API server refuses is no policy at all: it is left out, and the problems say why. */
export function readPolicy(source: KubeObject, problems: Problem[]): Policy | undefined {
  const found: Problem[] = [];
  const complain: Complain = (message, ...path) => {
    const text = `NetworkPolicy ${source.namespace}/${source.name} would be refused: ${message}`;
    found.push({ file: source.position.file, line: source.lineOf("spec", ...path), message: text });
  };
  const written = source.body["spec"];
  const spec = isUnknown(written) ? hiddenSpec : object(written);
  const ingress = readRules(spec, "ingress", "from", complain);
  const egress = readRules(spec, "egress", "to", complain);
  const types = readTypes(spec["policyTypes"], complain);
  const selector = readSelector(spec["podSelector"] ?? {}, (message) => {
    complain(message, "podSelector");
  });
  problems.push(...found);
  if (found.length > 0) return undefined;
  return {
    namespace: source.namespace,
    name: source.name,
    // Either type may be missing in the end: then it isolates nobody.
    selector: holdsUnknown(spec["policyTypes"]) ? { ...selector, known: false } : selector,
    isolatesIngress: types?.has("Ingress") ?? true,
    isolatesEgress: types?.has("Egress") ?? egress.length > 0,
    ingress,
    egress,
    position: source.position,
  };
}

/** What is not known at all may select, isolate and admit anything. */
const hiddenSpec: JsonObject = { podSelector: unknownValue, ingress: unknownValue, egress: unknownValue };

/** The declared types, undefined where the defaults apply: Ingress, and Egress only if there are egress rules. */
function readTypes(value: Json | undefined, complain: Complain): ReadonlySet<string> | undefined {
  if (holdsUnknown(value)) return new Set(["Ingress", "Egress"]);
  const types = list(value);
  for (const type of types) {
    if (type !== "Ingress" && type !== "Egress") {
      complain(`policyTypes holds ${quote(type)}, expected Ingress or Egress`, "policyTypes");
    }
  }
  return types.length === 0 ? undefined : new Set(types.filter((type) => typeof type === "string"));
}

function readRules(spec: JsonObject, direction: string, peersField: string, complain: Complain): Rule[] {
  const written = spec[direction];
  return (isUnknown(written) ? [unknownValue] : list(written)).map((value, index): Rule => {
    const rule = object(value);
    const peers = list(rule[peersField]).map((peer, position) =>
      readPeer(peer, (message) => {
        complain(message, direction, index, peersField, position);
      }),
    );
    const ports = list(rule["ports"]).map((port, position) =>
      readPort(port, (message) => {
        complain(message, direction, index, "ports", position);
      }),
    );
    const hidden = isUnknown(value);
    return {
      peers: hidden || isUnknown(rule[peersField]) ? [{ kind: "unknown" }] : peers.length === 0 ? "everyone" : peers,
      ports: hidden || isUnknown(rule["ports"]) ? [{ kind: "unknown" }] : ports.length === 0 ? "all" : ports,
    };
  });
}

function readPeer(value: Json, complain: (message: string) => void): Peer {
  if (isUnknown(value)) return { kind: "unknown" };
  const peer = object(value);
  const { podSelector: pods, namespaceSelector: namespaces, ipBlock } = peer;
  if (isUnknown(ipBlock)) return { kind: "unknown" };
  if (isObject(ipBlock)) {
    if (pods !== undefined || namespaces !== undefined) complain("ipBlock cannot stand beside a selector in one peer");
    if (isUnknown(ipBlock) || isUnknown(ipBlock["cidr"]) || list(ipBlock["except"]).some(isUnknown)) {
      return { kind: "unknown" };
    }
    const block = {
      cidr: text(ipBlock["cidr"]) ?? "",
      except: list(ipBlock["except"]).map((cidr) => text(cidr) ?? quote(cidr)),
    };
    const problem = blockProblem(block);
    if (problem !== undefined) complain(problem);
    return { kind: "block", block };
  }
  if (![pods, namespaces].some((selector) => isObject(selector) || isUnknown(selector))) {
    complain("a peer needs a podSelector, a namespaceSelector or an ipBlock");
  }
  return {
    kind: "pods",
    namespaces: isObject(namespaces) || isUnknown(namespaces) ? readSelector(namespaces, complain) : undefined,
    pods: readSelector(pods ?? {}, complain),
  };
}

function readPort(value: Json, complain: (message: string) => void): PortMatch {
  const { port, endPort, protocol = "TCP" } = object(value);
  if ([value, port, endPort, protocol].some(isUnknown)) return { kind: "unknown" };
  if (!isProtocol(protocol)) {
    complain(`protocol ${quote(protocol)} is not one of TCP, UDP, SCTP`);
    return { kind: "unknown" };
  }
  if (port === undefined || port === null) {
    if (typeof endPort === "number") complain("endPort needs a port to start from");
    return { kind: "numbers", protocol, first: 0, last: 65535 };
  }
  if (typeof port === "string") {
    if (!isPortName(port)) complain(`port ${quote(port)} is neither a number nor the name of a port`);
    if (typeof endPort === "number") complain(`endPort cannot follow the named port ${port}`);
    return { kind: "name", protocol, name: port };
  }
  const last = endPort ?? port;
  if (!isPortNumber(port)) complain(`port ${quote(port)} is not a number from 1 to 65535`);
  else if (!isPortNumber(last) || last < port) {
    complain(`endPort ${quote(last)} is not a number from port ${String(port)} to 65535`);
  } else return { kind: "numbers", protocol, first: port, last };
  return { kind: "unknown" };
}

function isProtocol(value: Json): value is Protocol {
  return value === "TCP" || value === "UDP" || value === "SCTP";
}

function isPortNumber(value: Json): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}

/** An IANA service name: at most 15 of a-z, 0-9 and single dashes inside, with at least one letter. */
function isPortName(value: string): boolean {
  return value.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
}
