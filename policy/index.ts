import { PolicyPack } from "@pulumi/policy";
import { refuseWrongConfiguration } from "./pack/configuration.ts";
import { policyOf } from "./pack/policies.ts";
import { rules } from "./rules/index.ts";

refuseWrongConfiguration(rules);

new PolicyPack("hcloud-postgres", {
  displayName: "PostgreSQL on Hetzner k3s",
  policies: rules.map(policyOf),
});
