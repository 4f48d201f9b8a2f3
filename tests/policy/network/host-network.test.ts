import { expect, test } from "vitest";
import { answer, policy } from "./lab.ts";

const onNode = (hostNetwork: string) => `
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: production, labels: { app: agent } }
spec: { containers: [{ name: main }], hostNetwork: ${hostNetwork} }
`;
const fromAgents = policy("ingress: [{ from: [{ podSelector: { matchLabels: { app: agent } } }] }]");
const agents = (hostNetwork: string) => answer(fromAgents + onNode(hostNetwork), { from: "production/agent" }).allowed;

// go.yaml.in/yaml/v2, resolve.go: kubectl and Helm read YAML 1.1.
test.each(["true", "yes", "Yes", "on", "ON", "y"])(
  "hostNetwork: %s is one that policies do not tell apart",
  (value) => {
    expect(agents(value)).toBeNull();
  },
);

test.each(["false", "no", "off", "n", "null", "", "maybe"])("hostNetwork: %s is none", (value) => {
  expect(agents(value)).toBe(true);
});
