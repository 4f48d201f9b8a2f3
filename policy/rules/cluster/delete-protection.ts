import { text } from "../../analysis/json.ts";
import { matches, readLabels } from "../../analysis/selector.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Resource } from "../../analysis/resources.ts";
import type { ResourceRule } from "../rule.ts";
import { hcloud } from "./hcloud.ts";
import { parseLabelSelector } from "./label-selector.ts";

/** Hetzner keeps no copy of what is deleted, and deletes what Pulumi's own `protect` never heard of. */
export const deleteProtection: ResourceRule = {
  scope: "resource",
  name: "delete-protection",
  level: "advisory",
  severity: "medium",
  description: "What holds the database's data, and the network it lives in, should be protected against deletion.",
  fix: "set deleteProtection: true (of a server rebuildProtection too: Hetzner wants both the same)",
  url: "https://www.pulumi.com/registry/packages/hcloud/api-docs/volume/",
  parameters: {
    servers: {
      type: "string",
      default: "",
      description:
        "A label selector of servers with data on their own disks, as Hetzner's API takes it; none by default",
    },
  },
  types: [hcloud.volume, hcloud.network, hcloud.server],
  judge(resource, { parameters }) {
    const { type, properties } = resource;
    if (type === hcloud.server && !isSelected(resource, text(parameters["servers"]) ?? "")) return [];
    const wanted = type === hcloud.server ? ["deleteProtection", "rebuildProtection"] : ["deleteProtection"];
    return wanted
      .filter((name) => properties[name] !== true)
      .map((name) => {
        if (isUnknown(properties[name]))
          return { path: [name], message: `${name} is not known before up`, undecided: true };
        return { path: [name], message: `${name} is not set` };
      });
  },
};

function isSelected({ properties }: Resource, servers: string): boolean {
  const selector = servers === "" ? undefined : parseLabelSelector(servers);
  return selector !== undefined && matches(selector, readLabels(properties["labels"])) === true;
}
