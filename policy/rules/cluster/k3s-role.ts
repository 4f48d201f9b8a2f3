import { withoutComments, type Part } from "./user-data.ts";

const asAgent = [
  /\bk3s(?:\s|\\)+agent\b/,
  /\bk3s-agent\b/,
  /sh\s+-s\s+(?:--?\s+)?agent\b/,
  /INSTALL_K3S_EXEC=["']?\s*agent\b/,
];
/** Where a command stands: to wait for the k3s server is not to be one. */
const asServer = [
  /(?:\/|^[ \t]*|[;&|]\s*|\b(?:sudo|exec)\s+)k3s(?:\s|\\)+server\b/m,
  /sh\s+-s\s+(?:--?\s+)?server\b/,
  /INSTALL_K3S_EXEC=["']?\s*server\b/,
  /--cluster-init\b|^[ \t]*cluster-init:/m,
];
const installer = /\bget\.k3s\.io\b/;
const joins = /\bK3S_URL=|--server[=\s]/;

/**
 * Whether a server is part of the control plane, by what it runs at its first boot. Only that may hold the cluster's keys.
 * k3s' installer makes a server of whatever is given no other to join; what may become either is taken for a worker.
 */
export function isControlPlane(parts: readonly Part[]): boolean {
  const texts = parts.map(({ text }) => withoutComments(text));
  const says = (...patterns: readonly RegExp[]) => patterns.some((one) => texts.some((text) => one.test(text)));
  return !says(...asAgent) && (says(...asServer) || (says(installer) && !says(joins)));
}

const config = /\/rancher\/k3s\/config\.yaml(\.d\/|$)/;
const asArgument = /(?:\bK3S_TOKEN=|\bK3S_CLUSTER_SECRET=|--token[=\s]+)["']?([^\s"']+)/g;
const asKey = /^token:\s*["']?([^\s"']+)/gm;
/** An agent's token, or one that runs out, in k3s' long form or as `kubeadm token` writes it. */
const agentToken = /^(?:K10[0-9A-Za-z]+::(?:node:.+|[a-z0-9]{6}\.[a-z0-9]{16})|[a-z0-9]{6}\.[a-z0-9]{16})$/;

/** Whether a worker joins with a token that nothing in it says is an agent's. Shell variables and files are not looked into. */
export function joinsWithDoubtfulToken(parts: readonly Part[]): boolean {
  const tokens = parts.flatMap(({ path = "", text }) => {
    if (!/k3s/i.test(path + text)) return [];
    const keys = config.test(path) ? [...text.matchAll(asKey)] : [];
    return [...text.matchAll(asArgument), ...keys].map(([, token = ""]) => token);
  });
  return tokens.some((token) => !/[$<{]/.test(token) && !token.includes("::server:") && !agentToken.test(token));
}
