import { powerJudge } from "../../analysis/rbac/index.ts";
import type { StackRule } from "../rule.ts";
import { clientsOf, clientsParameter } from "./clients.ts";
import { findingsByPath, rbacOf } from "./grants.ts";

/** Whoever may run a pod mounts any Secret and wears any label: no rule about Secrets says so. */
export const clientsCannotBypass: StackRule = {
  scope: "stack",
  name: "clients-cannot-bypass",
  level: "mandatory",
  severity: "critical",
  description: "A client of a database must have no power that leads past what guards it, or to another Secret.",
  fix: "take the rule out of the Role, or the ServiceAccount out of the binding; guard powers tells what each power is",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
  parameters: { clients: clientsParameter },
  judge(stack, parameters) {
    const powersOf = powerJudge(stack.objects, rbacOf(stack));
    return clientsOf(stack, parameters).flatMap(({ user, title }) =>
      findingsByPath(stack, powersOf(user), (rows, way) => {
        const powers = rows.map(({ power, scope }) => `${power} (${scope})`);
        return `${title} may ${[...new Set(powers)].join(", ")}, by ${way}`;
      }),
    );
  },
};
