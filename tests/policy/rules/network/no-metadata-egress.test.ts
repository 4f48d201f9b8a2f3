import { expect, test } from "vitest";
import { noMetadataEgress } from "../../../../policy/rules/network/no-metadata-egress.ts";
import { findings } from "../lab.ts";
import { ofPg, policy } from "./policy.ts";

const judged = (egress: string, selector = ofPg) =>
  findings(noMetadataEgress, policy("p", `{ ${selector}, policyTypes: [Egress], egress: [${egress}] }`));
const everywhere = (more = "") => `{ to: [{ ipBlock: { cidr: 0.0.0.0/0${more} } }] }`;

test.each([
  [everywhere(", except: [169.254.169.254/32]")],
  [everywhere(", except: [169.254.0.0/16]")],
  ["{ ports: [{ port: 443 }, { port: 53, protocol: UDP }] }"],
  ["{ to: [{ podSelector: {} }] }"],
  ["{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }"],
])("is satisfied by %s", (egress) => {
  expect(judged(egress)).toEqual([]);
});

test.each([
  ["{}"],
  [everywhere()],
  [everywhere(", except: [10.0.0.0/8]")],
  ["{ ports: [{ port: 80, endPort: 443 }] }"],
])("finds %s", (egress) => {
  expect(judged(egress)).toEqual(["NetworkPolicy production/p: lets the database's pods reach 169.254.169.254:80"]);
});

test("leaves pods alone that are no database's", () => {
  expect(judged("{}", "podSelector: { matchLabels: { app: web } }")).toEqual([]);
});
