import { accepts, refuses } from "./settings.ts";

refuses([
  ["pods where Services are", { clusterIpv4Cidr: "10.43.0.0/17" }, ["a network apart from", "10.43.0.0"]],
  ["pods in the private network", { networkIpv4Cidr: "10.0.0.0/8" }, ["clusterIpv4Cidr", "serviceIpv4Cidr"]],
  ["a network too small", { networkIpv4Cidr: "10.0.0.0/20" }, ["networkIpv4Cidr", "/16 or larger"]],
  ["a network that is not private", { networkIpv4Cidr: "100.64.0.0/16" }, ["networkIpv4Cidr", "RFC 1918"]],
  [
    "networks that do not begin where they say",
    { networkIpv4Cidr: "10.0.1.0/16", clusterIpv4Cidr: "10.42.0.1/16", serviceIpv4Cidr: "10.43.7.0/16" },
    ["write 10.0.0.0/16", "write 10.42.0.0/16", "write 10.43.0.0/16"],
  ],
  ["pods at the metadata service", { clusterIpv4Cidr: "169.254.0.0/16" }, ["clusterIpv4Cidr", "metadata service"]],
  ["Services at the metadata service", { serviceIpv4Cidr: "169.254.0.0/20" }, ["serviceIpv4Cidr", "metadata service"]],
  ["more nodes than ranges for pods", { clusterIpv4Cidr: "10.42.0.0/22" }, ["for each of 5 nodes: /21 or larger"]],
  ["too few Services for DNS", { serviceIpv4Cidr: "10.43.0.0/29" }, ["serviceIpv4Cidr", "/28 or larger"]],
  [
    "more Services than an old API server takes",
    { serviceIpv4Cidr: "172.0.0.0/8", k3sVersion: "v1.33.13+k3s2" },
    ["serviceIpv4Cidr", "/12 or smaller", "v1.34"],
  ],
]);

accepts([
  ["wider than the largest network", { networkIpv4Cidr: "10.0.0.0/13" }],
  ["a range for each node and none more", { clusterIpv4Cidr: "10.42.0.0/21" }],
  ["as many Services as a new API server takes", { serviceIpv4Cidr: "172.0.0.0/8" }],
]);
