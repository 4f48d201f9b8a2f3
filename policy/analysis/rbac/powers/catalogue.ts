import { on, onCluster, type Power } from "./need.ts";

const core = "";
const rbac = "rbac.authorization.k8s.io";
const certificates = "certificates.k8s.io";
const authentication = "authentication.k8s.io";
const cnpg = "postgresql.cnpg.io";

const read = ["get", "list", "watch"];
const change = ["update", "patch"];
const write = ["create", ...change];
const writeOrDelete = [...write, "delete", "deletecollection"];
/** The proxies of the API server turn the method of a request into the verb. */
const anyMethod = ["get", "create", "update", "patch", "delete"];

/** What makes certificates that the API server takes for a user's or a node's. */
const clientSigners = [
  "kubernetes.io/kube-apiserver-client",
  "kubernetes.io/kube-apiserver-client-kubelet",
  "kubernetes.io/legacy-unknown",
  "kubernetes.io/*",
];
const appsWorkloads = ["deployments", "statefulsets", "daemonsets", "replicasets"];
const batchWorkloads = ["jobs", "cronjobs"];
const databaseSecrets = { names: "secrets of the database" } as const;

/** Whoever reads credentials is who they are of, as far as the network goes along. */
const readSecrets: Power = {
  name: "read-secrets",
  gives:
    "Reads Secrets: the superuser's password, the private key of the database's certificate authority, every client's credentials. A rule that names Secrets gives this power only over those that CloudNativePG keeps for itself.",
  ways: [[on(core, ["secrets"], read, databaseSecrets)]],
};

/** CloudNativePG sets the password of a role to what its Secret says. */
const writeSecrets: Power = {
  name: "write-secrets",
  gives:
    "Chooses a password or a key: CloudNativePG carries a changed Secret into PostgreSQL. A rule that names Secrets gives this power only over those that CloudNativePG keeps for itself.",
  ways: [[on(core, ["secrets"], change, databaseSecrets)]],
};

/** A Secret of the type for tokens is filled in by the control plane for whichever ServiceAccount it names. */
const mintTokens: Power = {
  name: "mint-tokens",
  gives:
    "Gets a token of another ServiceAccount and acts as it, for one as that of the instances, which reads the cluster's Secrets: by the token API, or by creating a token Secret and reading it back.",
  ways: [
    [on(core, ["serviceaccounts/token"], ["create"])],
    [on(core, ["secrets"], read), on(core, ["secrets"], ["create"])],
  ],
};

/** Groups, uids and extras are only impersonated along with a user, so the user is what counts. */
const impersonate: Power = {
  name: "impersonate",
  gives:
    "Acts as another user, ServiceAccount or node, also by the constrained impersonation of Kubernetes 1.36, whose second check (of the verb on behalf of the other) is taken as passed.",
  ways: [
    [onCluster(core, ["users"], ["impersonate"])],
    [on(core, ["serviceaccounts"], ["impersonate"])],
    [onCluster(authentication, ["users"], ["impersonate:user-info"])],
    [on(authentication, ["serviceaccounts"], ["impersonate:serviceaccount"])],
    [onCluster(authentication, ["nodes"], ["impersonate:arbitrary-node", "impersonate:associated-node"])],
  ],
};

/** Without `bind`, the API server lets people hand on no more than they hold themselves. */
const bind: Power = {
  name: "bind",
  gives: "Takes a role that grants more than they have, by writing a binding to it. The name is that of the role.",
  ways: [
    [on(rbac, ["roles", "clusterroles"], ["bind"]), on(rbac, ["rolebindings"], write)],
    [onCluster(rbac, ["clusterroles"], ["bind"]), onCluster(rbac, ["clusterrolebindings"], write)],
  ],
};

/** Without `escalate`, the API server lets people write no rules but those they hold themselves. */
const escalate: Power = {
  name: "escalate",
  gives: "Writes more into a role than they have themselves.",
  ways: [
    [on(rbac, ["roles"], ["escalate"]), on(rbac, ["roles"], write)],
    [onCluster(rbac, ["clusterroles"], ["escalate"]), onCluster(rbac, ["clusterroles"], write)],
  ],
};

/** Approval takes the verb on the signer besides the write; who may create the request is not asked, since anyone's will do. */
const approveCertificates: Power = {
  name: "approve-certificates",
  gives:
    "Approves or signs a certificate request, and with it a new user or node of any name and group, or makes one for a node that the control plane approves by itself. The name is that of the signer.",
  ways: [
    [
      onCluster(certificates, ["signers"], ["approve"], { names: clientSigners }),
      onCluster(certificates, ["certificatesigningrequests/approval"], change),
    ],
    [
      onCluster(certificates, ["signers"], ["sign"], { names: clientSigners }),
      onCluster(certificates, ["certificatesigningrequests/status"], change),
    ],
    [
      onCluster(certificates, ["certificatesigningrequests/nodeclient"], ["create"]),
      onCluster(certificates, ["certificatesigningrequests"], ["create"]),
    ],
  ],
};

/** A pod chooses its Secrets, volumes, ServiceAccount and labels; RBAC has no say in them. */
const runPods: Power = {
  name: "run-pods",
  gives:
    "Runs a pod of their own, directly or by a workload. It mounts any Secret and any volume of the namespace, runs as any ServiceAccount there, and wears any label, so that both layers take it for a client.",
  ways: [
    [on(core, ["pods", "replicationcontrollers"], ["create"])],
    [on("apps", appsWorkloads, ["create"])],
    [on("batch", batchWorkloads, ["create"])],
  ],
};

/** Pod security looks at the volumes that a pod names, and not at what a claim of its namespace is bound to. */
const makeVolumes: Power = {
  name: "make-volumes",
  gives:
    "Makes a volume of a folder of a node. Through a claim any pod reads and writes there: credentials of the kubelet, data and keys of other pods.",
  ways: [[onCluster(core, ["persistentvolumes"], ["create"])]],
};

/** The template of a workload is as good as a pod. */
const changeWorkloads: Power = {
  name: "change-workloads",
  gives: "Changes what an existing workload runs, mounts and wears, which is as good as running a pod of their own.",
  ways: [
    [on("apps", appsWorkloads, change)],
    [on("batch", batchWorkloads, change)],
    [on(core, ["replicationcontrollers"], change)],
  ],
};

/** Labels travel with a pod's status and with its binding to a node, too. */
const labelPods: Power = {
  name: "label-pods",
  gives:
    "Puts a client's label on a pod that is already there, so that both layers take it for a client, or swaps its image. The status of a pod and its binding to a node carry labels, too.",
  ways: [[on(core, ["pods", "pods/status"], change)], [on(core, ["pods/binding", "bindings"], ["create"])]],
};

/** Before Kubernetes 1.35, `get` is enough to open the stream as a WebSocket. */
const enterPods: Power = {
  name: "enter-pods",
  gives:
    "Runs commands in a pod that is already there: in an instance as the owner of the database, in a client with its credentials. Before Kubernetes 1.35, get on exec and attach is enough.",
  ways: [[on(core, ["pods/exec", "pods/attach"], ["create", "get"])], [on(core, ["pods/ephemeralcontainers"], change)]],
};

/** What is forwarded starts inside the pod, where no NetworkPolicy stands in between. */
const forwardPorts: Power = {
  name: "forward-ports",
  gives:
    "Reaches the ports of a pod past every NetworkPolicy, from inside the pod or by way of the API server. Before Kubernetes 1.35, get on portforward is enough.",
  ways: [[on(core, ["pods/portforward"], ["create", "get"])], [on(core, ["pods/proxy", "services/proxy"], anyMethod)]],
};

/** The kubelet asks for nothing but this, and runs commands for a get. */
const reachNodes: Power = {
  name: "reach-nodes",
  gives: "Speaks to the kubelet of a node, which runs commands in every pod there. The name is that of the node.",
  ways: [[onCluster(core, ["nodes/proxy"], anyMethod)]],
};

/** Policies add up: another one can only let more in, and one deleted may leave nothing isolated. */
const writeNetworkPolicies: Power = {
  name: "write-network-policies",
  gives:
    "Opens the network layer, by a NetworkPolicy that lets more in or by taking away the one that isolates. Policies of Cilium, Calico and the cluster's administrator count as well.",
  ways: [
    [on("networking.k8s.io", ["networkpolicies"], writeOrDelete)],
    [on("cilium.io", ["ciliumnetworkpolicies"], writeOrDelete)],
    [onCluster("cilium.io", ["ciliumclusterwidenetworkpolicies"], writeOrDelete)],
    ...["crd.projectcalico.org", "projectcalico.org"].flatMap((calico) => [
      [on(calico, ["networkpolicies"], writeOrDelete)],
      [onCluster(calico, ["globalnetworkpolicies"], writeOrDelete)],
    ]),
    [
      onCluster(
        "policy.networking.k8s.io",
        ["adminnetworkpolicies", "baselineadminnetworkpolicies", "clusternetworkpolicies"],
        writeOrDelete,
      ),
    ],
  ],
};

/** A request for a namespace counts as one inside of it, so a RoleBinding there is enough to change its labels. */
const labelNamespaces: Power = {
  name: "label-namespaces",
  gives:
    "Gives a namespace the labels by which NetworkPolicies admit it, or takes from it those that restrict its pods. A RoleBinding in the namespace itself is enough to change them.",
  ways: [
    [on(core, ["namespaces", "namespaces/status", "namespaces/finalize"], change)],
    [onCluster(core, ["namespaces"], ["create"])],
  ],
};

/** What admission guards (labels as identities, mounted Secrets) is open to whoever writes it. */
const writeAdmission: Power = {
  name: "write-admission",
  gives:
    "Takes away the admission policies that say who may wear a label or mount a Secret, or has every new pod and Secret sent to a webhook of their own.",
  ways: [
    [
      onCluster(
        "admissionregistration.k8s.io",
        [
          "validatingadmissionpolicies",
          "validatingadmissionpolicybindings",
          "mutatingadmissionpolicies",
          "mutatingadmissionpolicybindings",
          "validatingwebhookconfigurations",
          "mutatingwebhookconfigurations",
        ],
        writeOrDelete,
      ),
    ],
  ],
};

/** The operator carries these out as PostgreSQL's superuser, and pods with the image they name. */
const commandOperator: Power = {
  name: "command-operator",
  gives:
    "Has CloudNativePG do things as the superuser of the database: SQL at initialisation, pg_hba, superuser roles, owners and extensions of databases, the pooler's authentication query, the image that instances run.",
  ways: [
    [on(cnpg, ["clusters", "databaseroles", "databases", "poolers", "imagecatalogs"], write)],
    [onCluster(cnpg, ["clusterimagecatalogs"], write)],
  ],
};

/** Both layers go by addresses that a status tells them. */
const forgeAddresses: Power = {
  name: "forge-addresses",
  gives:
    "Writes addresses that the layers go by: those of a pod (NetworkPolicy and pg_hba), or those that the operator resolved for a pod selector (pg_hba).",
  ways: [[on(core, ["pods/status"], change)], [on(cnpg, ["clusters/status"], change)]],
};

/** Backups and write-ahead logs hold all of the data. */
const moveBackups: Power = {
  name: "move-backups",
  gives: "Sends backups and write-ahead logs, which hold all of the data, to an object store of their own.",
  ways: [[on("barmancloud.cnpg.io", ["objectstores"], write)]],
};

/** Whoever stands where clients look for the database gets what they send it. */
const redirectClients: Power = {
  name: "redirect-clients",
  gives:
    "Leads clients to a pod of their own in place of the database. A client that does not verify the server's certificate hands over what it sends.",
  ways: [
    [on(core, ["services"], change)],
    [on(core, ["endpoints"], write)],
    [on("discovery.k8s.io", ["endpointslices"], write)],
  ],
};

/** The controller inside k3s installs charts as cluster-admin. */
const installCharts: Power = {
  name: "install-charts",
  gives: "Has k3s install a chart, which it does as cluster-admin.",
  ways: [[on("helm.cattle.io", ["helmcharts", "helmchartconfigs"], write)]],
};

/** Every power that is looked for: a closed list, documented in docs/powers.md. */
export const catalogue: readonly Power[] = [
  readSecrets,
  writeSecrets,
  mintTokens,
  impersonate,
  bind,
  escalate,
  approveCertificates,
  runPods,
  makeVolumes,
  changeWorkloads,
  labelPods,
  enterPods,
  forwardPorts,
  reachNodes,
  writeNetworkPolicies,
  labelNamespaces,
  writeAdmission,
  commandOperator,
  forgeAddresses,
  moveBackups,
  redirectClients,
  installCharts,
];
