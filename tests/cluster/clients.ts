/** The workload of a client: pods that wear its label and run as its ServiceAccount. */
export function workload(name: string) {
  return [{ podLabels: { app: name }, serviceAccount: { name } }];
}

/** The owner of database `app`. */
export const app = { name: "app", role: "app_user", database: "app", workloads: workload("myapp") };

/** Who reads it. */
export const reports = {
  name: "reports",
  role: "reports",
  database: "app",
  access: "readOnly",
  workloads: workload("reports"),
};
