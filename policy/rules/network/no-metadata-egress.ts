import { blockAdmits } from "../../analysis/network/cidr.ts";
import { portMeans } from "../../analysis/network/matching.ts";
import type { Rule } from "../../analysis/network/model.ts";
import { readPolicy } from "../../analysis/network/read-policy.ts";
import type { ObjectRule } from "../rule.ts";
import { asksForDatabase } from "./database-pods.ts";

const metadata = "169.254.169.254";

/** Hetzner answers whoever asks from a server, pods too, with what it was given at its creation: a join token may be in it. */
export const noMetadataEgress: ObjectRule = {
  scope: "object",
  name: "no-metadata-egress",
  level: "advisory",
  severity: "medium",
  description: "A NetworkPolicy that lets a database's pods out must keep them from the server's metadata service.",
  fix: `name the ports, or give the ipBlock an except for ${metadata}/32`,
  url: "https://docs.hetzner.cloud/#server-metadata",
  kinds: ["NetworkPolicy.networking.k8s.io"],
  judge(object) {
    const policy = readPolicy(object, []);
    if (policy?.isolatesEgress !== true || !asksForDatabase(policy.selector)) return [];
    return policy.egress.flatMap((rule, index) => {
      const reached = reachesMetadata(rule);
      if (!reached) return [];
      return [{ path: ["spec", "egress", index], message: `lets the database's pods reach ${metadata}:80` }];
    });
  },
};

function reachesMetadata({ peers, ports }: Rule): boolean {
  const http = { number: 80, protocol: "TCP" } as const;
  if (ports !== "all" && !ports.some((match) => portMeans(match, http, undefined) === true)) return false;
  if (peers === "everyone") return true;
  return peers.some((peer) => peer.kind === "block" && blockAdmits(peer.block, metadata) === true);
}
