import { describe, expect, test } from "vitest";
import { catalogue, powers } from "../../../policy/analysis/rbac/index.ts";
import {
  account,
  app,
  clusterRole,
  clusterRoleBinding,
  grantedToApp,
  grantedToAppEverywhere,
  group,
  objectsOf,
  role,
  roleBinding,
  user,
  type WrittenRule,
} from "./lab.ts";

const rbac = "rbac.authorization.k8s.io";
const certificates = "certificates.k8s.io";
const cnpg = "postgresql.cnpg.io";

/** A rule in short: `verbs resources.group names`, each separated by commas. */
function rule(text: string): WrittenRule {
  const [verbs = "", resources = "", names] = text.split(" ");
  const [first = "", ...groups] = resources.split(".");
  return {
    verbs: verbs.split(","),
    apiGroups: [groups.join(".")],
    resources: first.split(","),
    ...(names !== undefined && { resourceNames: names.split(",") }),
  };
}

/** The powers of the ServiceAccount `app`, each as `power scope`. */
function inNamespace(...rules: readonly string[]): string[] {
  return powers(grantedToApp(...rules.map(rule)), app).map(({ power, scope }) => `${power} ${scope}`);
}

function everywhere(...rules: readonly string[]): string[] {
  return powers(grantedToAppEverywhere(...rules.map(rule)), app).map(({ power, scope }) => `${power} ${scope}`);
}

const given: readonly [name: string, rules: readonly string[], expected: readonly string[]][] = [
  ["read-secrets", ["get secrets"], ["read-secrets prod"]],
  ["read-secrets", ["list secrets"], ["read-secrets prod"]],
  ["read-secrets", ["watch secrets"], ["read-secrets prod"]],
  [
    "read-secrets",
    ["get secrets pg-superuser,pg-app,pg-ca"],
    ["read-secrets prod/pg-superuser", "read-secrets prod/pg-ca"],
  ],
  ["read-secrets", ["list secrets pg-ca"], ["read-secrets prod/pg-ca"]],
  ["write-secrets", ["patch secrets"], ["write-secrets prod"]],
  ["write-secrets", ["update secrets pg-superuser"], ["write-secrets prod/pg-superuser"]],
  ["mint-tokens", ["create serviceaccounts/token"], ["mint-tokens prod"]],
  ["mint-tokens", ["create serviceaccounts/token pg"], ["mint-tokens prod/pg"]],
  ["mint-tokens", ["create */token"], ["mint-tokens prod"]],
  ["mint-tokens", ["create secrets", "get secrets mine"], ["mint-tokens prod/mine"]],
  ["mint-tokens", ["create,patch,get secrets mine"], ["mint-tokens prod/mine"]],
  ["impersonate", ["impersonate serviceaccounts pg"], ["impersonate prod/pg"]],
  ["impersonate", ["impersonate:serviceaccount serviceaccounts.authentication.k8s.io"], ["impersonate prod"]],
  ["bind", [`bind clusterroles.${rbac} admin`, `create rolebindings.${rbac}`], ["bind prod/admin"]],
  ["bind", [`bind roles.${rbac}`, `update rolebindings.${rbac} one`], ["bind prod"]],
  ["escalate", [`escalate,patch roles.${rbac}`], ["escalate prod"]],
  ["escalate", [`escalate roles.${rbac} a,b`, `update roles.${rbac} b,c`], ["escalate prod/b"]],
  ["run-pods", ["create pods"], ["run-pods prod"]],
  ["run-pods", ["create cronjobs.batch"], ["run-pods prod"]],
  ["run-pods", ["create statefulsets.apps"], ["run-pods prod"]],
  ["run-pods", ["create,patch pods one"], ["run-pods prod/one", "label-pods prod/one"]],
  ["change-workloads", ["patch deployments.apps myapp"], ["change-workloads prod/myapp"]],
  ["label-pods", ["update pods"], ["label-pods prod"]],
  ["label-pods", ["create pods/binding"], ["label-pods prod"]],
  ["label-pods", ["patch pods/status"], ["label-pods prod", "forge-addresses prod"]],
  ["enter-pods", ["create pods/exec"], ["enter-pods prod"]],
  ["enter-pods", ["create pods/exec pg-1"], ["enter-pods prod/pg-1"]],
  ["enter-pods", ["get pods/exec"], ["enter-pods prod"]],
  ["enter-pods", ["create */attach"], ["enter-pods prod"]],
  ["enter-pods", ["patch pods/ephemeralcontainers"], ["enter-pods prod"]],
  ["forward-ports", ["create pods/portforward"], ["forward-ports prod"]],
  ["forward-ports", ["get services/proxy"], ["forward-ports prod"]],
  ["write-network-policies", ["create networkpolicies.networking.k8s.io"], ["write-network-policies prod"]],
  ["write-network-policies", ["delete networkpolicies.networking.k8s.io a"], ["write-network-policies prod/a"]],
  ["write-network-policies", ["patch ciliumnetworkpolicies.cilium.io"], ["write-network-policies prod"]],
  ["label-namespaces", ["patch namespaces"], ["label-namespaces prod"]],
  ["label-namespaces", ["update namespaces/finalize"], ["label-namespaces prod"]],
  ["command-operator", [`patch clusters.${cnpg} pg`], ["command-operator prod/pg"]],
  ["command-operator", [`create databaseroles.${cnpg}`], ["command-operator prod"]],
  ["forge-addresses", [`update clusters/status.${cnpg}`], ["forge-addresses prod"]],
  ["move-backups", ["update objectstores.barmancloud.cnpg.io"], ["move-backups prod"]],
  ["redirect-clients", ["patch services"], ["redirect-clients prod"]],
  ["redirect-clients", ["create endpointslices.discovery.k8s.io"], ["redirect-clients prod"]],
  ["install-charts", ["create helmcharts.helm.cattle.io"], ["install-charts prod"]],
];

const givenEverywhere: readonly [name: string, rules: readonly string[], expected: readonly string[]][] = [
  ["enter-pods", ["create pods/exec"], ["enter-pods *"]],
  ["impersonate", ["impersonate users jane"], ["impersonate */jane"]],
  ["impersonate", ["impersonate:user-info users.authentication.k8s.io"], ["impersonate *"]],
  ["bind", [`bind clusterroles.${rbac} admin`, `create clusterrolebindings.${rbac}`], ["bind */admin"]],
  ["escalate", [`escalate,update clusterroles.${rbac}`], ["escalate *"]],
  [
    "approve-certificates",
    [
      `approve signers.${certificates} kubernetes.io/kube-apiserver-client`,
      `patch certificatesigningrequests/approval.${certificates}`,
    ],
    ["approve-certificates */kubernetes.io/kube-apiserver-client"],
  ],
  [
    "approve-certificates",
    [
      `create certificatesigningrequests.${certificates}`,
      `create certificatesigningrequests/nodeclient.${certificates}`,
    ],
    ["approve-certificates *"],
  ],
  ["make-volumes", ["create persistentvolumes"], ["make-volumes *"]],
  ["reach-nodes", ["get nodes/proxy"], ["reach-nodes *"]],
  ["write-network-policies", ["create globalnetworkpolicies.crd.projectcalico.org"], ["write-network-policies *"]],
  ["label-namespaces", ["create namespaces"], ["label-namespaces *"]],
  ["write-admission", ["delete validatingadmissionpolicybindings.admissionregistration.k8s.io"], ["write-admission *"]],
  ["command-operator", [`update clusterimagecatalogs.${cnpg}`], ["command-operator *"]],
];

describe("a power", () => {
  test.each(given)("%s comes with %j in a namespace", (_, rules, expected) => {
    expect(inNamespace(...rules)).toEqual(expected);
  });

  test.each(givenEverywhere)("%s comes with %j in the cluster", (_, rules, expected) => {
    expect(everywhere(...rules)).toEqual(expected);
  });

  test("is tried here for every entry of the catalogue", () => {
    expect(new Set([...given, ...givenEverywhere].map(([name]) => name))).toEqual(
      new Set(catalogue.map(({ name }) => name)),
    );
  });

  test.each([
    ["the one Secret of a client", ["get secrets pg-app-credentials"]],
    ["creation restricted to a name, which a creation cannot give", ["create pods one"]],
    ["deletion of many restricted to a name", ["deletecollection networkpolicies.networking.k8s.io one"]],
    ["creation of Secrets that cannot be read", ["create secrets"]],
    ["bind without a binding to write", [`bind clusterroles.${rbac}`]],
    ["bindings without bind", [`* rolebindings.${rbac}`]],
    ["escalate on other roles than one can write", [`escalate roles.${rbac} a`, `update roles.${rbac} b`]],
    ["reading pods and their logs", ["get,list,watch pods,pods/log,pods/status"]],
    ["scaling", ["update,patch deployments/scale.apps", `update clusters/scale.${cnpg}`]],
    ["deleting and evicting pods", ["delete,deletecollection pods", "create pods/eviction"]],
    ["reading Clusters and NetworkPolicies", [`get,list clusters.${cnpg}`, "get networkpolicies.networking.k8s.io"]],
    ["the kubelet in a RoleBinding, which does not reach nodes", ["* nodes/proxy"]],
    ["users in a RoleBinding, who are not in a namespace", ["impersonate users,groups"]],
    ["new namespaces in a RoleBinding", ["create namespaces"]],
    ["patterns that mean nothing", ["* p*ds", "* Secrets", "* pods/*"]],
    ["secrets of another group", ["* secrets.apps"]],
  ])("does not come with %s", (_, rules) => {
    expect(inNamespace(...rules)).toEqual([]);
  });

  test.each([
    ["groups to impersonate, but no user", ["impersonate groups"]],
    [
      "approval for a signer that the API server does not trust",
      [`approve signers.${certificates} example.com/*`, `update certificatesigningrequests/approval.${certificates}`],
    ],
    ["approval without a signer", [`update certificatesigningrequests/approval.${certificates}`]],
  ])("does not come with %s", (_, rules) => {
    expect(everywhere(...rules)).toEqual([]);
  });
});

describe("the default roles", () => {
  const held = (name: string) => {
    const objects = objectsOf(roleBinding("prod", "b", `ClusterRole ${name}`, account("app")));
    return [...new Set(powers(objects, app).map(({ power, scope }) => `${power} ${scope}`))].sort();
  };

  test("view has no power", () => {
    expect(held("view")).toEqual([]);
  });

  test("edit has these", () => {
    expect(held("edit")).toEqual([
      "change-workloads prod",
      "enter-pods prod",
      "forward-ports prod",
      "impersonate prod",
      "label-pods prod",
      "mint-tokens prod",
      "read-secrets prod",
      "redirect-clients prod",
      "run-pods prod",
      "write-network-policies prod",
      "write-secrets prod",
    ]);
  });

  test("a member of system:masters has all", () => {
    const found = powers([], "group:system:masters");
    expect(new Set(found.map(({ power }) => power))).toEqual(new Set(catalogue.map(({ name }) => name)));
    expect(new Set(found.map(({ scope, path }) => `${scope} ${path.join()}`))).toContain("* Group system:masters");
  });
});

describe("the Secrets of the database", () => {
  const readsNamed = (namespace: string, ...names: readonly string[]) => [
    role(namespace, "r", { verbs: ["get"], resources: ["secrets"], resourceNames: names }),
    roleBinding(namespace, "b", "Role r", account("app", "prod")),
  ];
  const cluster = (spec: object) => ({
    apiVersion: `${cnpg}/v1`,
    kind: "Cluster",
    metadata: { name: "pg", namespace: "prod" },
    spec,
  });
  const scopes = (...manifests: readonly object[]) => powers(objectsOf(...manifests), app).map(({ scope }) => scope);

  test("are those of the Clusters in the namespace", () => {
    const names = ["pg-superuser", "pg-app", "other-superuser", "my-ca", "root", "dba", "report", "s3"];
    const found = scopes(
      cluster({
        superuserSecret: { name: "root" },
        certificates: { serverCASecret: "my-ca" },
        managed: {
          roles: [
            { name: "dba", superuser: true, passwordSecret: { name: "dba" } },
            { name: "report", passwordSecret: { name: "report" } },
          ],
        },
        backup: { barmanObjectStore: { s3Credentials: { accessKeyId: { name: "s3", key: "id" } } } },
      }),
      ...readsNamed("prod", ...names),
    );
    expect(found).toEqual(["prod/pg-superuser", "prod/my-ca", "prod/root", "prod/dba", "prod/s3"]);
  });

  test("include the credentials of an ObjectStore", () => {
    const store = {
      apiVersion: "barmancloud.cnpg.io/v1",
      kind: "ObjectStore",
      metadata: { name: "s", namespace: "prod" },
      spec: { configuration: { s3Credentials: { secretAccessKey: { name: "bucket", key: "key" } } } },
    };
    expect(scopes(cluster({}), store, ...readsNamed("prod", "bucket"))).toEqual(["prod/bucket"]);
  });

  test("are told by their usual names where the Clusters of the namespace are not in the input", () => {
    expect(scopes(cluster({}), ...readsNamed("dev", "x-replication", "x-app"))).toEqual(["dev/x-replication"]);
  });
});

describe("the rows", () => {
  test("name everybody whom a binding names, and every ServiceAccount, with what their groups have", () => {
    const objects = objectsOf(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "idle", namespace: "prod" } },
      clusterRole("exec", [rule("create pods/exec")]),
      roleBinding("prod", "all", "ClusterRole exec", group("system:serviceaccounts:prod")),
      clusterRoleBinding("ops", "ClusterRole exec", user("jane"), group("ops")),
    );
    const all = { power: "enter-pods", scope: "prod", path: ["RoleBinding prod/all", "ClusterRole exec"] };
    const ops = { power: "enter-pods", scope: "*", path: ["ClusterRoleBinding ops", "ClusterRole exec"] };
    expect(powers(objects)).toEqual([
      { subject: "group:ops", ...ops },
      { subject: "group:system:serviceaccounts:prod", ...all },
      { subject: "jane", ...ops },
      { subject: "system:serviceaccount:prod:idle", ...all },
    ]);
  });

  test("show every path, and all parts of one that takes several", () => {
    const objects = objectsOf(
      clusterRole("bind", [rule(`bind clusterroles.${rbac} cluster-admin`)]),
      clusterRoleBinding("everywhere", "ClusterRole bind", account("app", "prod")),
      role("prod", "write", rule(`create rolebindings.${rbac}`)),
      roleBinding("prod", "here", "Role write", account("app")),
      roleBinding("prod", "here-too", "ClusterRole bind", account("app")),
    );
    expect(powers(objects, app).map(({ scope, path }) => [scope, ...path])).toEqual([
      [
        "prod/cluster-admin",
        "ClusterRoleBinding everywhere",
        "ClusterRole bind",
        "RoleBinding prod/here",
        "Role prod/write",
      ],
      [
        "prod/cluster-admin",
        "RoleBinding prod/here-too",
        "ClusterRole bind",
        "RoleBinding prod/here",
        "Role prod/write",
      ],
    ]);
  });

  test("are one for a rule that is there twice", () => {
    expect(inNamespace("create pods/exec", "create,get pods/attach,pods/exec")).toEqual(["enter-pods prod"]);
  });
});
