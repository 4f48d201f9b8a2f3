import { type Refused, refuses, workers } from "./settings.ts";

refuses([
  [
    "an unknown setting",
    { clusterNam: "x" },
    ["cluster.hetzner.clusterNam", "did you mean cluster.hetzner.clusterName?"],
  ],
  [
    "kube-hetzner's spelling",
    { enable_secrets_encryption: true },
    ["enable_secrets_encryption", "did you mean cluster.hetzner.enableSecretsEncryption?"],
  ],
  [
    "a v2 flag that was inverted",
    { disableNetworkPolicy: true },
    ["kube-hetzner v3 calls it enableNetworkPolicy", "means the opposite", "is enableNetworkPolicy: false"],
  ],
  ["a v2 flag in v2's spelling", { placement_group_disable: false }, ["enablePlacementGroups: true"]],
  ["a v2 name", { use_control_plane_lb: true }, ["kube-hetzner v3 calls it enableControlPlaneLoadBalancer"]],
  // kube-hetzner v3.1.0, MIGRATION.md: what v3 renamed, inverted or removed, whether it is offered here or not.
  ...(
    [
      ["secrets_encryption", "v3 calls it enableSecretsEncryption"],
      ["k3s_encryption_at_rest", "v3 calls it enableSecretsEncryption"],
      ["install_k3s_version", "v3 calls it k3sVersion"],
      ["initial_k3s_channel", "v3 calls it k3sChannel): not offered here; name a release in k3sVersion"],
      ["k3s_token", "v3 calls it clusterToken): not offered here; tokens to join by are generated"],
      [
        "automatically_upgrade_k3s",
        "automaticallyUpgradeKubernetes): not offered here; set systemUpgradeScheduleWindow",
      ],
      ["k3s_audit_log_path", "v3 calls it auditLogPath): not offered here"],
      ["kubeapi_port", "the API server is at port 6443"],
      ["disable_selinux", "v3 calls it enableSelinux): not offered here"],
      ["combine_load_balancers", "v3 calls it reuseControlPlaneLoadBalancer): not offered here"],
      ["control_plane_lb_enable_public_interface", "that load balancer is private"],
      ["existing_network_id", "one private network, its own"],
      ["extra_kustomize_folder", "v3 calls it userKustomizations): not offered here"],
      ["autoscaler_labels", "there is no autoscaler"],
      ["enable_iscsid", "v3 has it no more"],
      ["hetzner_ccm_use_helm", "v3 has it no more"],
      ["cluster_token", "remove it: not offered here; tokens to join by are generated"],
      ["k3sChannel", "remove it: not offered here; name a release in k3sVersion"],
      ["enable_selinux", "servers run Debian"],
      ["enable_kured", "unattended-upgrades"],
      ["autoscaler_nodepools", "there is no autoscaler"],
      ["ingress_controller", "no ingress comes with the cluster"],
      ["cilium_values", "Calico and Cilium run in a cluster that exists"],
      ["enable_rancher", "in a program of their own"],
      ["hcloud_token", "pulumi config set --secret hcloudToken"],
    ] as const
  ).map(([name, said]): Refused => [`${name} of kube-hetzner's`, { [name]: true }, [`cluster.hetzner.${name}`, said]]),
  ...(
    [
      ["disable_ipv4", "v3 calls it enablePublicIpv4): not offered here"],
      ["placement_group_compat_idx", "v3 calls it placementGroupIndex): not offered here"],
      ["nodes", "servers of a pool are alike"],
      ["hcloud_labels", "pools have the known keys alone"],
      ["server_type", "did you mean cluster.hetzner.agentNodepools[0].serverType?"],
    ] as const
  ).map(([name, said]): Refused => [
    `${name} of a pool of kube-hetzner's`,
    { agentNodepools: [{ ...workers, [name]: true }] },
    [`cluster.hetzner.agentNodepools[0].${name}`, said],
  ]),
  [
    "a slip in a key that kube-hetzner has relatives of",
    { sshPubliKey: "x" },
    ["did you mean cluster.hetzner.sshPublicKey"],
  ],
  [
    "a slip in another such key",
    { systemUpgradeUseDrains: true, controlPlaneLoadBalancerTyp: "lb11" },
    [
      "did you mean cluster.hetzner.systemUpgradeUseDrain?",
      "did you mean cluster.hetzner.controlPlaneLoadBalancerType?",
    ],
  ],
  ["a slip in kube-hetzner's spelling", { cni_plugns: "flannel" }, ["did you mean cluster.hetzner.cniPlugin?"]],
  [
    "a name of nobody's",
    { colour: "red" },
    ["fix: remove cluster.hetzner.colour", "one of the known keys (clusterName"],
  ],
  ["a wrong type", { enablePlacementGroups: "yes" }, ["enablePlacementGroups", "a boolean"]],
  ["a wrong unit", { auditLogMaxAge: "30d" }, ["auditLogMaxAge", "a number"]],
]);
