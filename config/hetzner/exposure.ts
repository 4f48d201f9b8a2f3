import { holds, readRange } from "../../policy/analysis/network/cidr.ts";
import type { Problem } from "../problems.ts";
import type { HetznerSettings, KubeHetznerSettings } from "./schema.ts";

/** What nobody outside may reach: SSH, the API server, PostgreSQL, etcd, kubelets, node ports. */
const GUARDED_PORTS: [number, number][] = [
  [22, 22],
  [2379, 2380],
  [5432, 5432],
  [6443, 6443],
  [10250, 10250],
  [30000, 32767],
];

/** Wider than this is everybody, whoever is left out. */
const WIDEST = { ipv4: 8, ipv6: 16 };

/** Ranges that stand for others in documentation, and so in the examples here: RFC 5737 and RFC 3849. */
const PLACEHOLDERS = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];

/** Sources of the API server that an example left there: they would let in nobody, the machine of `pulumi up` included. */
export function placeholders({ firewallKubeApiSource }: Pick<HetznerSettings, "firewallKubeApiSource">): Problem[] {
  return firewallKubeApiSource.flatMap((got, index) => {
    if (!PLACEHOLDERS.some((range) => holds(range, got))) return [];
    const key = `cluster.hetzner.firewallKubeApiSource[${String(index)}]`;
    const expected = "a network of your own: this one is set aside for documentation, and nobody is in it";
    return [{ key, got, expected, fix: "name the networks that need the API server, that of pulumi up among them" }];
  });
}

/** Sources that let everybody in; keys as in the settings. */
export function exposures(settings: Partial<HetznerSettings> | KubeHetznerSettings): Problem[] {
  const problems = (["firewallKubeApiSource", "firewallSshSource"] as const).flatMap((key) =>
    (settings[key] ?? []).flatMap((cidr, index) => open(`${key}[${String(index)}]`, cidr)),
  );
  const rules = "extraFirewallRules" in settings ? (settings.extraFirewallRules ?? []) : [];
  return [...problems, ...rules.flatMap((rule, index) => ruleProblems(`extraFirewallRules[${String(index)}]`, rule))];
}

function open(key: string, cidr: string): Problem[] {
  if (!isEverybody(cidr)) return [];
  const expected = "a network of your own, not everybody";
  return [{ key, got: cidr, expected, fix: "name the networks that need it, an address as /32" }];
}

function isEverybody(cidr: string): boolean {
  const range = readRange(cidr);
  return range !== undefined && range.prefix < WIDEST[range.family] && !holds("fc00::/7", cidr);
}

type Rule = HetznerSettings["extraFirewallRules"][number];

function ruleProblems(key: string, rule: Rule): Problem[] {
  const problems: Problem[] = [];
  const hasPorts = rule.protocol === "tcp" || rule.protocol === "udp";
  if (hasPorts !== (rule.port !== undefined)) {
    const expected = hasPorts ? `a port, for ${rule.protocol}` : `no port, for ${rule.protocol}`;
    problems.push({ key: `${key}.port`, got: rule.port, expected, fix: hasPorts ? "add it" : "remove it" });
  }
  const [own, other] =
    rule.direction === "in" ? (["sourceIps", "destinationIps"] as const) : (["destinationIps", "sourceIps"] as const);
  if (rule[own].length === 0) {
    const expected = `at least one network, for direction ${rule.direction}`;
    problems.push({ key: `${key}.${own}`, got: [], expected, fix: "name the networks" });
  }
  if (rule[other].length > 0) {
    const expected = `nothing, for direction ${rule.direction}`;
    problems.push({ key: `${key}.${other}`, got: rule[other], expected, fix: `use ${own}` });
  }
  if (
    rule.direction === "in" &&
    rule.protocol === "tcp" &&
    rule.sourceIps.some(isEverybody) &&
    opensGuarded(rule.port)
  ) {
    const expected = "a port that everybody may reach; not SSH, the API server, PostgreSQL, etcd, kubelets, node ports";
    problems.push({ key, got: rule.port, expected, fix: "name the networks that need it in sourceIps" });
  }
  return problems;
}

function opensGuarded(port: string | undefined): boolean {
  if (port === undefined || port === "any") return true;
  const [from = 0, to = from] = port.split("-").map(Number);
  return GUARDED_PORTS.some(([low, high]) => from <= high && low <= to);
}
