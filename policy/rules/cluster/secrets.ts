/** A kind of secret, as a message names it. It is never shown itself. */
export type SecretKind = "a Hetzner API token" | "a kubeconfig" | "a private key" | "the cluster's server token";

/** Keys and certificates: their lines are as long as tokens. */
const pem = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** 64 letters and digits, as a Hetzner API token has; a checksum has no letters beyond f, a node's token is named so. */
const apiToken =
  /(?<![A-Za-z0-9+/_-])(?=[0-9A-Za-z]*[G-Zg-z])(?=[0-9A-Za-z]{64}(?![A-Za-z0-9+/=_-]))(?<!(?:K3S_(?:AGENT_)?TOKEN=|--(?:agent-)?token[=\s]|^(?:agent-)?token:[ \t]*)["']?)/m;

/** Apart from tokens, which look like parts of other things. */
const patterns: readonly (readonly [SecretKind, RegExp])[] = [
  ["a kubeconfig", /\bclient-key-data["']?\s*:|\bkind["']?\s*:\s*["']?Config\b[\s\S]*\b(?:token|password)["']?\s*:/],
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["the cluster's server token", /\bK10[0-9A-Za-z]+::server:/],
];

/** The kinds of secret that a text holds. */
export function secretsIn(text: string): readonly SecretKind[] {
  const kinds = patterns.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind);
  return apiToken.test(text.replace(pem, "")) ? ["a Hetzner API token", ...kinds] : kinds;
}
