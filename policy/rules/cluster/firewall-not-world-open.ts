import { at, list, text, texts } from "../../analysis/json.ts";
import type { ResourceRule } from "../rule.ts";

/** What runs a cluster listens here: SSH, PostgreSQL, etcd, the API server, the kubelet. */
const closedPorts = [22, 5432, 2379, 2380, 6443, 10250] as const;
const nodePorts = { first: 30000, last: 32767 };

const wholeWorld = new Set(["0.0.0.0/0", "::/0"]);

/** A firewall that lets the whole world in keeps nobody out; whoever runs the cluster has addresses to name. */
export const firewallNotWorldOpen: ResourceRule = {
  scope: "resource",
  name: "firewall-not-world-open",
  level: "mandatory",
  severity: "critical",
  description: "A firewall must not open what runs the cluster, or its database, to the whole world.",
  fix: "name in sourceIps the addresses that need it",
  url: "https://docs.hetzner.com/cloud/firewalls/overview/",
  types: ["hcloud:index/firewall:Firewall"],
  judge({ properties }) {
    return list(properties["rules"]).flatMap((rule, index) => {
      const path = ["rules", index];
      const open = texts(at(rule, "sourceIps")).filter((cidr) => wholeWorld.has(cidr));
      const carries = ["tcp", "udp"].includes(text(at(rule, "protocol")) ?? "");
      if (text(at(rule, "direction")) !== "in" || !carries || open.length === 0) return [];
      const port = text(at(rule, "port")) ?? "any";
      return opens(port) ? [{ path, message: `port ${port} is open to ${open.join(" and ")}` }] : [];
    });
  },
};

function opens(port: string): boolean {
  if (port === "any") return true;
  const [first = NaN, last = first] = port.split("-").map(Number);
  const overlaps = (from: number, to: number) => first <= to && last >= from;
  return closedPorts.some((closed) => overlaps(closed, closed)) || overlaps(nodePorts.first, nodePorts.last);
}
