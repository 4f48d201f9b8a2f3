import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./pack/policies.ts";
import { rules } from "./rules/index.ts";

new PolicyPack("hcloud-postgres", {
  displayName: "PostgreSQL on Hetzner k3s",
  policies: rules.map(policyOf),
});
