import { tryMutations } from "./mutation.ts";

const traps = "tests/policy/network/traps.test.ts";
/** The cases that tests/cluster/policy-network.test.ts tries with packets. */
const deviations = "tests/policy/network/known-deviations.test.ts";

// One-line faults of the network judge, each of which the traps or the deviations must find.
tryMutations([
  {
    // A peer without a namespaceSelector means pods of every namespace.
    file: "analysis/network/matching.ts",
    from: "? pod.namespace === policy.namespace",
    to: "? true",
    test: traps,
  },
  {
    // NotIn asks for the label.
    file: "analysis/selector.ts",
    from: "return value === undefined || !values.includes(value);",
    to: "return value !== undefined && !values.includes(value);",
    test: traps,
  },
  {
    // Without policyTypes egress is isolated even if there are no egress rules.
    file: "analysis/network/read-policy.ts",
    from: 'types?.has("Egress") ?? egress.length > 0',
    to: 'types?.has("Egress") ?? true',
    test: traps,
  },
  {
    // The rules of one direction never answer for the other one.
    file: "analysis/network/known-deviations.ts",
    from: "return policy.isolatesIngress && policy.isolatesEgress;",
    to: "return false;",
    test: deviations,
  },
  {
    // Of equal prefixes in a merged set the first entry decides.
    file: "analysis/network/known-deviations.ts",
    from: "if (range.prefix >= best.prefix)",
    to: "if (range.prefix > best.prefix)",
    test: deviations,
  },
]);
