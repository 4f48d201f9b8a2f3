import { expect, test } from "vitest";
import { unknownValue } from "../../../../policy/analysis/unknown.ts";
import { tlsNotWeakened } from "../../../../policy/rules/database/tls-not-weakened.ts";
import { findings } from "../lab.ts";
import { cluster, clusterPatch } from "./lab.ts";

const spec = (name: string, value: string) => ({ postgresql: { parameters: { [name]: value } } });
const judged = (name: string, value: string, parameters = {}) =>
  findings(tlsNotWeakened, [cluster(spec(name, value))], parameters);

test("nothing need be written: TLS 1.3 is the default", () => {
  expect(findings(tlsNotWeakened, [cluster({ instances: 3 })])).toEqual([]);
});

test.each([
  ["ssl_min_protocol_version", "TLSv1.3"],
  ["ssl_min_protocol_version", "tlsv1.3"],
  ["ssl_max_protocol_version", "TLSv1.3"],
  ["ssl_max_protocol_version", ""],
  ["ssl_ciphers", "HIGH:MEDIUM:+3DES:!aNULL"],
  ["ssl_ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305"],
  ["ssl_ciphers", "ALL:!aNULL:!LOW"],
  ["shared_buffers", "256MB"],
])("lets pass %s = %j", (name, value) => {
  expect(judged(name, value)).toEqual([]);
});

test.each([
  // What is advised for clients of Java 8: cloudnative-pg, docs/src/ssl_connections.md, "About TLS protocol versions"
  ["ssl_min_protocol_version", "TLSv1.2", "not at least TLSv1.3"],
  ["ssl_min_protocol_version", "TLSv1", "not at least TLSv1.3"],
  ["SSL_Min_Protocol_Version", "TLSv1.1", "not at least TLSv1.3"],
  ["ssl_min_protocol_version", "none", "not at least TLSv1.3"],
  // With the default minimum the server does not even start.
  ["ssl_max_protocol_version", "TLSv1.2", "below TLSv1.3"],
  ["ssl_ciphers", "ALL", "not without weak ciphers"],
  ["ssl_ciphers", "HIGH:aNULL", "not without weak ciphers"],
  ["ssl_ciphers", "RC4-SHA:DES-CBC3-SHA", "not without weak ciphers"],
])("finds %s = %j", (name, value, problem) => {
  expect(judged(name, value)).toEqual([`Cluster production/pg: ${name.toLowerCase()} is "${value}": ${problem}`]);
});

test("a team may let TLS 1.2 in, and nothing older", () => {
  expect(judged("ssl_min_protocol_version", "TLSv1.2", { minimumVersion: "TLSv1.2" })).toEqual([]);
  expect(judged("ssl_min_protocol_version", "TLSv1.1", { minimumVersion: "TLSv1.2" })).toHaveLength(1);
});

test("leaves open what is not known yet, and judges patches by what they set", () => {
  expect(judged("ssl_min_protocol_version", unknownValue)).toEqual([
    "undecided: Cluster production/pg: ssl_min_protocol_version is not known before up",
  ]);
  expect(findings(tlsNotWeakened, [clusterPatch(spec("ssl_min_protocol_version", "TLSv1"))])).toHaveLength(1);
});
