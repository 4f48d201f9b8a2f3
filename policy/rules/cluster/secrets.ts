/** A kind of secret, as a message names it. It is never shown itself. */
export type SecretKind = "a Hetzner API token" | "a kubeconfig" | "a private key" | "the cluster's server token";

/** Public keys and certificates: as long as tokens, and meant to be seen. */
const publicText = /-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|PUBLIC KEY)-----[\s\S]*?-----END [A-Z0-9 ]+-----/g;

/** 64 letters and digits, as a Hetzner API token has; a checksum has no letters beyond f, a node's token is named so. */
const apiToken =
  /(?<![A-Za-z0-9+/_-])(?<!(?:K3S_(?:AGENT_)?TOKEN=|--(?:agent-)?token[=\s]|^(?:agent-)?token:\s*)["']?)(?=[0-9A-Za-z]*[G-Zg-z])[0-9A-Za-z]{64}(?![A-Za-z0-9+/=_-])/m;

const patterns: readonly (readonly [SecretKind, RegExp])[] = [
  ["a Hetzner API token", apiToken],
  ["a kubeconfig", /\bclient-key-data["']?\s*:|\bkind["']?\s*:\s*["']?Config\b[\s\S]*\b(?:token|password)["']?\s*:/],
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["the cluster's server token", /\bK10[0-9A-Za-z]+::server:/],
];

/** The kinds of secret that a text holds. */
export function secretsIn(text: string): readonly SecretKind[] {
  const rest = text.replace(publicText, "");
  return patterns.filter(([, pattern]) => pattern.test(rest)).map(([kind]) => kind);
}
