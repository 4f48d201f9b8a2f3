import { format } from "prettier";
import { catalogue } from "../../../policy/analysis/rbac/index.ts";
import type { Need } from "../../../policy/analysis/rbac/powers/need.ts";

/** The sections of docs/powers.md, one for each entry of the catalogue. */
export function powerSections(): Promise<string> {
  const sections = catalogue.map(({ name, gives, ways }) => {
    const items = ways.map((way) => `- ${way.map(permission).join(", and ")}`);
    return [`### \`${name}\``, gives, items.join("\n")].join("\n\n");
  });
  return format(sections.join("\n\n"), { parser: "markdown", printWidth: 120 });
}

function permission({ verbs, group, resources, clusterScoped, names }: Need): string {
  const where = `${group === "" ? "" : ` of \`${group}\``}${clusterScoped === true ? ", in the whole cluster" : ""}`;
  const over = typeof names === "object" ? `, named ${alternatives(names)}` : "";
  return `${alternatives(verbs)} on ${alternatives(resources)}${where}${over}`;
}

function alternatives(items: readonly string[]): string {
  const quoted = items.map((item) => `\`${item}\``);
  return quoted.length === 1 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1) ?? ""}`;
}
