import { quantityToScalar } from "@kubernetes/client-node/dist/util.js";

const MIB = 1024 * 1024;

/** Bytes of a Kubernetes quantity like "2Gi". */
export function bytes(quantity: string): number {
  return Number(quantityToScalar(quantity));
}

/**
 * PostgreSQL parameters for instances with `memory`, under whatever `overrides` says.
 * Shares of memory follow PostgreSQL's own advice (a quarter shared, three quarters assumed cached);
 * every connection, and every one turned away, is logged: that is how an intruder shows.
 */
export function parameters(memory: string, overrides: Readonly<Record<string, string>>): Record<string, string> {
  const total = bytes(memory);
  const share = (part: number, least: number) => `${String(Math.max(least, Math.floor((total * part) / MIB)))}MB`;
  return {
    shared_buffers: share(1 / 4, 32),
    effective_cache_size: share(3 / 4, 64),
    maintenance_work_mem: share(1 / 16, 16),
    work_mem: share(1 / 256, 4),
    log_connections: "on",
    log_disconnections: "on",
    password_encryption: "scram-sha-256",
    ssl_min_protocol_version: "TLSv1.3",
    ...overrides,
  };
}
