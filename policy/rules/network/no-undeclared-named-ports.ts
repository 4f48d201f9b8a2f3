import { knownDeviations, nobodyDeclares } from "../../analysis/network/known-deviations.ts";
import { selects } from "../../analysis/network/matching.ts";
import type { PortMatch } from "../../analysis/network/model.ts";
import { podFinder } from "../../analysis/network/pod-finder.ts";
import { remember } from "../../analysis/network/remember.ts";
import type { StackRule } from "../rule.ts";
import type { Stack } from "../stack.ts";
import { worldOf } from "../world.ts";
import { engineOf, viewParameters } from "./access-rows.ts";
import { databasesOf, podsOf, policiesOf } from "./database-pods.ts";

/** `postgres` in place of `postgresql` reads like a port, and is none. */
export const noUndeclaredNamedPorts: StackRule = {
  scope: "stack",
  name: "no-undeclared-named-ports",
  level: "mandatory",
  severity: "critical",
  description: "A port that a NetworkPolicy on a database names must be one that its pods declare.",
  fix: "write the number: 5432, 8000, 9187 of instances, 5432, 9127 of poolers",
  url: knownDeviations.unresolvedNames.source,
  parameters: viewParameters,
  judge(stack, parameters) {
    const everyPort = engineOf(parameters) === "k3s" ? "k3s then opens every port" : "it opens nothing";
    return policiesOf(stack).flatMap(({ object, policy }) => {
      const own = (databasesOf(stack).get(policy.namespace) ?? []).flatMap(podsOf);
      const databasePods = own.filter((pod) => selects(policy, pod) !== false);
      if (databasePods.length === 0) return [];
      return policy.ingress.flatMap(({ ports }, index) => {
        const names = ports === "all" ? [] : ports.filter((match) => match.kind === "name");
        if (ports === "all" || names.length === 0) return [];
        const targets = [...databasePods, ...podsIn(stack)(policy.namespace, policy.selector)];
        const undeclared = names.filter((match) => nobodyDeclares([match], targets));
        if (undeclared.length === 0) return [];
        const effect = nobodyDeclares(ports, targets) ? everyPort : "it opens nothing";
        const path = ["spec", "ingress", index, "ports"];
        return [
          { subject: object, path, message: `no pod that it selects declares ${quoteAll(undeclared)}: ${effect}` },
        ];
      });
    });
  },
};

const podsIn = remember((stack: Stack) => podFinder(worldOf(stack).pods));

function quoteAll(ports: readonly Extract<PortMatch, { kind: "name" }>[]): string {
  return ports.map(({ name, protocol }) => `"${name}" (${protocol})`).join(", ");
}
