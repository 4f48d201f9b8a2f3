import { tryMutations } from "./mutation.ts";

/** The first sets show each of the faults. */
const run = { test: "tests/policy/rbac/differential.node-test.ts", env: { RBAC_SETS: "4" } };

// One-line faults of the RBAC judge, each of which the comparison with a real API server must find.
tryMutations([
  {
    // A request without a name passes a rule restricted to names.
    file: "analysis/rbac/match.ts",
    from: "(rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name))",
    to: '(rule.resourceNames.length === 0 || request.name === "" || rule.resourceNames.includes(request.name))',
    ...run,
  },
  {
    // A star does not stand for the resource of a subresource.
    file: "analysis/rbac/match.ts",
    from: " || pattern === `*/${subresource}`",
    to: "",
    ...run,
  },
  {
    // An aggregated ClusterRole that gathers nothing loses its own rules.
    file: "analysis/rbac/aggregation.ts",
    from: "return written(gathered.length === 0);",
    to: "return [];",
    ...run,
  },
  {
    // A ServiceAccount without namespace is not the binding's own.
    file: "analysis/rbac/read.ts",
    from: "serviceAccountUser(namespace || inside, name)",
    to: "serviceAccountUser(namespace, name)",
    ...run,
  },
  {
    // A RoleBinding grants in every namespace.
    file: "analysis/rbac/can.ts",
    from: "grant.namespace === namespace",
    to: 'namespace !== ""',
    ...run,
  },
]);
