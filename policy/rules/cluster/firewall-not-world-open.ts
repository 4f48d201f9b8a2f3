import { at, list, text, type Json } from "../../analysis/json.ts";
import { readRange } from "../../analysis/network/cidr.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ResourceRule } from "../rule.ts";
import { hcloud } from "./hcloud.ts";

type Ports = readonly (readonly [first: number, last: number])[];

const nodePorts = [30000, 32767] as const;

/** SSH, etcd, PostgreSQL, the API server, the kubelet; over UDP the pod network itself, which asks nobody who he is. */
const closed: Readonly<Record<string, Ports>> = {
  tcp: [[22, 22], [2379, 2380], [5432, 5432], [6443, 6443], [10250, 10250], nodePorts],
  udp: [[8472, 8472], nodePorts],
};

/** Nobody has more addresses than this to name: two halves of the world are the world. */
const widest = { ipv4: 8, ipv6: 16 };

/** A firewall that lets the whole world in keeps nobody out; whoever runs the cluster has addresses to name. */
export const firewallNotWorldOpen: ResourceRule = {
  scope: "resource",
  name: "firewall-not-world-open",
  level: "mandatory",
  severity: "critical",
  description: "A firewall must not open what runs the cluster, or its database, to the whole world.",
  fix: "name in sourceIps the addresses that need it",
  url: "https://docs.k3s.io/installation/requirements#networking",
  parameters: {
    publicPorts: {
      type: "array",
      items: { type: "integer", minimum: 1, maximum: 65535 },
      default: [],
      description: "Of the guarded ports, those that may be open to the world all the same",
    },
  },
  types: [hcloud.firewall],
  judge({ properties: { rules } }, { parameters }) {
    if (isUnknown(rules)) return [{ path: ["rules"], message: "the rules are not known before up", undecided: true }];
    return list(rules).flatMap((rule, index): readonly Finding[] => {
      if (text(at(rule, "direction")) === "out") return [];
      const ports = opened(rule, list(parameters["publicPorts"]));
      if (ports.length === 0) return [];
      const sources = at(rule, "sourceIps");
      const world = list(sources).filter(isWorld);
      const path = ["rules", index, "sourceIps"];
      const port = portOf(rule) ?? "any";
      if (world.length > 0) return [{ path, message: `port ${port} is open to ${world.map(String).join(" and ")}` }];
      if (!isUnknown(sources) && !list(sources).some(isUnknown)) return [];
      return [{ path, message: `whom port ${port} is open to is not known before up`, undecided: true }];
    });
  },
};

/** The guarded ports that a rule opens; one whose port or protocol is not known yet may open them all. */
function opened(rule: Json, allowed: readonly Json[]): Ports {
  const protocol = at(rule, "protocol");
  const port = portOf(rule) ?? "any";
  const guarded = isUnknown(protocol) ? Object.values(closed).flat() : (closed[text(protocol) ?? ""] ?? []);
  const [first = NaN, last = first] = port.split("-").map(Number);
  const isAny = port === "any" || isUnknown(port);
  return guarded.filter(
    ([from, to]) => (isAny || (first <= to && last >= from)) && !(from === to && allowed.includes(from)),
  );
}

function portOf(rule: Json): string | undefined {
  const port = at(rule, "port");
  return typeof port === "number" ? String(port) : text(port);
}

function isWorld(cidr: Json): boolean {
  const range = typeof cidr === "string" ? readRange(cidr) : undefined;
  return range !== undefined && range.prefix < widest[range.family];
}
