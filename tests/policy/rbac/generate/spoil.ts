import type { Random } from "../../random.ts";
import type { Manifest } from "./manifests.ts";
import { feeds } from "./vocabulary.ts";

/** The same object with a mistake for which the API server refuses it. */
export function spoil(random: Random, manifest: Manifest): Manifest {
  const isBinding = manifest.kind.endsWith("Binding");
  return {
    ...manifest,
    ...random.pick<Record<string, unknown>>(
      isBinding
        ? [
            { roleRef: { kind: "role", name: "app" } },
            { roleRef: { kind: manifest.kind === "RoleBinding" ? "Cluster" : "Role", name: "app" } },
            { roleRef: { apiGroup: "v1", kind: "ClusterRole", name: "app" } },
            {
              subjects: [
                { kind: "User", name: "jane" },
                { kind: "user", name: "jane" },
              ],
            },
            { subjects: [{ kind: "Group", apiGroup: "v1", name: "dev" }] },
            { subjects: [{ kind: "ServiceAccount", name: "App", namespace: "prod" }] },
            { subjects: [{ kind: "User", name: 7 }] },
          ]
        : [
            { rules: [{ apiGroups: [""], resources: ["pods"] }] },
            { rules: [{ verbs: ["get"], resources: ["pods"] }] },
            { rules: [{ verbs: ["get"], apiGroups: [""] }] },
            { rules: [{ verbs: ["get"], apiGroups: [""], resources: ["pods"], nonResourceURLs: ["/metrics"] }] },
            { rules: [{ verbs: "get", apiGroups: [""], resources: ["pods"] }] },
            { metadata: { ...manifest.metadata, labels: { [feeds]: true } } },
            ...(manifest.kind === "Role"
              ? [{ rules: [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }] }]
              : [
                  { aggregationRule: {} },
                  {
                    aggregationRule: {
                      clusterRoleSelectors: [{ matchExpressions: [{ key: feeds, operator: "in", values: ["red"] }] }],
                    },
                  },
                  {
                    aggregationRule: {
                      clusterRoleSelectors: [
                        { matchExpressions: [{ key: feeds, operator: "Exists", values: ["red"] }] },
                      ],
                    },
                  },
                ]),
          ],
    ),
  };
}
