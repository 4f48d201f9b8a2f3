import { holds, overlap } from "../../policy/analysis/network/cidr.ts";
import type { Problem } from "../problems.ts";
import { firstAddressProblem, METADATA_SERVICE } from "../ranges.ts";
import { prefixOf } from "./cidr.ts";
import { keyedPools, total } from "./pools.ts";
import type { HetznerSettings } from "./schema.ts";

/** Source: docs.hetzner.cloud, Networks: "they must conform to RFC1918". */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** Every pool's subnet has an address for each server it may have, from 101 on. */
const SMALLEST_NETWORK = 16;
/** What each node gets of the pods' range. Source: kube-controller-manager's default, `--node-cidr-mask-size`. */
const NODE_PREFIX = 24;
/** The DNS service has the tenth address. Source: k3s, pkg/cli/server/server.go. */
const SMALLEST_SERVICES = 28;
/** Source: kube-apiserver, cmd/kube-apiserver/app/options/validation.go: so until DisableAllocatorDualWrite came, in 1.34. */
const LARGEST_SERVICES = { prefix: 12, until: 34 };

/** Ranges that Hetzner or Kubernetes would refuse, or that one address would be in twice. */
export function networkProblems(settings: HetznerSettings): Problem[] {
  const keys = ["networkIpv4Cidr", "clusterIpv4Cidr", "serviceIpv4Cidr"] as const;
  const shared = keys.flatMap((key, index) =>
    keys.slice(0, index).flatMap((other) => {
      if (!overlap(settings[key], settings[other])) return [];
      const expected = `a network apart from ${other} (${settings[other]})`;
      return [{ key, got: settings[key], expected, fix: `choose another ${key}` }];
    }),
  );
  return [
    ...keys.flatMap((key) => firstAddressProblem(settings[key], key)),
    ...shared,
    ...privateNetworkProblems(settings),
    ...podProblems(settings),
    ...serviceProblems(settings),
  ];
}

function privateNetworkProblems({ networkIpv4Cidr: got }: HetznerSettings): Problem[] {
  const key = "networkIpv4Cidr";
  const problems: Problem[] = [];
  if (!PRIVATE.some((range) => holds(range, got))) {
    const expected = `a private network as of RFC 1918, within ${PRIVATE.join(", ")}: Hetzner takes no other`;
    problems.push({ key, got, expected, fix: "choose one of these, or a part of one" });
  }
  if (prefixOf(got) > SMALLEST_NETWORK) {
    const expected = "a network of /16 or larger: each pool gets a /24 of it";
    problems.push({ key, got, expected, fix: "choose a larger network" });
  }
  return problems;
}

function podProblems(settings: HetznerSettings): Problem[] {
  const { clusterIpv4Cidr: got } = settings;
  const key = "clusterIpv4Cidr";
  const nodes = total(keyedPools(settings).map(({ pool }) => pool));
  const needed = NODE_PREFIX - Math.ceil(Math.log2(nodes));
  const problems = metadataProblems(key, got);
  if (prefixOf(got) > needed) {
    const expected = `room for a /${String(NODE_PREFIX)} for each of ${String(nodes)} nodes: /${String(needed)} or larger`;
    problems.push({ key, got, expected, fix: "choose a larger network" });
  }
  return problems;
}

function serviceProblems({ serviceIpv4Cidr: got, k3sVersion }: HetznerSettings): Problem[] {
  const key = "serviceIpv4Cidr";
  const problems = metadataProblems(key, got);
  if (prefixOf(got) > SMALLEST_SERVICES) {
    const expected = `a network of /${String(SMALLEST_SERVICES)} or larger: the DNS service has its tenth address`;
    problems.push({ key, got, expected, fix: "choose a larger network" });
  }
  const { prefix, until } = LARGEST_SERVICES;
  if (prefixOf(got) < prefix && Number(k3sVersion.split(".")[1]) < until) {
    const expected = `a network of /${String(prefix)} or smaller: API servers before v1.${String(until)} take no larger one`;
    problems.push({ key, got, expected, fix: "choose a smaller network" });
  }
  return problems;
}

function metadataProblems(key: string, got: string): Problem[] {
  if (!overlap(got, METADATA_SERVICE)) return [];
  const expected = `a network apart from ${METADATA_SERVICE}, where Hetzner's metadata service is`;
  return [{ key, got, expected, fix: `choose another ${key}` }];
}
