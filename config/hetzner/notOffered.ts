/** Inputs of kube-hetzner that have no place here, and what is there instead. The first that fits counts. */
type Reasons = readonly (readonly [RegExp, string])[];

/** Of a cluster. Source of the names: kube-hetzner v3.1.0, variables.tf, and MIGRATION.md for those that v3 removed. */
const OF_CLUSTER: Reasons = [
  [/^hcloudToken$/, "it is a secret: pulumi config set --secret hcloudToken"],
  [/^enableIscsid$|^hetznerCcmUseHelm$|^enableHetznerCcmHelm$/, "kube-hetzner v3 has it no more"],
  [/^clusterToken$/, "tokens to join by are generated"],
  [/[aA]utoscaler/, "there is no autoscaler: its servers would have a token in their user data"],
  [/^k3sChannel$/, "name a release in k3sVersion"],
  [/^kubernetesDistribution$|^rke2/, "the cluster is one of k3s"],
  [
    /^automaticallyUpgradeKubernetes$|^enableSystemUpgradeController$|^systemUpgrade(EnableEviction|ControllerVersion)$/,
    "set systemUpgradeScheduleWindow for upgrades",
  ],
  [/[kK]ured|^automaticallyUpgradeOs$/, "servers update themselves by unattended-upgrades, and nothing restarts them"],
  [/^cilium|^calico/, "Calico and Cilium run in a cluster that exists (cluster.kubeHetzner.cniPlugin)"],
  [/^enableKubeProxy$/, "kube-proxy runs"],
  [/^enableMetricsServer$/, "k3s' own metrics server runs"],
  [/^enableSelinux$/, "servers run Debian, without SELinux"],
  [/^(enabledArchitectures$|leapmicro|microos)/, "servers start from image, and serverType says the architecture"],
  [
    /^controlPlaneLoadBalancerEnablePublicNetwork$/,
    "that load balancer is private: no firewall of Hetzner's covers one",
  ],
  [/^clusterDnsIpv4$/, "DNS has the tenth address of serviceIpv4Cidr"],
  [/^(cluster|service)Ipv6Cidr$/, "pods and Services have IPv4 alone"],
  [/^kubernetesApiPort$/, "the API server is at port 6443"],
  [/^controlPlaneEndpoint$/, "give a name for all control-plane servers in kubeconfigServerAddress"],
  [
    /^(existingNetwork|extraNetworkIds|multinetwork|enableExperimental|nodeTransport|tailscale)/,
    "the cluster has one private network, its own",
  ],
  [/^networkSubnetMode$|^subnetCount$/, "each pool has a subnet"],
  [/^natRouter|[bB]astion/, "every server has a public address, behind the firewall"],
  [/[rR]obot|[vV]switch/, "there are servers of Hetzner Cloud alone"],
  [/^(ingress|traefik|nginx|haproxy|gatewayApi)/, "no ingress comes with the cluster"],
  [
    /^(loadBalancer|enableLoadBalancerMonitoring$|excludeAgents|reuseControlPlaneLoadBalancer$|enableKlipper)/,
    "no load balancer for workloads comes with the cluster; a Service may ask Hetzner's cloud controller for one",
  ],
  [/^hetznerC(cm|si)/, "versions and settings of Hetzner's controllers are pinned"],
  [/^enableLocalStorage$/, "set databaseStorage to local"],
  [/[lL]onghorn|[cC]siDriverSmb/, "storage is what databaseStorage says"],
  [
    /[cC]ertManager|[rR]ancher|[kK]ustomiz/,
    "make such objects in a program of their own, with the kubeconfig that is a stack output",
  ],
  [/^createKubeconfig$|^exportValues$/, "the kubeconfig is a secret stack output"],
  [/^auditLogPath$/, "it is /var/lib/rancher/k3s/server/logs/audit.log"],
  [/^authenticationConfig$|^kubeApiserverArgs$/, "the API server's arguments follow from the other settings"],
  [/^preferBundledBin$/, "put prefer-bundled-bin into controlPlanesCustomConfig"],
  [
    /[kK]ubelet|^agent(ExecArgs|NodesCustomConfig)$|^registriesConfig$|^embeddedRegistry/,
    "agents and kubelets have no raw settings",
  ],
  [
    /^ssh(Port|PrivateKey|HcloudKeyLabel|AdditionalPublicKeys|AuthorizedKeysExclusive|MaxAuthTries)$|^hcloudSshKeyId$|^nodeConnectionOverrides$/,
    "nothing is done by SSH; sshPublicKey and firewallSshSource let you in",
  ],
  [/^myipv4Ref$|^extraFirewallIds$/, "name networks in firewallKubeApiSource and extraFirewallRules"],
  [/^useClusterNameInNodeName$|^baseDomain$/, "servers are called <clusterName>-<pool>-<number>"],
  [
    /^(pre|post)installExec$|^additionalKubernetes|^dnsServers$|^addressFor/,
    "what servers run first is this program's",
  ],
  [/^enableDeleteProtection$/, "protect says it for everything"],
  [/^keepDisk/, "a server that is resized gets the larger disk"],
  [/^primaryIpPool$/, "each control-plane server has a primary IP"],
];

/** Of a nodepool; anything else that kube-hetzner's have. */
const OF_POOL: Reasons = [
  [/^enablePublicIpv4$/, "every server has a public IPv4 address, behind the firewall"],
  [/^enablePublicIpv6$/, "servers have no IPv6"],
  [/^placementGroup/, "each pool has groups of its own, see enablePlacementGroups"],
  [/^(floatingIp|primaryIp)/, "a control-plane server has a primary IP, the others any address"],
  [/^os/, "servers start from cluster.hetzner.image"],
  [/^selinux$/, "servers run Debian, without SELinux"],
  [/^nodes$/, "servers of a pool are alike: make a pool for others"],
  [/^(network|subnet)/, "each pool has a subnet of the one network"],
  [/^(attachedVolumes|longhorn)/, "storage is what cluster.hetzner.databaseStorage says"],
  [
    /^(annotations|hcloudLabels|appendRandomSuffix|swapSize|zramSize|kubeletArgs|keepDisk|joinEndpointType|extra)/,
    "pools have the known keys alone",
  ],
];

/** Why an input of kube-hetzner v3, in camelCase, has no place here; undefined for a name that it does not have. */
export function notOffered(name: string, of: "cluster" | "pool"): string | undefined {
  return (of === "pool" ? OF_POOL : OF_CLUSTER).find(([names]) => names.test(name))?.[1];
}
