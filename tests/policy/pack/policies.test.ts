import type { PolicyResource, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import { expect, test } from "vitest";
import { policyOf } from "../../../policy/pack/policies.ts";
import { serversBehindFirewall } from "../../../policy/rules/cluster/servers-behind-firewall.ts";

const registered = (type: string, propertyDependencies: PolicyResource["propertyDependencies"] = {}) =>
  ({ type, name: "one", urn: `urn:${type}`, props: {}, opts: {}, propertyDependencies }) as PolicyResource;

const server = registered("hcloud:index/server:Server");

async function reported(attachment: PolicyResource): Promise<string[]> {
  const { validateStack } = policyOf(serversBehindFirewall) as StackValidationPolicy;
  const reports: string[] = [];
  const args = { resources: [server, attachment], getConfig: () => ({}) } as unknown as StackValidationArgs;
  await validateStack(args, (message) => reports.push(message));
  return reports;
}

test("the engine's word on what a value was made of reaches the rules", async () => {
  const type = "hcloud:index/firewallAttachment:FirewallAttachment";
  expect(await reported(registered(type, { serverIds: [server] }))).toEqual([]);
  expect(await reported(registered(type, { firewallId: [server] }))).toHaveLength(1);
});
