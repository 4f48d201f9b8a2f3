import { at, list, object, text, type Json } from "../../analysis/json.ts";
import type { Resource } from "../../analysis/resources.ts";
import { matches, readLabels } from "../../analysis/selector.ts";
import { anyOf, either, type Trilean } from "../../analysis/trilean.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { StackRule } from "../rule.ts";
import { hcloud, isComputed, ofType, refersTo } from "./hcloud.ts";
import { parseLabelSelector } from "./label-selector.ts";

/** Without a firewall everything that a server listens on, the kubelet and node ports above all, is there for everybody. */
export const serversBehindFirewall: StackRule = {
  scope: "stack",
  name: "servers-behind-firewall",
  level: "mandatory",
  severity: "critical",
  description: "A server with a public address must be behind a firewall.",
  fix: "set firewallIds, or name the server or its labels in a FirewallAttachment; a server without public addresses needs none",
  url: "https://docs.hetzner.com/cloud/firewalls/overview/",
  judge(stack) {
    const firewalls = ofType(stack, hcloud.firewall);
    const attachments = ofType(stack, hcloud.firewallAttachment);
    return ofType(stack, hcloud.server)
      .filter(isPublic)
      .flatMap((subject) => {
        const attached = either(
          anyOf(attachments, (attachment) => attaches(attachment, subject)),
          anyOf(firewalls, (firewall) => applies(firewall, subject)),
        );
        const behind = either(hasFirewall(subject), attached);
        if (behind === true) return [];
        const path = ["firewallIds"];
        if (behind === false) return [{ subject, path, message: "it has a public address and no firewall" }];
        return [{ subject, path, message: "whether a firewall holds for it is not known before up", undecided: true }];
      });
  },
};

/** Hetzner gives a server addresses of both families where nothing is said. */
function isPublic({ properties }: Resource): boolean {
  const nets = list(properties["publicNets"]);
  const wants = (net: Json) => at(net, "ipv4Enabled") !== false || at(net, "ipv6Enabled") !== false;
  return nets.length === 0 || nets.some(wants);
}

function hasFirewall(server: Resource): Trilean {
  const ids = server.properties["firewallIds"];
  if (isUnknown(ids)) return isComputed(server, "firewallIds") ? false : null;
  return list(ids).length > 0;
}

function attaches(attachment: Resource, server: Resource): Trilean {
  const selectors = list(attachment.properties["labelSelectors"]);
  return either(
    refersTo(attachment, "serverIds", server),
    anyOf(selectors, (selector) => selects(selector, server)),
  );
}

function applies(firewall: Resource, server: Resource): Trilean {
  const targets = firewall.properties["applyTos"];
  if (isUnknown(targets)) return isComputed(firewall, "applyTos") ? false : null;
  const ids = list(targets).map((target) => at(target, "server") ?? null);
  return either(
    refersTo(firewall, "applyTos", server, ids),
    anyOf(list(targets), (target) => selects(object(target)["labelSelector"], server)),
  );
}

function selects(selector: Json | undefined, server: Resource): Trilean {
  const parsed = parseLabelSelector(text(selector) ?? "");
  return parsed === undefined ? false : matches(parsed, readLabels(server.properties["labels"]));
}
