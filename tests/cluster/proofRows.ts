import type { KubeClient } from "../../kube/client.ts";
import { refOf } from "../../kube/objects.ts";
import { people } from "../../local/proof/plan.ts";
import type { Row } from "../../local/proof/rows.ts";
import { proofLabels } from "../../local/proof/stage.ts";
import type { Database } from "../../local/proof/subject.ts";

/** The database of stack `local`. */
export const live: Database = { namespace: "production", cluster: "pg" };

/** The rows that are not as expected, each as a failure should show it. */
export function red(rows: Row[]): string[] {
  return rows.filter(({ ok }) => ok === false).map(told);
}

function told({ from, to, tls, user, database: name, expected, observed, message }: Row): string {
  return [`${from} -> ${to}`, tls, user && `${user}@${name}`, `${observed}, not ${expected}`, message]
    .filter(Boolean)
    .join(" | ");
}

/** The rows of one layer and one who asks. */
export function rowsOf(rows: Row[], layer: string, from: keyof typeof people): Row[] {
  return rows.filter((row) => row.layer === layer && row.from === people[from]);
}

/** Everything that a proof of the database has made and that is still there. */
export async function left(client: KubeClient, of: Database): Promise<string[]> {
  const labelSelector = Object.entries(proofLabels(of))
    .map((label) => label.join("="))
    .join();
  const kinds = [
    { apiVersion: "apps/v1", kind: "Deployment" },
    { apiVersion: "v1", kind: "Pod" },
    { apiVersion: "v1", kind: "ConfigMap" },
    { apiVersion: "v1", kind: "Namespace" },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
  ];
  const found = await Promise.all(kinds.map((ref) => client.list(ref, { labelSelector })));
  return found.flat().map((object) => Object.values(refOf(object)).join(" "));
}
