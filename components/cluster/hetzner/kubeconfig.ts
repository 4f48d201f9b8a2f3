import { createHash, X509Certificate } from "node:crypto";
import { stringify } from "yaml";
import type { Tokens } from "./k3sConfig.ts";

export interface KubeconfigArgs {
  /** Name of cluster, user and context. */
  name: string;
  /** Host of the API server, without scheme and port. */
  host: string;
  /** What to trust, PEM. */
  serverCa: string;
  /** Client certificate and its key, PEM. */
  admin: { certificate: string; key: string };
}

/** Content of a kubeconfig file. */
export function kubeconfig({ name, host, serverCa, admin }: KubeconfigArgs): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cluster = { server: `https://${host}:6443`, "certificate-authority-data": base64(serverCa) };
  const user = { "client-certificate-data": base64(admin.certificate), "client-key-data": base64(admin.key) };
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** SHA-256 of the certificate itself (DER), lower-case hexadecimal: how k3s knows a cluster by its root CA. */
export function caHash(rootCa: string): string {
  return createHash("sha256").update(new X509Certificate(rootCa).raw).digest("hex");
}

/** The join tokens in k3s' secure form, in which a node first makes sure whom it joins. */
export function tokens(hash: string, passwords: { server: string; agent: string }): Tokens {
  return {
    server: `K10${hash}::server:${passwords.server}`,
    agent: `K10${hash}::node:${passwords.agent}`,
    agentPassword: passwords.agent,
  };
}
