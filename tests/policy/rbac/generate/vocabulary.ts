// What the random objects and questions are made of: few enough names that they meet, and the near misses of each.
export const namespaces = ["prod", "prod-2", "dev"];

export const verbs = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "bind",
  "escalate",
  "use",
  "*",
  "Get",
];
export const groups = ["", "apps", "batch", "networking.k8s.io", "postgresql.cnpg.io", "*", "*.cnpg.io", "core"];
export const resources = [
  "pods",
  "pods/exec",
  "*/exec",
  "secrets",
  "deployments",
  "deployments/scale",
  "*/scale",
  "clusters",
  "serviceaccounts/token",
  "*",
];
export const wrongResources = ["p*ds", "Secrets", "pods/*", "*/*", "exec", "/exec", "secret", "*/scal", ""];
export const names = ["pg", "pg-app", "pg-app-credentials", ""];
export const urls = ["/metrics", "/healthz", "/healthz/*", "/heal*", "/*", "*", "/api**", "/a*/b", "/logs/"];
export const askedUrls = [
  "/metrics",
  "/metrics/",
  "/healthz",
  "/healthz/etcd",
  "/healthz*",
  "/api",
  "/apis",
  "/a/b",
  "/a*/b",
  "/logs",
  "/logs/x",
  "/version",
];
export const roleNames = ["app", "pg", "reader", "writer"];
export const clusterRoleNames = ["app", "reader", "writer", "wide", "cnpg-view", "cnpg-edit"];
export const defaultRoles = ["view", "edit", "admin", "cluster-admin", "system:discovery"];
export const accounts = ["app", "default", "worker"];
export const feeds = "example.com/feeds";
export const feedValues = ["red", "blue"];
export const aggregatedNames = ["sum-a", "sum-b", "sum-c"];

export const users = ["jane", "bob", "system:serviceaccount:prod:app", "system:anonymous", "dev"];
export const groupNames = [
  ...["dev", "ops", "jane", "system:authenticated", "system:unauthenticated", "system:serviceaccounts"],
  ...["system:serviceaccounts:prod", "system:serviceaccounts:prod-2", "system:masters"],
];
